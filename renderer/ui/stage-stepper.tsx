import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";
import { tooltipText } from "./safe-text.ts";
import "./stage-stepper.css";

export type StepState = "finished" | "timeout" | "current" | "waiting";

export interface Step {
  stage: number;
  name: string;
  state: StepState;
  /** Behind the name: `finished 14:11:52`. */
  aside: ReactNode;
  /** Under the name. */
  children: ReactNode;
}

const STATE_WORDS: Readonly<Record<StepState, string>> = {
  finished: "finished",
  timeout: "expired",
  current: "current",
  waiting: "waiting",
};

/** Stages one below the other, joined by a line: done with a tick, the current one filled, later ones outlined. */
export function StageStepper({ steps, size = "full" }: { steps: readonly Step[]; size?: "full" | "small" }) {
  // Below the title of an alarm, or below a part of a panel.
  const Heading = size === "full" ? "h2" : "h4";
  return (
    <ol className={`stages ${size}`}>
      {steps.map((step) => (
        <li
          key={step.stage}
          className={`stage ${step.state}`}
          aria-current={step.state === "current" ? "step" : undefined}
        >
          <span className="stage-node">
            {step.state === "finished" ? (
              <Icon name="check" size={size === "full" ? 14 : 12} />
            ) : (
              <StageMark step={step} />
            )}
            <span className="off-screen">{STATE_WORDS[step.state]}</span>
          </span>
          <div className="stage-head">
            {size === "full" && <span className="stage-number">Stage {step.stage}</span>}
            <Heading className="clip" title={tooltipText(step.name)}>
              {tooltipText(step.name)}
            </Heading>
            <span className="stage-aside">{step.aside}</span>
          </div>
          {step.children}
        </li>
      ))}
    </ol>
  );
}

function StageMark({ step }: { step: Step }) {
  if (step.state === "timeout") return <Icon name="x" size={12} />;
  return <span aria-hidden="true">{step.stage}</span>;
}

/** `10 of 10`, a bar, and how long it took. */
export function StepProgress({ count, of, share, pace }: { count: number; of: number; share: number; pace: string }) {
  return (
    <div className="stage-progress">
      <span className="stage-count">
        <b>{count.toLocaleString("en")}</b> of {of.toLocaleString("en")}
      </span>
      <span className="stage-bar" aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span className="stage-pace">{pace}</span>
    </div>
  );
}
