import { z } from "zod";
import { alarmRecordSchema } from "../alarm.ts";
import { eventSchema } from "../event.ts";
import { attemptVerdictSchema, explanationSchema } from "../explain.ts";
import { backlogSummarySchema } from "../live-backlog.ts";
import { atMs, count, countText, doneSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/** Largest events file that the debugger takes over the API, in bytes; `dsiem replay` reads any length. */
export const MAX_REPLAY_BYTES = 64 * 1024 * 1024;
/** A body with a text of that size, with what JSON escapes in it. */
const MAX_BODY_BYTES = 96 * 1024 * 1024;

/** What is replayed. */
export const replayInputSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), name: z.string().max(255), text: z.string() }),
  /** All events of an alarm. */
  z.object({ kind: z.literal("alarm"), id: z.string().max(100) }),
  z.object({
    kind: z.literal("retained"),
    q: z.string().max(20_000).optional(),
    from: atMs.optional(),
    to: atMs.optional(),
    /** The newest so many. */
    limit: count.optional(),
  }),
  /** Events as they come from now on, until `stop capture`. */
  z.object({ kind: z.literal("live"), q: z.string().max(20_000).optional() }),
]);
export type ReplayInput = z.infer<typeof replayInputSchema>;

/** With which directives. Assets and flags are those of the console's node. */
export const replayDirectivesSchema = z.object({
  /** An edited file in place of the saved one of that name. */
  edited: z.object({ name: z.string().max(255), text: z.string() }).optional(),
  /** Only these; all of the node when left out. */
  only: z.array(count).max(1000).optional(),
  node: z.string().optional(),
});

/** A line of a recording that couldn't be used. */
export const recordingProblemSchema = z.object({ line: count, text: z.string() });
export type RecordingProblem = z.infer<typeof recordingProblemSchema>;

export const replaySideSchema = z.enum(["edited", "saved"]);
export type ReplaySide = z.infer<typeof replaySideSchema>;

/** Where a replay is. Steps are counted from 0 (nothing happened yet) to `events` and one more: the time after the last event. */
export const replayStateSchema = z.object({
  session: z.string(),
  rev: count.meta({ description: "Grows with each change, so that what came later is known." }),
  generation: count.meta({
    description: "Grows when it goes on with other directives: rows and steps that were read before hold no more.",
  }),
  name: z.string(),
  status: z.enum(["loading", "ready", "playing", "capturing", "stopped", "failed"]),
  capturing: z.boolean().meta({ description: "Events still come, also while it plays." }),
  /** Why it stopped or failed, as a sentence: a breakpoint, a limit, an error. */
  reason: z.string().optional(),
  events: count,
  step: count,
  /** Of the virtual clock, milliseconds since the epoch. */
  clock: atMs.optional(),
  first: atMs.optional(),
  last: atMs.optional(),
  speed: z.enum(["1", "10", "max"]),
  breakOn: z.object({ stageChange: z.boolean(), alarm: z.boolean() }),
  /** Unreadable lines: how many, and the first of them. */
  refused: count,
  problems: z.array(recordingProblemSchema),
  /** Events of the recording by time, for the scrubber: `marks` are steps at which a stage finished or an alarm was written, as far as it was run. */
  marks: z.array(
    z.object({ step: count, at: atMs, kind: z.enum(["stage", "alarm", "expired"]), sentence: z.string() }),
  ),
  sides: z.array(
    z.object({
      side: replaySideSchema,
      alarms: count,
      highestRisk: count,
      liveBacklogs: count,
      alarmsAtEnd: count.optional(),
    }),
  ),
});
export type ReplayState = z.infer<typeof replayStateSchema>;

/** One event of the recording, as a row. */
export const replayRowSchema = z.object({
  step: count,
  event: eventSchema,
  /** What it did, as far as it was run: the sentence is short (`2/3 · 4/15`, `not counted`, `no directive`). */
  outcome: z
    .object({
      verdict: z.union([attemptVerdictSchema, z.literal("no directive"), z.literal("whitelisted")]),
      text: z.string(),
    })
    .optional(),
});
export type ReplayRow = z.infer<typeof replayRowSchema>;

