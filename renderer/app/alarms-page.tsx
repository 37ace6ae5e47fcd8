import { AlarmsScreen } from "../alarms/index.ts";

/** The list of alarms with the alarm that is open beside it: two screens that don't know each other, put together here. */
export function Screen() {
  return <AlarmsScreen pane={(slot) => <p>{slot.id}</p>} />;
}
