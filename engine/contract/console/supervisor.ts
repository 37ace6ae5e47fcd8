import { z } from "zod";
import { atMs, count, doneSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/** A line of a service's log. */
export const logLineSchema = z.object({
  id: count,
  at: atMs,
  service: z.string(),
  level: z.enum(["ERROR", "WARN", "INFO", "DEBUG", "TRACE"]),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

export const supervisedServiceSchema = z.object({
  name: z.string().meta({ description: "frontend, or backend and its node." }),
  role: z.enum(["frontend", "backend"]),
  node: z.string(),
  state: z.enum(["starting", "ready", "waiting", "failed", "stopping", "stopped"]),
  pid: count.optional(),
  startedAt: atMs.optional(),
  /** Restarts since the supervisor began. */
  restarts: count,
  /** When it is tried again, while `waiting`. */
  retryAt: atMs.optional(),
  /** Why it isn't ready, one sentence. */
  reason: z.string().optional(),
  lastLines: z.array(z.string()),
});
export type SupervisedServiceState = z.infer<typeof supervisedServiceSchema>;

export const supervisorStateSchema = z.object({
  /** False for a frontend that was started by hand: nothing here can restart it. */
  supervised: z.boolean(),
  services: z.array(supervisedServiceSchema),
  /** The last change of the profile came to nothing, and the one of before is in use again; one sentence why. */
  failedChange: z.object({ profile: z.string(), reason: z.string(), at: atMs }).optional(),
  /** The list of profiles can't be read; one sentence why, and where it is kept. */
  damagedProfiles: z.string().optional(),
});
export type SupervisorState = z.infer<typeof supervisorStateSchema>;

export const supervisorRoutes = {
  "GET /supervisor": { summary: "The supervised services.", answer: supervisorStateSchema },
  "POST /supervisor/:service/restart": {
    summary: "Stops a service gracefully and starts it again.",
    answer: doneSchema,
  },
  "GET /supervisor/log": {
    summary: "The last lines of the services' logs, the newest last.",
    query: z.object({ service: z.string().optional(), level: z.string().optional(), limit: z.string().optional() }),
    answer: z.object({ lines: z.array(logLineSchema) }),
  },
} as const satisfies Routes;
