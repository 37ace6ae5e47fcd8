import { AlarmPane } from "../alarm/index.ts";
import { AlarmsScreen } from "../alarms/index.ts";
import { goTo, useHashPath } from "../ui/hash-location.ts";
import { alarmsRoute } from "../ui/links.ts";

/** The list of alarms with one of them beside it, or one alarm as a page of its own. */
export function Screen() {
  const path = useHashPath();
  const id = /^\/alarms\/([^/]+)\/?$/.exec(path)?.[1];
  if (id !== undefined) return <AlarmPane id={decoded(id)} mode="page" onClose={() => goTo(alarmsRoute())} />;
  return (
    <AlarmsScreen
      pane={({ id, onClose, onNext, ...place }) => (
        <AlarmPane id={id} mode="pane" place={{ ...place, onNext }} onClose={onClose} onClosed={onNext} />
      )}
    />
  );
}

/** A copied link may be damaged; then it names an alarm that isn't there. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
