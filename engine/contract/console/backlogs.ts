import { z } from "zod";
import { backlogDetailSchema, backlogSummarySchema } from "../live-backlog.ts";
import { atMs, count, countText, doneSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/** A live backlog as a row of the table: what its backend says, and which one that is. */
export const backlogRowSchema = backlogSummarySchema.extend({ node: z.string() });
export type BacklogRow = z.infer<typeof backlogRowSchema>;

export const backlogRoutes = {
  "GET /backlogs": {
    summary: "Live backlogs of all backends, those that expire first first.",
    query: z.object({
      directive: countText.optional(),
      ip: z.string().max(100).optional(),
      limit: countText.optional(),
    }),
    answer: z.object({ rows: z.array(backlogRowSchema), total: count, silent: z.array(z.string()), at: atMs }),
  },
  "GET /backlogs/:node/:id": {
    summary: "All that is worth knowing of one live backlog.",
    answer: z.object({
      node: z.string(),
      backlog: backlogDetailSchema,
      shortened: z.record(z.string(), count).optional(),
    }),
  },
  "DELETE /backlogs/:node/:id": {
    summary: "Closes a backlog by hand: it expires now, and the backend's log says who asked.",
    answer: doneSchema,
  },
} as const satisfies Routes;
