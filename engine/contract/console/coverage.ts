import { z } from "zod";
import { atMs, count, countText } from "./common.ts";
import type { Routes } from "./route.ts";

const range = z.object({ from: countText.optional(), to: countText.optional() });

/** What an event's kind is known by: a plugin's sid, or a taxonomy. */
export const eventKindSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plugin"), pluginId: count, pluginSid: count }),
  z.object({ kind: z.literal("taxonomy"), product: z.string(), category: z.string(), subcategory: z.string() }),
]);
export type EventKind = z.infer<typeof eventKindSchema>;

export const seenKindSchema = z.object({
  is: eventKindSchema,
  title: z.string().meta({ description: "Of the event of this kind seen last." }),
  count,
  last: atMs,
  /** The console's number of an event of this kind. */
  example: count,
});
export type SeenKind = z.infer<typeof seenKindSchema>;

export const coverageAnswerSchema = z.object({
  /** Retained events in the range, and when the oldest and the newest came. */
  events: count,
  from: atMs.optional(),
  to: atMs.optional(),
  /** How many of them some directive is interested in. */
  covered: count,
  uncovered: z.array(seenKindSchema),
  /** Directives with a rule that no event of the range met; `matched` counts events that a rule's own conditions accept, references left aside. */
  directives: z.array(
    z.object({
      id: count,
      name: z.string(),
      file: z.string(),
      node: z.string(),
      matched: count,
      stages: z.array(z.object({ stage: count, name: z.string(), interested: count, matched: count })),
    }),
  ),
  /** Addresses that no asset holds: an alarm of these alone can never have a risk above 0. */
  addresses: z.array(z.object({ ip: z.string(), asSource: count, asTarget: count, last: atMs })),
  /** Entries that are left out because there are so many. */
  more: z.object({ uncovered: count, directives: count, addresses: count }),
});
export type CoverageAnswer = z.infer<typeof coverageAnswerSchema>;

/** What the events seen say about plugins and taxonomies: for completion and for lint. */
export const knownAnswerSchema = z.object({
  plugins: z.array(
    z.object({
      id: count,
      events: count,
      sids: z.array(z.object({ sid: count, title: z.string(), events: count })),
      /** How many of the plugin's events fill each field that a rule may refer to. */
      filled: z.record(z.string(), count),
    }),
  ),
  taxonomies: z.array(
    z.object({
      product: z.string(),
      category: z.string(),
      subcategories: z.array(z.object({ name: z.string(), events: count })),
      events: count,
      filled: z.record(z.string(), count),
    }),
  ),
  protocols: z.array(z.string()),
  events: count,
});
export type KnownAnswer = z.infer<typeof knownAnswerSchema>;

export const coverageRoutes = {
  "GET /coverage": {
    summary: "What the retained events of a time range and the directives have to do with each other.",
    query: range,
    answer: coverageAnswerSchema,
  },
  "GET /coverage/export": {
    summary: "The same as a file, nothing left out.",
    query: range.extend({ format: z.enum(["csv", "json"]) }),
    stream: "application/octet-stream",
  },
  "POST /coverage/draft": {
    summary: "Drafts a directive for a kind of event that no directive looks at.",
    body: z.object({ is: eventKindSchema, node: z.string().optional() }),
    answer: z.object({ text: z.string().meta({ description: "One directive as JSON." }), id: count, file: z.string() }),
  },
  "GET /known": {
    summary: "Plugins, sids and taxonomies of the events seen, for completion.",
    answer: knownAnswerSchema,
  },
} as const satisfies Routes;
