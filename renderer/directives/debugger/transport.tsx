import { Button, Checkbox, SegmentedControl } from "@blueprintjs/core";
import type { ReplayState } from "../../../engine/contract/console/replay.ts";
import { Icon } from "../../ui/icon.tsx";
import { numberText } from "../../ui/number-text.ts";
import { PreciseTime } from "../../ui/precise-time.tsx";
import { tooltipText } from "../../ui/safe-text.ts";
import { useShortcuts } from "../../ui/shortcuts.tsx";
import { sendCommand } from "./replay-store.ts";

const SPEEDS = [
  { value: "1", label: "1×" },
  { value: "10", label: "10×" },
  { value: "max", label: "max" },
] as const;

/** Start, back, play, step, end; how fast; the virtual clock; where it stops by itself. */
export function Transport({ state }: { state: ReplayState }) {
  const { status, step, events, speed, breakOn } = state;
  // A breakpoint's reason stands where the eye is, so that nothing moves when it comes and goes.
  const held = status === "ready" && state.reason !== undefined ? tooltipText(state.reason) : undefined;
  const playing = status === "playing";
  const over = step > events;
  const can = status !== "failed";
  const onPlay = (): void => void sendCommand({ command: playing ? "pause" : "play" });
  const move = (command: "start" | "back" | "step" | "end") => () => void sendCommand({ command });
  useShortcuts({
    "replay.play": onPlay,
    "replay.step": move("step"),
    "replay.back": move("back"),
    "replay.start": move("start"),
    "replay.end": move("end"),
  });
  return (
    <div className="transport" role="toolbar" aria-label="Replay">
      <span className="transport-buttons">
        <Button
          size="small"
          icon={<Icon name="rewind" size={14} />}
          aria-label="To the start"
          title="To the start (Home)"
          disabled={!can || step === 0}
          onClick={move("start")}
        />
        <Button
          size="small"
          icon={<Icon name="prev" size={14} />}
          aria-label="Step back"
          title="Step back (←)"
          disabled={!can || step === 0}
          onClick={move("back")}
        />
        <Button
          size="small"
          intent="primary"
          className="transport-play"
          icon={<Icon name={playing ? "pause" : "play"} size={12} />}
          text={playing ? "Pause" : "Play"}
          title={`${playing ? "Pause" : "Play"} (Space)`}
          disabled={!can || (over && !playing)}
          onClick={onPlay}
        />
        <Button
          size="small"
          icon={<Icon name="next" size={14} />}
          aria-label="Step"
          title="Step (→)"
          disabled={!can || over}
          onClick={move("step")}
        />
        <Button
          size="small"
          icon={<Icon name="rewind" size={14} className="upside-down" />}
          aria-label="To the end"
          title="To the end (End)"
          disabled={!can || over}
          onClick={move("end")}
        />
      </span>
      <SegmentedControl
        size="small"
        aria-label="Speed"
        options={SPEEDS.map((each) => ({ ...each }))}
        value={speed}
        onValueChange={(next) => {
          const chosen = SPEEDS.find(({ value }) => value === next)?.value;
          if (chosen !== undefined) void sendCommand({ command: "speed", speed: chosen });
        }}
      />
      <span className="transport-clock">
        <PreciseTime at={state.clock} />
      </span>
      <span className="sm t2 num" data-testid="step">
        {placeText(state)}
      </span>
      <span className="transport-held sm grow clip" role="status" title={held}>
        {held}
      </span>
      <Checkbox
        label="Stop on stage change"
        checked={breakOn.stageChange}
        onChange={({ currentTarget }) =>
          void sendCommand({ command: "break", ...breakOn, stageChange: currentTarget.checked })
        }
      />
      <Checkbox
        label="Stop on alarm"
        checked={breakOn.alarm}
        onChange={({ currentTarget }) =>
          void sendCommand({ command: "break", ...breakOn, alarm: currentTarget.checked })
        }
      />
    </div>
  );
}

function placeText({ step, events }: ReplayState): string {
  if (step === 0) return `before the first of ${numberText(events)}`;
  if (step > events) return `after the last of ${numberText(events)}`;
  return `event ${numberText(step)} of ${numberText(events)}, virtual clock`;
}
