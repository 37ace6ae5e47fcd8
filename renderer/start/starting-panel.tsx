import { Button } from "@blueprintjs/core";
import { api } from "../client/api.ts";
import { Icon } from "../ui/icon.tsx";
import { safeText } from "../ui/safe-text.ts";
import { DownState } from "../ui/states.tsx";
import { useNow } from "../ui/time-text.tsx";
import { failedService, type StartStep, startSteps } from "./progress.ts";
import type { StartState } from "./use-start.ts";

const STATE_WORDS: Readonly<Record<StartStep["state"], string>> = {
  ...{ done: "done", now: "under way", later: "waits", failed: "failed" },
};

/** The services start: what is done, what is under way, and what went wrong. */
export function StartingPanel({
  state,
  onCancel,
}: {
  state: Extract<StartState, { kind: "starting" }>;
  onCancel: () => void;
}) {
  const now = useNow();
  const steps = startSteps(state.sight);
  const done = steps.filter((step) => step.state === "done").length;
  const failed = failedService(state.sight);
  const restart = (service: string) =>
    void api.post("POST /supervisor/:service/restart", { params: { service } }).catch(() => undefined);
  return (
    <>
      <header>
        <h2>Starting</h2>
        <span className="grow" />
        <span className="sm t2 num">{Math.max(0, Math.round((now - state.since) / 1000))} s</span>
      </header>
      <ol className="start-steps" aria-live="polite">
        {steps.map((step) => (
          <li key={step.key} className={step.state}>
            <StepIcon state={step.state} />
            <span>
              {step.title}
              <span className="off-screen">, {STATE_WORDS[step.state]}</span>
            </span>
            <span className="mono t3 clip">{safeText(step.detail)}</span>
          </li>
        ))}
      </ol>
      {failed === undefined ? null : (
        <div className="start-failed">
          <DownState
            title={`${failed.name} doesn't start`}
            lines={failed.lastLines}
            onRestart={() => restart(failed.name)}
          >
            {safeText(failed.reason ?? "It stopped too often in too short a time.")}
          </DownState>
        </div>
      )}
      <div className="grow" />
      <div className="start-bar" aria-hidden="true">
        <i style={{ width: `${(done / steps.length) * 100}%` }} />
      </div>
      <div className="start-act">
        <span className="grow sm t2">The console opens by itself as soon as everything runs.</span>
        <Button variant="minimal" size="small" onClick={onCancel}>
          Choose again
        </Button>
      </div>
    </>
  );
}

function StepIcon({ state }: { state: StartStep["state"] }) {
  if (state === "done") return <Icon name="check" size={14} className="ok" />;
  if (state === "failed") return <Icon name="x" size={14} className="bad" />;
  return state === "now" ? (
    <Icon name="half" size={14} className="acc" />
  ) : (
    <Icon name="minus" size={14} className="t3" />
  );
}
