export { type AlarmPaneSlot, AlarmsScreen } from "./alarms-screen.tsx";
