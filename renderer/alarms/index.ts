export { AlarmsScreen as Screen } from "./alarms-screen.tsx";
