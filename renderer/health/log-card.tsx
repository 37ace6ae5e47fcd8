import { HTMLSelect, InputGroup, SegmentedControl } from "@blueprintjs/core";
import { useLayoutEffect, useRef, useState } from "react";
import type { LogLine } from "../../engine/contract/console/supervisor.ts";
import { useLive } from "../client/hooks.ts";
import { usePause } from "../state/pause.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { countOf } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { clockText } from "../ui/time.ts";
import { useTimeStyle } from "../ui/time-text.tsx";
import { LOG_LEVELS, linesWith, logLevelOf, withLines } from "./log-view.ts";

const LEVEL_CLASSES: Readonly<Record<LogLine["level"], string>> = {
  ...{ ERROR: "bad", WARN: "warn", INFO: "t2", DEBUG: "t3", TRACE: "t3" },
};
/** So near to the end counts as at the end: new lines keep it in sight. */
const NEAR_END_PX = 24;

/** The services' logs as they are written, the newest last. */
export function LogCard({ services }: { services: readonly string[] }) {
  const [values, change] = useUrlState();
  const level = logLevelOf(values.get("level"));
  const asked = values.get("service") ?? "";
  const find = values.get("find") ?? "";
  const { lines, notShown, error } = useLog(asked, level);
  const shown = linesWith(lines, find);
  return (
    <section className="card log" aria-label="Log">
      <header>
        <h2>Log</h2>
        <SegmentedControl
          size="small"
          aria-label="Level"
          options={LOG_LEVELS.map(({ value, label }) => ({ value, label }))}
          value={level}
          onValueChange={(next) => change({ level: next === "INFO" ? undefined : next })}
        />
        <HTMLSelect
          minimal
          aria-label="Service"
          value={asked}
          onChange={({ target }) => change({ service: target.value === "" ? undefined : target.value })}
        >
          <option value="">All services</option>
          {[...new Set([...services, ...(asked === "" ? [] : [asked])])].map((name) => (
            <option key={name} value={name}>
              {safeText(name)}
            </option>
          ))}
        </HTMLSelect>
        <span className="grow t3 sm">
          {notShown > 0 ? `${countOf(notShown, "line")} came too fast to be shown; the log files have them` : ""}
        </span>
        <InputGroup
          size="small"
          placeholder="Find"
          aria-label="Find in the log"
          value={find}
          onValueChange={(text) => change({ find: text === "" ? undefined : text })}
        />
      </header>
      {error !== undefined ? (
        <p className="log-none warn">{safeText(error)}</p>
      ) : shown.length === 0 ? (
        <p className="log-none t3">
          {lines.length === 0
            ? "Nothing was written at this level since the services started."
            : `None of ${countOf(lines.length, "line")} holds this text.`}
        </p>
      ) : (
        <LogLines lines={shown} />
      )}
    </section>
  );
}

function LogLines({ lines }: { lines: readonly LogLine[] }) {
  const { zone } = useTimeStyle();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines are why it is scrolled.
  useLayoutEffect(() => {
    if (atEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <div
      className="log-lines"
      ref={box}
      role="log"
      aria-label="Lines of the log"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight >= scrollHeight - NEAR_END_PX;
      }}
    >
      {lines.map(({ id, at, level, service, text }) => (
        <div key={id} className="log-line">
          <span className="t3">
            {clockText(at, zone)}.{String(Math.floor(at) % 1000).padStart(3, "0")}
          </span>
          <span className={LEVEL_CLASSES[level]}>{level}</span>
          <span className="t2 clip">{safeText(service)}</span>
          <span className="log-text">{safeText(text)}</span>
        </div>
      ))}
    </div>
  );
}

/** The lines of a service at a level. While paused nothing is added. */
function useLog(service: string, level: LogLine["level"]) {
  const [state, setState] = useState<{ lines: readonly LogLine[]; notShown: number; error?: string }>({
    lines: [],
    notShown: 0,
  });
  const { paused } = usePause();
  const params = level === "TRACE" ? {} : { level };
  useLive("log", service === "" ? params : { ...params, service }, {
    snapshot: ({ lines }) => setState({ lines: withLines([], lines), notShown: 0 }),
    delta: ({ lines, notShown }) => {
      if (paused) return;
      setState((before) => ({ lines: withLines(before.lines, lines), notShown: before.notShown + notShown }));
    },
    error: ({ text }) => setState({ lines: [], notShown: 0, error: text }),
  });
  return state;
}
