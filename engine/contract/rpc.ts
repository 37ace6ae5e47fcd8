import { z } from "zod";
import { explanationSchema } from "./explain.ts";
import { anyJournalEntrySchema, journalEntrySchema } from "./journal.ts";
import { backlogDetailSchema, backlogSummarySchema } from "./live-backlog.ts";

/**
 * What a backend answers on `rpcSubject` (operation.md §7): one JSON request `{method, …}`, one JSON answer, `{ok:
 * true, …}` or `{ok: false, code, message}`. Fields that a wire or file format of Dsiem names keep that name; ours are
 * in camel case.
 */

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Backlogs on a page unless the request says otherwise, and at most. */
export const DEFAULT_BACKLOGS_LIMIT = 200;
const MAX_BACKLOGS_LIMIT = 1000;
/** Bytes of journal entries on a page unless the request says otherwise; never more than the bus takes. */
export const DEFAULT_JOURNAL_PAGE_BYTES = 256 * 1024;
/** What is published for a console ends by itself unless it is renewed: a console that is gone costs nothing. */
const MAX_LEASE_SECONDS = 30;

/** Why a request was refused. */
const rpcErrorCodeSchema = z.enum([
  /** Not JSON, no method, or a parameter that is wrong. */
  "BAD_REQUEST",
  "UNKNOWN_METHOD",
  /** The backend keeps no journal: it runs without `--journal`. */
  "JOURNAL_OFF",
  /** No such backlog lives: it is complete, has expired, or belongs to another node. */
  "NO_SUCH_BACKLOG",
  "NO_SUCH_DIRECTIVE",
  /** The cursor is of another run of the backend: list from the beginning. */
  "STALE_CURSOR",
  /** The answer is more than the bus takes in one message. */
  "TOO_LARGE",
  /** Too many requests are being answered: ask again. */
  "BUSY",
  /** The configuration files have problems, and nothing was changed; the message says which. */
  "CONFIG_REFUSED",
  /** The frontend that the configuration is fetched from doesn't answer; nothing was changed. */
  "FRONTEND_UNAVAILABLE",
  /** Something in the backend failed; its log says what. */
  "FAILED",
]);
export type RpcErrorCode = z.infer<typeof rpcErrorCodeSchema>;

export const rpcRefusalSchema = z.object({
  ok: z.literal(false),
  code: rpcErrorCodeSchema,
  message: z.string(),
});

/** All that can be said of a request before its method is known. */
export const rpcRequestSchema = z.object({ method: z.string().max(64) });

const answered = z.object({ ok: z.literal(true) });

export const sinceRequestSchema = z.object({
  seq: count.meta({ description: "The first number that the reader doesn't have: `next` of the answer before, or 1." }),
  maxBytes: count.min(1).optional(),
});
export const sinceAnswerSchema = answered.extend({
  entries: z.array(journalEntrySchema),
  next: count.meta({ description: "What to ask for next; `last` + 1 when the reader has everything." }),
  oldest: count.meta({ description: "The first entry that is still kept; `last` + 1 when there is none." }),
  last: count.meta({ description: "The entry written last; 0 when there never was one." }),
  gap: z
    .object({ from: count, to: count })
    .optional()
    .meta({ description: "Entries that the reader asked for and that are kept no more." }),
  restarted: z
    .literal(true)
    .optional()
    .meta({ description: "The journal was begun anew and isn't as long as the reader thinks: this is its beginning." }),
});
/** The same with entries still unread. */
export const sincePageSchema = sinceAnswerSchema.extend({ entries: z.array(anyJournalEntrySchema) });

export const backlogsRequestSchema = z.object({
  after: z.string().max(128).optional().meta({ description: "`next` of the page before." }),
  limit: count.min(1).max(MAX_BACKLOGS_LIMIT).optional(),
  directive: count.optional().meta({ description: "Only the backlogs of this directive." }),
});
/** Ordered by directive as they were loaded, then by age. What lives throughout a listing is on one of its pages, once. */
export const backlogsAnswerSchema = answered.extend({
  backlogs: z.array(backlogSummarySchema),
  total: count.meta({ description: "All that live on this node, whatever directive was asked for." }),
  next: z.string().optional().meta({ description: "Missing on the last page; a page may be shorter than asked for." }),
});

export const backlogRequestSchema = z.object({
  id: z.string().max(256),
  directive: count
    .optional()
    .meta({ description: "Its directive, if known: then only that one's are looked through." }),
});
export const backlogAnswerSchema = answered.extend({
  backlog: backlogDetailSchema,
  shortened: z.record(z.string(), count).optional().meta({
    description:
      "Present when the answer was too large for the bus: the lists and texts that are cut, by path, and how long they are.",
  }),
});

/** Most backlogs that one answer of `live` holds. */
export const MAX_LIVE_BACKLOGS = 2000;

/**
 * `live`: the backlogs that expire first, and from then on what changed. For a few seconds after each question the
 * backend notes what happens to its backlogs, so that the next one costs what happened and not what lives.
 */
