import { z } from "zod";
import { explanationSchema } from "../explain.ts";
import { count } from "./common.ts";
import type { Routes } from "./route.ts";

export const explainRoutes = {
  "POST /explain": {
    summary: "Says why an event does, did, or doesn't do something: every check of every directive it might concern.",
    body: z.object({
      /** As a client would POST it: what the door says of it is part of the answer. */
      event: z.unknown(),
      directive: count.optional(),
      backlog: z.object({ node: z.string(), id: z.string().max(100) }).optional(),
      /** The number of a retained event: the answer is of the moment at which it came, by a replay of what came before. */
      retained: count.optional(),
    }),
    answer: z.object({
      explanation: explanationSchema,
      /** Of which moment it speaks: of now and the live backlogs, or of the moment at which the event came. */
      basis: z.enum(["now", "then"]),
      /** Backends that don't answer. */
      silent: z.array(z.string()),
      /** For `then`: retained events that were replayed, and why it may differ from what happened. */
      replayed: count.optional(),
      caveat: z.string().optional(),
    }),
  },
} as const satisfies Routes;
