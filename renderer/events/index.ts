export { Screen } from "./events-screen.tsx";
