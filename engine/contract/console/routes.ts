import { healthAnswerSchema, healthHistorySchema, lossesAnswerSchema } from "../console-api.ts";
import { alarmRoutes } from "./alarms.ts";
import { backlogRoutes } from "./backlogs.ts";
import { coverageRoutes } from "./coverage.ts";
import { assetRoutes, directiveRoutes } from "./directives.ts";
import { eventRoutes } from "./events.ts";
import { explainRoutes } from "./explain.ts";
import { overviewRoutes } from "./overview.ts";
import { replayRoutes } from "./replay.ts";
import type { Routes } from "./route.ts";
import { sessionRoutes } from "./session.ts";
import { supervisorRoutes } from "./supervisor.ts";

const healthRoutes = {
  "GET /health": { summary: "The services that were heard, how they are.", answer: healthAnswerSchema },
  "GET /health/history": { summary: "Their figures over the last hour.", answer: healthHistorySchema },
  "GET /losses": { summary: "The loss ledgers of all services.", answer: lossesAnswerSchema },
} as const satisfies Routes;

/** The whole API below /api (console.md §6). */
export const API_ROUTES = {
  ...healthRoutes,
  ...sessionRoutes,
  ...alarmRoutes,
  ...backlogRoutes,
  ...directiveRoutes,
  ...assetRoutes,
  ...eventRoutes,
  ...explainRoutes,
  ...replayRoutes,
  ...coverageRoutes,
  ...overviewRoutes,
  ...supervisorRoutes,
} as const satisfies Routes;
export type ApiRoutes = typeof API_ROUTES;
