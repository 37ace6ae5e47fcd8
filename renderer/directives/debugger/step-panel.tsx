import type { ReplayState, ReplayStep } from "../../../engine/contract/console/replay.ts";
import type { DirectiveExplanation, Explanation } from "../../../engine/contract/explain.ts";
import { CheckMatrix } from "../../ui/check-matrix/check-matrix.tsx";
import { countOf, numberText } from "../../ui/number-text.ts";
import { safeText } from "../../ui/safe-text.ts";
import { EmptyState, FailedState } from "../../ui/states.tsx";
import type { Focus } from "./focus.ts";
import { questionOf } from "./outcome.ts";
import type { ShownStep } from "./use-step.ts";

interface StepPanelProps {
  state: ReplayState;
  shown: ShownStep;
  focus: Focus;
  /** The stage whose checks are told in words; the one that decided when it is none of the attempt's. */
  stage: number | undefined;
  /** What the other side says of the same event. */
  other: ReplayStep | undefined;
  onStage: (stage: number) => void;
}

/** Why the step's event did what it did: the sentence, the checks, what each stage expected. */
export function StepPanel({ state, shown, focus, stage, other, onStage }: StepPanelProps) {
  const { step, error, reload } = shown;
  if (error !== undefined) {
    return (
      <section className="step-panel" aria-label="This step">
        <FailedState title="This step can't be explained" text={error} onRetry={reload} />
      </section>
    );
  }
  if (step === undefined) return <section className="step-panel" aria-label="This step" aria-busy="true" />;
  const { explanation } = step;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
    <section className="step-panel" aria-label="This step" tabIndex={0}>
      {explanation === undefined ? (
        <Beside state={state} step={step} />
      ) : (
        <>
          <Why
            explanation={explanation}
            directive={focus.directive}
            side={other === undefined ? undefined : step.side}
          />
          {other?.explanation === undefined ? null : (
            <Why
              explanation={other.explanation}
              directive={other.explanation.directives.find(
                ({ directiveId }) => directiveId === focus.directive?.directiveId,
              )}
              side={other.side}
            />
          )}
          {focus.attempt === undefined ? null : (
            <CheckMatrix
              stages={focus.attempt.stages}
              aside={`event ${numberText(step.step)} against ${countOf(focus.attempt.stages.length, "rule")}`}
              stage={stage}
              onStage={onStage}
            />
          )}
        </>
      )}
    </section>
  );
}

interface WhyProps {
  explanation: Explanation;
  directive: DirectiveExplanation | undefined;
  /** Said when both are shown. */
  side: ReplayStep["side"] | undefined;
}

function Why({ explanation, directive, side }: WhyProps) {
  const { door } = explanation;
  const sentence = door.kind === "passes" ? (directive?.sentence ?? explanation.sentence) : door.sentence;
  const question = directive === undefined ? "Why didn’t it fire?" : questionOf(directive.verdict);
  const what = side === undefined ? question : `${side === "edited" ? "Edited" : "Saved"}: ${question}`;
  return (
    <div className="why" aria-live="polite">
      <h2>{what}</h2>
      <p className="why-sentence">{safeText(sentence)}</p>
      {directive?.fate === undefined ? null : <p className="why-fate t2">{safeText(directive.fate.sentence)}</p>}
    </div>
  );
}

/** Before the first event, and after the last. */
function Beside({ state, step }: { state: ReplayState; step: ReplayStep }) {
  if (state.capturing && state.events === 0) {
    return (
      <EmptyState icon="events" title="Waiting for events">
        What comes in from now on is put behind each other here. Play follows it as it comes.
      </EmptyState>
    );
  }
  if (step.step === 0) {
    return (
      <EmptyState icon="play" title="Nothing has happened yet">
        {numberText(state.events)} {state.events === 1 ? "event waits" : "events wait"}. Step with →, play with Space,
        or choose an event from the list.
      </EmptyState>
    );
  }
  if (step.step <= state.events) {
    return (
      <EmptyState icon="info" title="No directive is concerned">
        Nothing is said of this event.
      </EmptyState>
    );
  }
  const ended = step.ended.length;
  return (
    <EmptyState icon="clock" title="After the last event">
      The clock ran on until nothing lives any more.{" "}
      {ended === 0 ? "No backlog was left." : `${numberText(ended)} ${ended === 1 ? "backlog" : "backlogs"} ended.`}
    </EmptyState>
  );
}
