import { z } from "zod";
import { backendStatsSchema, busStatsSchema, frontendStatsSchema } from "./stats.ts";

/** How long ago a service was heard, in seconds; 0 for the one that answers. */
const ageSeconds = z.number().nonnegative();
const told = { role: true, node: true, boot: true } as const;
const losses = { ...told, flow: true, ledger: true } as const;
const health = { ...told, startedAt: true, eps: true, bus: true } as const;

/** `GET /api/losses`: the ledgers of all services that were heard in the last hour, the frontend that answers first. */
export const lossesAnswerSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  services: z.array(
    z.discriminatedUnion("role", [
      frontendStatsSchema.pick(losses).extend({ ageSeconds }),
      backendStatsSchema.pick(losses).extend({ ageSeconds }),
    ]),
  ),
});
export type LossesAnswer = z.infer<typeof lossesAnswerSchema>;

/** `GET /api/health`: the same services, how they are. */
export const healthAnswerSchema = z.object({
  at: z.number(),
  /** As the frontend that answers sees it. */
  bus: busStatsSchema,
  /** Why the console's database can't be used at the moment, if so; it is started again by itself. */
  database: z.string().optional(),
  services: z.array(
    z.discriminatedUnion("role", [
      frontendStatsSchema.pick(health).extend({ ageSeconds }),
      backendStatsSchema.pick({ ...health, watchdog: true }).extend({ ageSeconds }),
    ]),
  ),
});
export type HealthAnswer = z.infer<typeof healthAnswerSchema>;

/** `GET /api/health/history`: the figures of the last hour, of each service that was heard then. */
export const healthHistorySchema = z.object({
  stepSeconds: z.number(),
  services: z.array(
    z.object({
      role: z.enum(["frontend", "backend"]),
      node: z.string(),
      /** Its run of last. */
      boot: z.string(),
      points: z.array(
        z.object({
          /** Milliseconds since the epoch; the oldest first. */
          at: z.number(),
          eps: z.number(),
          /** Events taken in and not yet handed to the other side of the bus. */
          buffered: z.number(),
          /** Of backends: events that wait, live backlogs, and what an event takes, in milliseconds. */
          queue: z.number().optional(),
          backlogs: z.number().optional(),
          procMs: z.number().optional(),
        }),
      ),
    }),
  ),
});
export type HealthHistory = z.infer<typeof healthHistorySchema>;

/** What every route of the API answers when it doesn't do what it was asked: one sentence for people, and what it means. */
export const apiErrorSchema = z.object({
  error: z.string(),
  /** Characters from the beginning of a query, from 0, and how many are meant. */
  column: z.number().optional(),
  length: z.number().optional(),
  /** The parameter or the field of the body. */
  field: z.string().optional(),
});
export type ApiError = z.infer<typeof apiErrorSchema>;
