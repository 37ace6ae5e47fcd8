export { HealthScreen as Screen } from "./health-screen.tsx";
