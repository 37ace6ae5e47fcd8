/** The list of alarms. */
export function AlarmsScreen() {
  return <h1 className="screen-title">Alarms</h1>;
}
