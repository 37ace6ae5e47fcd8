import { Button } from "@blueprintjs/core";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { ExplanationView } from "../ui/explanation/explanation-view.tsx";
import { Icon } from "../ui/icon.tsx";
import { clipText } from "../ui/safe-text.ts";
import { FailedState } from "../ui/states.tsx";
import { withDrop } from "./dropped.ts";
import { useExplanation } from "./use-explanation.ts";

/** Why an event did, or didn't do something: in place of the event itself, with a way back to it. */
export function ExplainedEvent({
  opened,
  onBack,
  onClose,
}: {
  opened: ConsoleEvent;
  onBack: () => void;
  onClose: () => void;
}) {
  const { answer, error, reload } = useExplanation(opened);
  return (
    <section className="explained-event" aria-label={`Why: event ${clipText(opened.event.event_id, 60).text}`}>
      <header>
        <h2>Why?</h2>
        <span className="t3 sm grow clip">{clipText(opened.event.title, 120).text}</span>
        <Button variant="minimal" size="small" icon={<Icon name="refresh" size={14} />} text="Again" onClick={reload} />
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="events" size={14} />}
          text="The event"
          onClick={onBack}
        />
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="x" size={14} />}
          aria-label="Close the explanation"
          title="Close the explanation (Esc)"
          onClick={onClose}
        />
      </header>
      {error !== undefined && <FailedState title="It can’t be explained" text={error.message} onRetry={reload} />}
      {error === undefined && answer === undefined && <p className="t3 sm explained-wait">Asking the backends…</p>}
      {answer !== undefined && (
        <ExplanationView explanation={withDrop(answer.explanation, opened.verdict)} notes={answer.notes} />
      )}
    </section>
  );
}
