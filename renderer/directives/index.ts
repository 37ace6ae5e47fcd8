export { DirectivesScreen as Screen } from "./directives-screen.tsx";
