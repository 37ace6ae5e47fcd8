import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import { readEventInput } from "../../base/event-input.ts";
import type { Handlers, RouteAnswer } from "../route-table.ts";

/** Events that are offered at once, and so long the door is asked again while it has no room, in milliseconds. */
const OFFERED_AT_ONCE = 100;
const PATIENCE_MS = 20_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Problems that are told one by one; the number of refused events counts all. */
const MAX_PROBLEMS = 200;

/** The door, as far as it takes what was imported (engine/ingest/events-route.ts). */
export type OfferEvents = (
  values: readonly unknown[],
  from: string,
) => Promise<{
  accepted: number;
  wrong: readonly { index: number; text: string }[];
  refusal?: { text: string; again: boolean };
}>;

type ImportAnswer = RouteAnswer<"POST /events/import">;

interface Item {
  line: number;
  value: unknown;
}

/** `POST /events/import`: a file's events through the same door as all others. */
export function eventImportHandlers(offer: OfferEvents, clock: Clock): Handlers {
  return {
    "POST /events/import": async ({ body: { text, shiftToNow = false }, signal }) => {
      const answer: ImportAnswer = { accepted: 0, refused: 0, problems: [] };
      const items = await readItems(text, answer);
      if (shiftToNow) shiftTo(items, clock.now());
      await offerAll(items, offer, clock, signal, answer);
      return answer;
    },
  };
}

async function readItems(text: string, answer: ImportAnswer): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of readEventInput(Readable.from([text]))) {
    if ("problem" in item) {
      refuse(answer, item.line, item.problem);
      continue;
    }
    try {
      items.push({ line: item.line, value: JSON.parse(item.text) });
    } catch (error) {
      refuse(answer, item.line, `isn't JSON: ${errorText(error)}`);
    }
  }
  return items;
}

/** Moves all timestamps by as much as makes the last of them that of now. */
function shiftTo(items: readonly Item[], nowMs: number): void {
  const dated = items.flatMap(({ value }) => {
    if (typeof value !== "object" || value === null || !("timestamp" in value)) return [];
    const at = typeof value.timestamp === "string" ? Date.parse(value.timestamp) : Number.NaN;
    return Number.isNaN(at) ? [] : [{ event: value, at }];
  });
  const last = dated.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY);
  for (const { event, at } of dated) event.timestamp = new Date(at - last + nowMs).toISOString();
}

/** In their order, slowly enough for the door to take them. */
async function offerAll(
  items: readonly Item[],
  offer: OfferEvents,
  clock: Clock,
  signal: AbortSignal,
  answer: ImportAnswer,
): Promise<void> {
  let size = OFFERED_AT_ONCE;
  let pauseMs = FIRST_PAUSE_MS;
  let progressAt = clock.monotonic();
  for (let from = 0; from < items.length; ) {
    signal.throwIfAborted();
    const slice = items.slice(from, from + size);
    const offered = await offer(
      slice.map(({ value }) => value),
      "an imported file",
    );
    if (offered.refusal === undefined) {
      answer.accepted += offered.accepted;
      for (const { index, text } of offered.wrong) refuse(answer, slice[index]?.line ?? 0, text);
      from += slice.length;
      pauseMs = FIRST_PAUSE_MS;
      progressAt = clock.monotonic();
      continue;
    }
    if (!offered.refusal.again || clock.monotonic() - progressAt > PATIENCE_MS) {
      const left = items.length - from;
      refuse(answer, slice[0]?.line ?? 0, `from here on ${left} events aren't taken: ${offered.refusal.text}`);
      answer.refused += left - 1;
      return;
    }
    // What doesn't fit at once may fit in pieces.
    size = Math.max(1, Math.floor(size / 2));
    await sleep(pauseMs, undefined, { signal });
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

function refuse(answer: ImportAnswer, line: number, text: string): void {
  answer.refused += 1;
  if (answer.problems.length < MAX_PROBLEMS) answer.problems.push({ line, text });
}
