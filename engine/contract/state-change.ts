import { z } from "zod";
import { hitSchema } from "./alarm.ts";
import { alarmOriginSchema } from "./journal.ts";
import { savedBacklogSchema } from "./saved-backlog.ts";

/*
 * How the state database of a backend (`logs/.state/NODE.db`) writes down what happened to its live backlogs: one JSON
 * array a line, the backlog's ordinal first, then the kind of change. The lines of one commit are one row of the table
 * `change`. Read in order they build every live backlog anew (`engine/backlog/rebuild.ts`); a line of a backlog whose
 * beginning isn't there belongs to one that has ended and says nothing any more.
 */

const ordinal = z.number().int().positive();
const stage = z.number().int().positive();
const seconds = z.number().int().nonnegative();
const port = z.number().int().min(0).max(65535);
const text = z.string();

/** A backlog began: directive, alarm id, title, hash of its rules (table `ruleset`), start of stage 1. */
const createdSchema = z.tuple([ordinal, z.literal("c"), z.number(), text, text, text, seconds]);
/** A backlog was taken over whole from a saved file: directive, hash of its rules, the backlog as that file has it. */
const importedSchema = z.tuple([ordinal, z.literal("i"), z.number(), text, savedBacklogSchema]);
/**
 * An event was recorded: stage, event id, source, destination, their ports, protocol, custom data 1 to 3 (empty where the
 * backlog had it already and the event begins no stage), their labels, the event's time and the wall clock's, both in
 * seconds.
 */
const recordedSchema = z.tuple([
  ordinal,
  z.literal("e"),
  stage,
  ...([text, text, text, port, port, text, text, text, text, text, text, text, seconds, seconds] as const),
]);
/** A value of the `sticky_different` field counts as seen: stage, value. */
const stickySchema = z.tuple([ordinal, z.literal("s"), stage, z.union([text, z.number()])]);
/** A stage is finished: stage, its end, the risk and risk class from then on. */
const finishedSchema = z.tuple([ordinal, z.literal("f"), stage, seconds, z.number(), text]);
/** The first alarm record was made: its creation time. */
const alarmBeganSchema = z.tuple([ordinal, z.literal("t"), seconds]);
/** Look-ups found something new: intel hits, vulnerabilities. */
const foundSchema = z.tuple([ordinal, z.literal("h"), z.array(hitSchema), z.array(hitSchema)]);
/** The backlog is complete or expired. */
const removedSchema = z.tuple([ordinal, z.literal("x")]);

export const stateChangeSchema = z.union([
  createdSchema,
  importedSchema,
  recordedSchema,
  stickySchema,
  finishedSchema,
  alarmBeganSchema,
  foundSchema,
  removedSchema,
]);
export type StateChange = z.infer<typeof stateChangeSchema>;

/** An alarm record that waits for its look-ups, as the table `pending` keeps it. */
export const pendingRecordSchema = z.object({
  alarm_id: text,
  /** The record but for its hits: what stands before them and what after. */
  head: text,
  tail: text,
  /** What look-ups had found for the alarm before. */
  intel: z.array(hitSchema),
  vulnerabilities: z.array(hitSchema),
  /** What is to be looked up for this record; absent when it only waits for an earlier one of its alarm. */
  targets: z.object({ addresses: z.array(text), sockets: z.array(z.object({ ip: text, port })) }).optional(),
  /** For the journal; absent without one. */
  origin: alarmOriginSchema.optional(),
});
export type PendingRecord = z.infer<typeof pendingRecordSchema>;
