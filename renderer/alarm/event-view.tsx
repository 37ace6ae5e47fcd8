import type { StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { useSettings } from "../state/session.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Icon } from "../ui/icon.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { clipText } from "../ui/safe-text.ts";
import { Address } from "./address.tsx";
import { eventPivots, valuesOfEvent } from "./pivots.ts";

/** The whole event beside the table that it was picked from. */
export function EventView({ alarmId, stored }: { alarmId: string; stored: StoredAlarmEvent | undefined }) {
  const settings = useSettings();
  if (stored === undefined) {
    return (
      <aside className="event-view" aria-label="Event">
        <p className="line-empty">Pick an event to see all of it.</p>
      </aside>
    );
  }
  const { event } = stored;
  const values = valuesOfEvent(alarmId, stored);
  const id = clipText(stored.eventId, 40);
  return (
    <aside className="event-view" aria-label={`Event ${id.text}`}>
      <header>
        <h2 className="clip grow" title={id.whole}>
          Event <span className="mono">{id.text}</span>
        </h2>
        {eventPivots(settings, values).map((pivot) => (
          <a key={pivot.href} className="link sm row" href={pivot.href} target="_blank" rel="noopener noreferrer">
            <Icon name="external" size={14} /> <span>Log search</span>
          </a>
        ))}
        <CopyButton text={() => JSON.stringify(event ?? { event_id: stored.eventId }, null, 2)} label="Copy" />
      </header>
      {event === undefined ? (
        <p className="line-empty">
          The console knows only the id of this event: it came with an import, or was lost to the console. The backend’s
          alarm files and your log search may have it.
        </p>
      ) : (
        <>
          <p className="event-pivots">
            <Address value={event.src_ip} values={values} /> <span className="t3">to</span>{" "}
            <Address value={event.dst_ip} values={values} />
          </p>
          <JsonView value={event} label={`Event ${id.text} as JSON`} />
        </>
      )}
    </aside>
  );
}
