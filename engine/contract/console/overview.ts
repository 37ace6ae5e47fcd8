import { z } from "zod";
import { atMs, count, countText, seriesSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/** Alarms by the class of their risk; what is in none of the three reached no risk. */
const byClass = { count, high: count, medium: count, low: count };
/** A name, the open alarms that stand behind it, and the query that lists them. */
export const tallySchema = z.object({ name: z.string(), ...byClass, q: z.string() });
export type Tally = z.infer<typeof tallySchema>;

/** Something that a person should look at: a sentence, how bad it is, and the place in the console that shows it. */
export const attentionSchema = z.object({
  kind: z.string(),
  level: z.enum(["bad", "warn", "note"]),
  title: z.string(),
  text: z.string(),
  count: count.optional(),
  /** A route of the renderer, such as `/health?cause=queue_full`. */
  href: z.string(),
});
export type Attention = z.infer<typeof attentionSchema>;

export const overviewSchema = z.object({
  at: atMs,
  /** Not in the last configured status. */
  open: z.object({ high: count, medium: count, low: count, none: count }),
  openBefore: z.object({ high: count, medium: count, low: count }).optional().meta({
    description: "The same at the beginning of the range, by the risk of today; missing when the store isn't that old.",
  }),
  byStatus: z.array(tallySchema),
  byTag: z.array(tallySchema),
  /** Alarms by risk over time (none, low, medium, high), and events. */
  alarms: seriesSchema.extend({ byRisk: z.array(z.array(count)) }),
  events: seriesSchema,
  topDirectives: z.array(tallySchema.extend({ directiveId: count.optional() })),
  topSources: z.array(tallySchema),
  topTargets: z.array(tallySchema),
  /** kingdom → category → title, as flat rows; `risk` is the highest among them. */
  tree: z.array(
    z.object({ kingdom: z.string(), category: z.string(), title: z.string(), ...byClass, risk: count, q: z.string() }),
  ),
  /** Open alarms of a network by risk 0 to 10; `value` is the highest asset value in it. */
  networks: z.array(z.object({ network: z.string(), value: count.optional(), byRisk: z.array(count), q: z.string() })),
  attention: z.array(attentionSchema),
});
export type Overview = z.infer<typeof overviewSchema>;

export const overviewRoutes = {
  "GET /overview": {
    summary: "Figures of the whole console over a time range.",
    query: z.object({ from: countText.optional(), to: countText.optional(), lastSeconds: countText.optional() }),
    answer: overviewSchema,
  },
} as const satisfies Routes;
