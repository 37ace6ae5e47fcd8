import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

export interface Step {
  key: string;
  state: "finished" | "timeout" | "current" | "waiting";
  title: ReactNode;
  children?: ReactNode;
}
const STATE_WORDS = { finished: "finished", timeout: "expired", current: "current", waiting: "waiting" } as const;

/** Stages one below the other: finished ones ticked, the current one filled, later ones outlined. */
export function Stepper({ steps, label }: { steps: readonly Step[]; label: string }) {
  return (
    <ol className="stepper" aria-label={label}>
      {steps.map((step, index) => (
        <li key={step.key} className={step.state} aria-current={step.state === "current" ? "step" : undefined}>
          <span className="step-node" aria-hidden="true">
            {step.state === "finished" ? <Icon name="check" size={14} /> : index + 1}
          </span>
          <div className="step-body">
            <h3>
              {step.title}
              <span className="off-screen">, {STATE_WORDS[step.state]}</span>
            </h3>
            {step.children}
          </div>
        </li>
      ))}
    </ol>
  );
}
