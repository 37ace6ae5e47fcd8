import { expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import type { RouteAnswer } from "../route-table.ts";
import { eventImportHandlers, type OfferEvents } from "./event-import.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");

async function imported(
  body: { text: string; shiftToNow?: boolean },
  offer: OfferEvents,
  signal = new AbortController().signal,
): Promise<RouteAnswer<"POST /events/import">> {
  const handle = eventImportHandlers(offer, new ManualClock(NOW))["POST /events/import"];
  if (handle === undefined) throw new Error("there is no such handler");
  const client = { host: "h", rename: () => undefined };
  return handle({ params: {}, query: undefined, body, client, user: "", signal });
}

/** Takes what has a name, and no more at once than there is room for. */
function door(room = Number.POSITIVE_INFINITY) {
  const taken: unknown[] = [];
  const offer: OfferEvents = async (values, from) => {
    expect(from).toBe("an imported file");
    if (values.length > room) return { accepted: 0, wrong: [], refusal: { text: "No room.", again: true } };
    const wrong = values.flatMap((value, index) => (isNamed(value) ? [] : [{ index, text: "It has no name." }]));
    taken.push(...values.filter(isNamed));
    return { accepted: values.length - wrong.length, wrong };
  };
  return { offer, taken };
}

function isNamed(value: unknown): boolean {
  return typeof value === "object" && value !== null && "name" in value;
}

it("hands in what stands in an array or in lines, in order, and names the lines of what is wrong", async () => {
  const { offer, taken } = door();
  expect(await imported({ text: '[\n{"name":1},\n{"no":2},\n{"name":3}]' }, offer)).toEqual({
    accepted: 2,
    refused: 1,
    problems: [{ line: 3, text: "It has no name." }],
  });
  const lines = await imported({ text: '{"name":4}\n\nrubbish\n{"name":5}\n' }, offer);
  expect(lines).toMatchObject({ accepted: 2, refused: 1, problems: [{ line: 3 }] });
  expect(taken).toEqual([{ name: 1 }, { name: 3 }, { name: 4 }, { name: 5 }]);
});

it("moves all timestamps alike, so that the last event happens now", async () => {
  const { offer, taken } = door();
  const event = (timestamp: unknown) => ({ name: 1, timestamp });
  const events = [event("2020-01-01T00:00:30+01:00"), event("2020-01-01T00:00:00Z"), event(5), event("never")];
  await imported({ text: JSON.stringify(events), shiftToNow: true }, offer);
  expect(taken).toEqual([
    event("2026-11-28T11:00:30.000Z"),
    event("2026-11-28T12:00:00.000Z"),
    event(5),
    event("never"),
  ]);
  taken.length = 0;
  await imported({ text: JSON.stringify(events) }, offer);
  expect(taken).toEqual(events);
});

it("offers less at a time where the door has little room", async () => {
  const { offer, taken } = door(7);
  const events = Array.from({ length: 250 }, (_, name) => ({ name }));
  expect(await imported({ text: JSON.stringify(events) }, offer)).toMatchObject({ accepted: 250, refused: 0 });
  expect(taken).toEqual(events);
});

it("stops at once where another try is no use, and says from which line on nothing was taken", async () => {
  let left = 1;
  const offer: OfferEvents = async (values) =>
    left-- > 0
      ? { accepted: values.length, wrong: [] }
      : { accepted: 0, wrong: [], refusal: { text: "This frontend is stopping.", again: false } };
  const text = Array.from({ length: 150 }, () => "{}").join("\n");
  expect(await imported({ text }, offer)).toEqual({
    accepted: 100,
    refused: 50,
    problems: [{ line: 101, text: "from here on 50 events aren't taken: This frontend is stopping." }],
  });
});

it("stops when the one who asked is gone", async () => {
  const { offer, taken } = door();
  await expect(imported({ text: "{}" }, offer, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  expect(taken).toEqual([]);
});