export const liveRequestSchema = z.object({
  limit: count.min(1).max(MAX_LIVE_BACKLOGS).optional(),
  directive: count.optional().meta({ description: "Only the backlogs of this directive." }),
  ip: z.string().max(64).optional().meta({
    description: "Only backlogs that have seen this address (canonical text); such a listing is always whole.",
  }),
  since: z.string().max(64).optional().meta({ description: "`cursor` of the answer before." }),
});
export const liveAnswerSchema = answered.extend({
  cursor: z.string(),
  whole: z.boolean().meta({
    description: "Whether these are the backlogs that expire first, in that order, or only those that changed.",
  }),
  backlogs: z.array(backlogSummarySchema),
  ended: z.array(z.object({ id: z.string(), why: z.enum(["complete", "expired", "closed", "gone"]) })).meta({
    description:
      "Those that live no more; empty in a whole listing. `gone`: the directive isn't loaded any more, or is called something else.",
  }),
  total: count.meta({ description: "All that live and are asked for." }),
});

/** `close`: a live backlog ends now as if it had expired; the log says who asked. */
export const closeRequestSchema = backlogRequestSchema.extend({
  by: z.string().max(200).meta({ description: "Who asks, as the log names them." }),
});

/** `explain`: what an event would do to the directives of this backend if it came now, and why not more. */
export const explainRequestSchema = z.object({
  event: z.unknown().meta({ description: "As it is published (contract/event.ts)." }),
  directive: count.optional().meta({ description: "Only this directive, whether or not it is interested." }),
  backlog: z.string().max(256).optional().meta({ description: "Only the directive of this live backlog." }),
});
export const explainAnswerSchema = answered.extend({
  explanation: explanationSchema.meta({ description: "Of fewer directives and attempts where the bus takes no more." }),
});

/** `directives`: what each directive has done since the backend started; only those that have done anything. */
export const directivesRequestSchema = z.object({
  after: count.optional().meta({ description: "`next` of the page before." }),
});
export const directivesAnswerSchema = answered.extend({
  run: z.string().meta({ description: "Differs with each run of the backend: its counts start at 0 again." }),
  since: z.number().meta({ description: "When they started, milliseconds since the epoch." }),
  directives: z.array(
    z.object({
      id: count,
      matched: count.meta({ description: "Events of which a backlog consumed one, or that began one." }),
      live: count,
      riskless: count.meta({ description: "Backlogs that became complete with risk 0, and so without an alarm." }),
    }),
  ),
  next: count.optional().meta({ description: "Missing on the last page." }),
  riskless: z
    .array(z.object({ directiveId: count, backlogId: z.string(), title: z.string(), at: z.number() }))
    .meta({ description: "The last of the completions with risk 0; milliseconds since the epoch." }),
  config: z
    .array(z.object({ name: z.string(), sha256: z.string() }))
    .meta({ description: "The configuration files that it runs with, as it was given them." }),
});

/**
 * `reload`: fetches the configuration files as at a start, and goes on with the directives that they say, live backlogs
 * kept as over a restart (engine.md §9). A backend that is asked while it reloads does it once more. What is wrong with
 * any file changes nothing and is a refusal.
 */
export const reloadRequestSchema = z.object({
  by: z.string().max(200).optional().meta({ description: "Who asks, as the log names them." }),
});
export const reloadAnswerSchema = answered.extend({
  files: z
    .array(z.string())
    .meta({ description: "The files that have changed and are in use now, and those that are gone." }),
  restart: z.array(z.string()).meta({
    description: "Files that have changed, too, and that the backend takes in only when it starts: it goes on without.",
  }),
  directives: z.object({ same: count, changed: count, added: count, removed: count }),
  backlogs: z.object({
    onOldRules: count.meta({
      description: "Live backlogs of changed directives, which keep the rules they began with.",
    }),
    ended: count.meta({
      description: "Live backlogs of directives that are removed, disabled, or called something else.",
    }),
  }),
  touched: z
    .array(z.object({ directiveId: count, onOldRules: count, ended: count }))
    .meta({ description: "The same by directive, as far as the answer has room." }),
  milliseconds: z.number().meta({ description: "How long it took." }),
});
export type ReloadAnswer = z.infer<typeof reloadAnswerSchema>;

/** `providers`: what the look-up sources have done since the backend started. */
export const providersRequestSchema = z.object({});
export const providersAnswerSchema = answered.extend({
  providers: z.array(
    z.object({
      name: z.string(),
      plugin: z.string(),
      requests: count,
      cacheHits: count,
      failures: count,
      lastFailure: z.string(),
      latencyMsTotal: z.number(),
      latencyMsMax: z.number(),
    }),
  ),
});

/**
 * `watch` (for outcomes on `outcomesSubject`) and `follow` (for new entries of the journal on `alarmsSubject`; ask for
 * it first and for `since` then): published for so long from now on. Renewed by asking again.
 */
export const leaseRequestSchema = z.object({ seconds: z.number().positive().max(MAX_LEASE_SECONDS) });
export const leaseAnswerSchema = answered.extend({
  until: z.number().meta({ description: "When it ends, milliseconds since the epoch." }),
});

/** `unwatch` and `unfollow`: whoever else still wants it asks again in time. */
export const endRequestSchema = z.object({});
export const endAnswerSchema = answered;
