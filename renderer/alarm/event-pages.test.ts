import { expect, test } from "vitest";
import type { StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { addEvents, eventLines, NO_EVENTS } from "./event-pages.ts";

const event = (seq: number, stage: number): StoredAlarmEvent => ({ seq, stage, eventId: `e${seq}`, at: seq * 1000 });
const STAGES = [
  { stage: 1, name: "first", occurrence: 1 },
  { stage: 2, name: "second", occurrence: 10 },
];

test("a page that overlaps adds only what is new", () => {
  const first = addEvents(NO_EVENTS, [event(1, 1), event(2, 2)], 5);
  const second = addEvents(first, [event(2, 2), event(3, 2)], 5);
  expect(second.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(addEvents(second, [event(3, 2)], 6)).toEqual({ events: second.events, total: 6 });
});

test("events stand under their stages, also those of a stage that nobody named", () => {
  const lines = eventLines([event(1, 1), event(2, 2), event(3, 7), event(4, 2)], STAGES, undefined);
  expect(lines.map(({ key }) => key)).toEqual(["stage 1", "1", "stage 2", "2", "4", "stage 7", "3"]);
  expect(lines[2]).toMatchObject({ name: "second", count: 2, occurrence: 10 });
  expect(lines[5]).toMatchObject({ name: "", occurrence: undefined });
});

test("a brush leaves its events and their heads", () => {
  const lines = eventLines([event(1, 1), event(2, 2), event(3, 2)], STAGES, { from: 1500, to: 2500 });
  expect(lines.map(({ key }) => key)).toEqual(["stage 2", "2"]);
});