/** The time from the first event to the highest in equal parts, by the virtual clock. */
export const replayTicksSchema = z.object({
  counts: z.array(count).meta({ description: "Events that come within each part." }),
  steps: z.array(count).meta({ description: "The last step whose clock isn't beyond the end of each part." }),
});
export type ReplayTicks = z.infer<typeof replayTicksSchema>;

/** All that is shown of one step: the state after its event, and why. */
export const replayStepSchema = z.object({
  step: count,
  side: replaySideSchema,
  explanation: explanationSchema.optional().meta({ description: "Missing at step 0 and behind the last event." }),
  backlogs: z.array(backlogSummarySchema),
  liveBacklogs: count,
  /** Those that ended since the step before, with a sentence each: expired at T, complete at risk 0 with the arithmetic. */
  ended: z.array(z.object({ id: z.string(), title: z.string(), sentence: z.string() })),
  alarms: z
    .array(alarmRecordSchema)
    .meta({ description: "As they stand after this step, the newest first; cut to 50." }),
});
export type ReplayStep = z.infer<typeof replayStepSchema>;

export const REPLAY_COMMANDS = ["play", "pause", "step", "back", "start", "end", "stop capture"] as const;
const replayCommandSchema = z.union([
  z.object({ command: z.enum(REPLAY_COMMANDS) }),
  z.object({ command: z.literal("goto"), step: count }),
  z.object({ command: z.literal("speed"), speed: z.enum(["1", "10", "max"]) }),
  z.object({ command: z.literal("break"), stageChange: z.boolean(), alarm: z.boolean() }),
  /** The same events once more with other directives; the step is kept. */
  z.object({ command: z.literal("directives"), directives: replayDirectivesSchema }),
]);
export type ReplayCommand = z.infer<typeof replayCommandSchema>;

export const replayRoutes = {
  "POST /replay": {
    summary: "Opens a replay of events with the real correlator on a virtual clock.",
    body: z.object({ input: replayInputSchema, directives: replayDirectivesSchema }),
    maxBytes: MAX_BODY_BYTES,
    answer: replayStateSchema,
  },
  "GET /replay/:session": { summary: "Where a replay is.", answer: replayStateSchema },
  "POST /replay/:session": {
    summary: "Moves a replay.",
    body: replayCommandSchema,
    maxBytes: MAX_BODY_BYTES,
    answer: replayStateSchema,
  },
  "DELETE /replay/:session": { summary: "Ends a replay and frees what it holds.", answer: doneSchema },
  "GET /replay/:session/rows": {
    summary: "Events of the recording with what they did.",
    query: z.object({ from: countText, limit: countText.optional(), side: replaySideSchema.optional() }),
    answer: z.object({ rows: z.array(replayRowSchema), total: count }),
  },
  "GET /replay/:session/ticks": {
    summary: "How the events of a recording lie in time.",
    query: z.object({ parts: countText }),
    answer: replayTicksSchema,
  },
  "POST /replay/:session/events": {
    summary: "Puts events behind the last one: a JSON array, NDJSON.",
    body: z.object({ text: z.string() }),
    maxBytes: MAX_BODY_BYTES,
    answer: replayStateSchema,
  },
  "GET /replay/:session/steps/:step": {
    summary: "One step: its checks, its backlogs, its alarms.",
    query: z.object({ side: replaySideSchema.optional(), directive: countText.optional() }),
    answer: replayStepSchema,
  },
  "POST /replay/:session/keep": {
    summary: "Writes the events, the directives and the alarms they raise to a folder that `dsiem test` runs.",
    body: z.object({
      name: z.string().max(100),
      description: z.string().max(2000).optional(),
      replace: z.boolean().optional(),
    }),
    answer: z.object({
      folder: z.string(),
      alarms: count,
      command: z.string().meta({ description: "What to run for it." }),
    }),
  },
} as const satisfies Routes;
