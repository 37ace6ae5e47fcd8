export { AlarmsScreen } from "./alarms-screen.tsx";
