export { DirectivesPage as Screen } from "./directives-page.tsx";
