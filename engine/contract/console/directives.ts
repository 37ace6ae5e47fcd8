import { z } from "zod";
import { assetSchema } from "../inventory.ts";
import { atMs, count, doneSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/** A sentence about a configuration file, and where in it. */
export const configProblemSchema = z.object({
  severity: z.enum(["error", "warning", "note"]),
  text: z.string(),
  detail: z.string().optional().meta({ description: "A second sentence: figures, and what to do." }),
  file: z.string(),
  directiveId: count.optional(),
  stage: count.optional(),
  field: z.string().optional(),
  line: count.optional(),
  /** One press that mends it: the value that belongs at this path inside the directive; none takes the field away. */
  fix: z
    .object({
      label: z.string(),
      path: z.array(z.union([z.string(), count])),
      value: z.unknown().optional(),
    })
    .optional(),
});
export type ConfigProblem = z.infer<typeof configProblemSchema>;

export const directiveRowSchema = z.object({
  id: count,
  name: z.string(),
  file: z.string(),
  node: z.string(),
  kingdom: z.string(),
  category: z.string(),
  priority: count,
  stages: count,
  enabled: z.boolean(),
  /** priority × the highest reliability × the highest asset value ÷ 25. */
  highestRisk: count,
  live: count,
  matched24h: count,
  alarms24h: count,
  lastFired: atMs.optional(),
  problems: z.array(configProblemSchema),
});
export type DirectiveRow = z.infer<typeof directiveRowSchema>;

export const directivesAnswerSchema = z.object({
  rows: z.array(directiveRowSchema),
  /** Problems of files as a whole. */
  problems: z.array(configProblemSchema),
  files: z.array(z.object({ name: z.string(), node: z.string(), directives: count, bytes: count, modified: atMs })),
  /** Nodes whose backend was started before the files changed, and that no supervisor of ours restarts. */
  outdated: z.array(z.string()),
  /** Why nothing can be changed here; missing when it can. */
  readOnly: z.string().optional(),
});
export type DirectivesAnswer = z.infer<typeof directivesAnswerSchema>;

/**
 * What a save did: backends take it in while they run; those that can't are restarted with their state kept where a
 * supervisor looks after them, and go on with what they loaded elsewhere.
 */
export const saveAnswerSchema = z.object({
  saved: z.boolean(),
  problems: z.array(configProblemSchema),
  /** Lines of a unified difference between the file and what was sent. */
  difference: z.string(),
  reloaded: z.array(z.string()).meta({ description: "Nodes whose backends run with it now." }),
  restarting: z.array(z.string()),
  outdated: z.array(z.string()),
  reasons: z
    .array(z.object({ node: z.string(), text: z.string() }))
    .optional()
    .meta({ description: "Why a backend didn't take it in while it runs, one sentence for each." }),
  touched: z
    .array(
      z.object({
        node: z.string(),
        directiveId: count,
        live: count,
        ended: count.optional().meta({ description: "Those of them that ended: it was removed, disabled or renamed." }),
      }),
    )
    .optional()
    .meta({
      description: "Directives that change and have live backlogs, which go on with the rules they began with.",
    }),
});
export type SaveAnswer = z.infer<typeof saveAnswerSchema>;

const drySideSchema = z.object({
  alarms: count,
  highestRisk: count,
  /** Backlogs that became complete with risk 0, that expired, and that still live at the end. */
  riskless: count,
  expired: count,
  live: count,
});
/** "Would have raised 3 alarms in the last hour; today's version raised 41." */
export const dryRunAnswerSchema = z.object({
  finished: z.boolean(),
  sentence: z.string(),
  /** Why it ended early: cancelled, a limit reached. */
  stopped: z.string().optional(),
  events: count,
  from: atMs.optional(),
  to: atMs.optional(),
  edited: drySideSchema,
  saved: drySideSchema,
  directives: z.array(z.object({ id: count, name: z.string(), edited: drySideSchema, saved: drySideSchema })),
});
export type DryRunAnswer = z.infer<typeof dryRunAnswerSchema>;

const fileBody = z.object({ text: z.string().max(50_000_000) });
/** A file's text, and which version of it that is, for a save that must not undo what somebody else saved meanwhile. */
const fileAnswer = z.object({ name: z.string(), text: z.string(), version: z.string() });
const saveBody = fileBody.extend({
  ifVersion: z.string().max(100).optional().meta({
    description:
      "The version that was read, empty where there was no file: when the file is another by now, the answer is 409.",
  }),
});
/** A text of that size, with what JSON escapes in it. */
const MAX_FILE_BODY_BYTES = 64 * 1024 * 1024;
const dryRun = z.object({ dryRun: z.enum(["true", "false"]).optional() });

export const directiveRoutes = {
  "GET /directives": { summary: "All directives with their counters.", answer: directivesAnswerSchema },
  "GET /directives/schema": {
    summary: "The JSON schema of one directive, for editors to complete and explain while one types.",
    answer: z.object({ schema: z.unknown() }),
  },
  "GET /directives/:id": {
    summary: "One directive, as its file says it.",
    answer: z.object({ row: directiveRowSchema, directive: z.unknown(), text: z.string() }),
  },
  "POST /directives/enable": {
    summary: "Enables or disables directives.",
    body: z.object({ ids: z.array(count).max(20_000), enabled: z.boolean() }),
    answer: saveAnswerSchema,
  },
  "POST /directives/:id/duplicate": {
    summary: "Puts a disabled copy with the next free id into the same file.",
    answer: saveAnswerSchema.extend({ id: count }),
  },
  "POST /directives/validate": {
    summary:
      "Says all that is wrong with a directive file; with a name, also with it among the other files of its node.",
    body: fileBody.extend({ name: z.string().max(255).optional() }),
    maxBytes: MAX_FILE_BODY_BYTES,
    answer: z.object({ problems: z.array(configProblemSchema), directives: count }),
  },
  "POST /directives/dry-run": {
    summary:
      "Begins to replay the retained events with an edited file and with the saved one. How far it is: the topic `job`.",
    body: fileBody.extend({ name: z.string().max(255), from: atMs.optional(), to: atMs.optional() }),
    maxBytes: MAX_FILE_BODY_BYTES,
    answer: z.object({ job: z.string() }),
  },
  "GET /directives/dry-run/:job": { summary: "What a dry run came to.", answer: dryRunAnswerSchema },
  "DELETE /directives/dry-run/:job": { summary: "Cancels a dry run.", answer: doneSchema },
  "GET /directives/files/:name": {
    summary: "A directive file.",
    answer: fileAnswer,
  },
  "PUT /directives/files/:name": {
    summary: "Checks and saves a directive file; with dryRun only says what would happen.",
    query: dryRun,
    body: saveBody,
    maxBytes: MAX_FILE_BODY_BYTES,
    answer: saveAnswerSchema,
  },
} as const satisfies Routes;

export const assetRowSchema = assetSchema.extend({
  file: z.string(),
  index: count.meta({ description: "Its place in the file, from 0." }),
  /** Other entries of equal or overlapping networks, as sentences. */
  warnings: z.array(z.string()),
});
export type AssetRow = z.infer<typeof assetRowSchema>;

export const providerRowSchema = z.object({
  kind: z.enum(["intel", "vuln"]),
  name: z.string(),
  plugin: z.string(),
  url: z.string(),
  enabled: z.boolean(),
  file: z.string(),
  problem: z.string().optional(),
  lookups: count,
  errors: count,
  cacheHits: count,
  latencyMs: z.number().optional(),
});
export type ProviderRow = z.infer<typeof providerRowSchema>;

export const assetRoutes = {
  "GET /assets": {
    summary: "All networks and hosts of the asset files.",
    answer: z.object({
      rows: z.array(assetRowSchema),
      problems: z.array(configProblemSchema),
      readOnly: z.string().optional(),
    }),
  },
  "GET /assets/effective": {
    summary: "What the engine makes of an address.",
    query: z.object({ ip: z.string().max(100) }),
    answer: z.object({
      ip: z.string(),
      value: count,
      name: z.string().optional(),
      home: z.boolean(),
      whitelisted: z.boolean(),
      networks: z.array(z.string()),
      entries: z.array(z.object({ name: z.string(), cidr: z.string(), value: count })),
      /** One sentence for people. */
      text: z.string(),
    }),
  },
  "PUT /assets/files/:name": {
    summary: "Checks and saves an asset file.",
    query: dryRun,
    body: saveBody,
    maxBytes: MAX_FILE_BODY_BYTES,
    answer: saveAnswerSchema,
  },
  "GET /assets/files/:name": { summary: "An asset file.", answer: fileAnswer },
  "GET /providers": {
    summary: "Threat-intel and vulnerability providers.",
    answer: z.object({ rows: z.array(providerRowSchema), problems: z.array(configProblemSchema) }),
  },
  "POST /providers/test": {
    summary: "Asks one provider about an address now.",
    body: z.object({
      kind: z.enum(["intel", "vuln"]),
      name: z.string(),
      ip: z.string().max(100),
      port: count.optional(),
    }),
    answer: z.object({
      ok: z.boolean(),
      latencyMs: z.number(),
      hits: z.array(z.object({ provider: z.string(), term: z.string(), result: z.string() })),
      error: z.string().optional(),
    }),
  },
  "POST /config/changed": {
    summary: "Has the backends load the files anew, where they can while they run, else by a restart.",
    answer: doneSchema,
  },
} as const satisfies Routes;
