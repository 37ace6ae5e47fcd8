import { Overlay2 } from "@blueprintjs/core";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { api } from "../client/api.ts";
import { useSession } from "../state/session.ts";
import { type Command, useOffered } from "../ui/commands.ts";
import { goTo } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { alarmRoute } from "../ui/links.ts";
import { RISK_WORDS, riskClassOf } from "../ui/risk.ts";
import { clipText } from "../ui/safe-text.ts";
import { Keys } from "../ui/shortcuts.tsx";
import { groupCommands } from "./command-groups.ts";

const SEARCH_AFTER_MS = 180;
const MOST_FOUND = 5;
const MOST_TEXT = 90;

/** Search and commands in one field (design 12). */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Overlay2 isOpen={isOpen} onClose={onClose} className="palette-overlay" hasBackdrop transitionDuration={80}>
      <div className="palette float" role="dialog" aria-label="Search and commands">
        {isOpen ? <PaletteBody onClose={onClose} /> : null}
      </div>
    </Overlay2>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const offered = useOffered();
  const found = useFoundAlarms(typed);
  const groups = useMemo(() => groupCommands([...found, ...offered(typed)], typed), [found, offered, typed]);
  const flat = groups.flatMap((group) => group.commands);
  const active = Math.min(at, flat.length - 1);
  const domId = useId();
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whichever becomes active is brought into view.
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    // The overlay gives the focus back first, so that what the command focuses keeps it.
    setTimeout(() => command.run(), 0);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && flat.length > 0) {
      event.preventDefault();
      setAt((active + step + flat.length) % flat.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(flat[active]);
    }
  };
  return (
    <>
      <div className="palette-input">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to be typed into.
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${domId}-list`}
          aria-activedescendant={flat.length === 0 ? undefined : `${domId}-${active}`}
          aria-label="Search alarms, addresses, commands"
          placeholder="Search alarms, addresses, commands"
          value={typed}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </div>
      <div ref={list} role="listbox" id={`${domId}-list`} aria-label="Results" className="palette-list">
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: options stand in groups of a listbox.
          <div key={group.name} role="group" aria-label={group.name}>
            <div className="palette-group" aria-hidden="true">
              {group.name}
            </div>
            {group.commands.map((command) => {
              const place = flat.indexOf(command);
              return (
                <PaletteItem
                  key={command.id}
                  command={command}
                  domId={`${domId}-${place}`}
                  active={place === active}
                  onPoint={() => setAt(place)}
                  onRun={() => run(command)}
                />
              );
            })}
          </div>
        ))}
        {flat.length === 0 ? <p className="palette-none">Nothing fits.</p> : null}
      </div>
      <div className="palette-foot" aria-hidden="true">
        <span>
          <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> move
        </span>
        <span>
          <kbd className="kbd">↵</kbd> open
        </span>
        <span className="grow" />
        <span>
          Type <kbd className="kbd">&gt;</kbd> for commands only
        </span>
      </div>
    </>
  );
}

interface ItemProps {
  command: Command;
  domId: string;
  active: boolean;
  onPoint: () => void;
  onRun: () => void;
}

function PaletteItem({ command, domId, active, onPoint, onRun }: ItemProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus and names its active option.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field does the same.
    <div
      role="option"
      id={domId}
      aria-selected={active}
      className={`palette-item${active ? " on" : ""}`}
      onPointerMove={onPoint}
      onClick={onRun}
    >
      <Icon name={command.icon} />
      <span className="grow clip">{clipText(command.text, MOST_TEXT).text}</span>
      {command.detail === undefined ? null : <span className="t3 sm">{command.detail}</span>}
      {command.action === undefined ? null : <Keys action={command.action} />}
    </div>
  );
}

/** Alarms that hold what was typed, asked of the server once the typing pauses. */
function useFoundAlarms(typed: string): readonly Command[] {
  const { riskMedium } = useSession();
  const [found, setFound] = useState<readonly Command[]>([]);
  useEffect(() => {
    const text = typed.trim();
    setFound([]);
    if (text.length < 3 || text.startsWith(">")) return;
    const gaveUp = new AbortController();
    const timer = setTimeout(() => {
      const q = `"${text.replace(/[\\"*]/g, "\\$&")}"`;
      api.get("GET /alarms", { query: { q, limit: MOST_FOUND }, signal: gaveUp.signal }).then(
        ({ rows }) =>
          setFound(
            rows.map((row) => ({
              id: `alarm ${row.id}`,
              group: "Alarms",
              text: `${row.title} · ${row.src} → ${row.dst}`,
              icon: "alarms",
              detail: `${row.risk} ${RISK_WORDS[riskClassOf(row.risk, riskMedium)]} · ${row.status}`,
              run: () => goTo(alarmRoute(row.id)),
            })),
          ),
        // What else the palette offers doesn't need the server.
        () => undefined,
      );
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      gaveUp.abort();
    };
  }, [typed, riskMedium]);
  return found;
}
