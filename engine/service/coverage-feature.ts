import { coverageHandlers } from "../console/coverage/coverage-handlers.ts";
import type { Feature, SharedParts } from "./feature.ts";

/** What events and directives have to do with each other. */
export function coverageFeature({ coverage, desk }: SharedParts): Feature {
  return { handlers: coverageHandlers({ work: coverage, desk }), close: () => coverage.close() };
}
