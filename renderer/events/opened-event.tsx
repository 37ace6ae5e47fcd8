import { Button } from "@blueprintjs/core";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Icon } from "../ui/icon.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { alarmRoute, backlogRoute, directivesRoute, href } from "../ui/links.ts";
import { numberText } from "../ui/number-text.ts";
import { PreciseTime } from "../ui/precise-time.tsx";
import { clipText } from "../ui/safe-text.ts";
import { ToneIcon } from "./columns.tsx";
import { type OutcomeSentence, outcomeSentences } from "./outcome-text.ts";

/** One event whole, and what each directive did with it, in sentences. */
export function OpenedEvent({
  opened,
  onExplain,
  onClose,
}: {
  opened: ConsoleEvent;
  onExplain: () => void;
  onClose: () => void;
}) {
  const { event, verdict, at, shortened } = opened;
  const sentences = outcomeSentences(verdict);
  const id = clipText(event.event_id, 60);
  return (
    <section className="opened-event" aria-label={`Event ${id.text}`}>
      <JsonView value={event} label="The event as JSON" />
      <div className="opened-why">
        <header>
          <h2>What became of it</h2>
          <span className="t3 sm grow">
            came in at <PreciseTime at={at} />
          </span>
          <Button size="small" icon={<Icon name="bug" size={14} />} text="Explain" onClick={onExplain} />
          <CopyButton text={() => JSON.stringify(event, null, 2)} label="Copy" />
          <Button
            variant="minimal"
            size="small"
            icon={<Icon name="x" size={14} />}
            aria-label="Close the event"
            title="Close the event (Esc)"
            onClick={onClose}
          />
        </header>
        <ul>
          {sentences.map((sentence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sentences of a verdict that is replaced as a whole.
            <Sentence key={index} sentence={sentence} />
          ))}
        </ul>
        {shortened === undefined ? null : <p className="t3 sm">{shortenedText(shortened)}</p>}
      </div>
    </section>
  );
}

/** Which texts are cut here, and how long they really are. */
function shortenedText(shortened: Readonly<Record<string, number>>): string {
  const fields = Object.entries(shortened).map(([field, length]) => `${field} has ${numberText(length)} characters`);
  return `Shown shortened: ${fields.join(", ")}.`;
}

function Sentence({ sentence: { tone, directiveId, backlog, what, why } }: { sentence: OutcomeSentence }) {
  return (
    <li>
      <ToneIcon tone={tone} />
      {directiveId === undefined ? (
        <span className="t3">–</span>
      ) : (
        <a className="link mono" href={href(directivesRoute(directiveId))} title="Its directive">
          {directiveId}
        </a>
      )}
      <p>
        <b>{what}</b> {why}
        {backlog !== undefined && (
          <span className="opened-links">
            <a className="link" href={href(backlogRoute(backlog.node, backlog.id))}>
              Backlog <span className="mono">{clipText(backlog.id, 30).text}</span>
            </a>
            <a className="link" href={href(alarmRoute(backlog.id))}>
              Its alarm
            </a>
          </span>
        )}
      </p>
    </li>
  );
}
