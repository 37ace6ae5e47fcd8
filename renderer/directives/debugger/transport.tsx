import { Button, Checkbox, SegmentedControl } from "@blueprintjs/core";
import type { ReplayState } from "../../../engine/contract/console/replay.ts";
import { Icon } from "../../ui/icon.tsx";
import { numberText } from "../../ui/number-text.ts";
import { PreciseTime } from "../../ui/precise-time.tsx";
import { tooltipText } from "../../ui/safe-text.ts";
import { useShortcuts } from "../../ui/shortcuts.tsx";
import { goToStep, moveBy, sendCommand } from "./replay-store.ts";

const SPEEDS = [
  { value: "1", label: "1×" },
  { value: "10", label: "10×" },
  { value: "max", label: "max" },
] as const;

/** Start, back, play, step, end; how fast; the virtual clock; where it stops by itself. */
export function Transport({ state }: { state: ReplayState }) {
  const { status, speed, breakOn } = state;
  // A breakpoint's reason stands where the eye is, so that nothing moves when it comes and goes.
  const held = status === "ready" && state.reason !== undefined ? tooltipText(state.reason) : undefined;
  return (
    <div className="transport" role="toolbar" aria-label="Replay">
      <Moves state={state} />
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

/** The five buttons, and their keys. */
function Moves({ state: { status, step, events } }: { state: ReplayState }) {
  const playing = status === "playing";
  const failed = status === "failed";
  const over = step > events;
  const onPlay = (): void => void sendCommand({ command: playing ? "pause" : "play" });
  const move = (command: MoveCommand) => () => void MOVES[command].run(events);
  useShortcuts({
    "replay.play": onPlay,
    "replay.step": move("step"),
    "replay.back": move("back"),
    "replay.start": move("start"),
    "replay.end": move("end"),
  });
  return (
    <span className="transport-buttons">
      <MoveButton command="start" disabled={failed || step === 0} onClick={move("start")} />
      <MoveButton command="back" disabled={failed || step === 0} onClick={move("back")} />
      <Button
        size="small"
        intent="primary"
        className="transport-play"
        icon={<Icon name={playing ? "pause" : "play"} size={12} />}
        text={playing ? "Pause" : "Play"}
        title={`${playing ? "Pause" : "Play"} (Space)`}
        disabled={failed || (over && !playing)}
        onClick={onPlay}
      />
      <MoveButton command="step" disabled={failed || over} onClick={move("step")} />
      <MoveButton command="end" disabled={failed || over} onClick={move("end")} />
    </span>
  );
}

const MOVES = {
  start: { icon: "rewind", text: "To the start", key: "Home", run: () => goToStep(0) },
  back: { icon: "prev", text: "Step back", key: "←", run: () => moveBy(-1) },
  step: { icon: "next", text: "Step", key: "→", run: () => moveBy(1) },
  end: { icon: "rewind", text: "To the end", key: "End", run: (events: number) => goToStep(events + 1) },
} as const;
type MoveCommand = keyof typeof MOVES;

function MoveButton(props: { command: MoveCommand; disabled: boolean; onClick: () => void }) {
  const { command, disabled, onClick } = props;
  const { icon, text, key } = MOVES[command];
  return (
    <Button
      size="small"
      icon={<Icon name={icon} size={14} className={command === "end" ? "upside-down" : ""} />}
      aria-label={text}
      title={`${text} (${key})`}
      {...{ disabled, onClick }}
    />
  );
}

function placeText({ step, events }: ReplayState): string {
  if (events === 0) return "no events yet";
  if (step === 0) return `before the first of ${numberText(events)}`;
  if (step > events) return `after the last of ${numberText(events)}`;
  return `event ${numberText(step)} of ${numberText(events)}, virtual clock`;
}
