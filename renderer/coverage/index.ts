export { CoverageScreen as Screen } from "./coverage-screen.tsx";
