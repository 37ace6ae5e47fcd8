export { Screen } from "./backlogs-screen.tsx";
