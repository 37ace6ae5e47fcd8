import { z } from "zod";
import { alarmRecordSchema } from "./alarm.ts";
import { eventSchema } from "./event.ts";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const numbered = z.object({
  seq: count.meta({ description: "Grows by one with each entry of a journal, from 1." }),
  at: z.number().meta({ description: "When it was written down, milliseconds since the epoch." }),
  shortened: z.record(z.string(), count).optional().meta({
    description:
      "Present when the entry was too large for the bus: the lists and texts that are cut, by path, and how long they are.",
  }),
});

/** What a record's file has no place for: where the alarm's risk comes from. */
export const alarmOriginSchema = z.object({
  directive: z.object({ id: count, priority: count }),
  assetValue: count.meta({ description: "The highest value of the addresses seen, which the risk was computed with." }),
});
export type AlarmOrigin = z.infer<typeof alarmOriginSchema>;

/**
 * A record of an alarm as siem_alarms.json has it, numbered by its backend (operation.md §7); with its origin, unless it was
 * written by an earlier version.
 */
const alarmEntrySchema = numbered.extend({
  kind: z.literal("alarm"),
  record: alarmRecordSchema,
  ...alarmOriginSchema.partial().shape,
});
/** An event that a backlog recorded, whole: what siem_alarm_events.json names. */
const eventEntrySchema = numbered.extend({
  kind: z.literal("event"),
  alarm_id: z.string(),
  stage: count,
  event: eventSchema,
});
/** Stands for an entry that is too large for the bus even when shortened; the files have it. */
const omittedEntrySchema = numbered.extend({ kind: z.literal("omitted") });

/** One entry of a backend's journal. */
export const journalEntrySchema = z.discriminatedUnion("kind", [
  alarmEntrySchema,
  eventEntrySchema,
  omittedEntrySchema,
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** As much as every entry has, whatever else is in it: one that can't be read keeps nobody from those behind it. */
export const anyJournalEntrySchema = z.looseObject(numbered.pick({ seq: true, at: true }).shape);
export type AnyJournalEntry = z.infer<typeof anyJournalEntrySchema>;

/** One message on `alarmsSubject`, while somebody follows. A reader that finds numbers missing asks `since` for them. */
export const journalNewsSchema = z.object({ node: z.string(), entries: z.array(journalEntrySchema) });
/** The same with entries still unread. */
export const anyJournalNewsSchema = journalNewsSchema.extend({ entries: z.array(anyJournalEntrySchema) });
