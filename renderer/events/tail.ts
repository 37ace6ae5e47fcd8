import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import type { LiveDelta, LiveSnapshot } from "../../engine/contract/console/live.ts";

/** Events that the live tail keeps (console.md §2). */
export const TAIL_SIZE = 10_000;
/** Rates that the line beside the number shows. */
const RATES = 60;

/** What the live tail shows: a value that is never changed, only replaced. */
export interface Tail {
  /** The newest first. */
  events: readonly ConsoleEvent[];
  /** Events since the tail began that the query finds and the server left out. */
  notShown: number;
  perSecond: number;
  rates: readonly number[];
  /** When the last of the rates was taken. */
  ratedAt: number;
  /** Events that came since `heldAt`, while the display stood still; they are kept apart. */
  held: readonly ConsoleEvent[];
  /** Of those, how many were too many to keep. */
  heldDropped: number;
  /** When the display was stopped. */
  heldAt: number | undefined;
}

export const EMPTY_TAIL: Tail = {
  events: [],
  notShown: 0,
  perSecond: 0,
  rates: [],
  ratedAt: 0,
  held: [],
  heldDropped: 0,
  heldAt: undefined,
};

/** A new beginning, as after a reconnect; a display that stands still keeps what it shows. */
export function tailSnapshot(tail: Tail, snapshot: LiveSnapshot<"events">, now: number): Tail {
  const newest = [...snapshot.events].reverse().slice(0, TAIL_SIZE);
  const rated = withRate(tail, snapshot.perSecond, now);
  if (tail.heldAt === undefined) return { ...rated, events: newest, notShown: 0 };
  const shown = new Set(tail.events.map((event) => event.id));
  return { ...rated, held: newest.filter((event) => !shown.has(event.id)), heldDropped: 0 };
}

export function tailDelta(tail: Tail, delta: LiveDelta<"events">, now: number): Tail {
  const news = [...delta.events].reverse();
  const common = { ...withRate(tail, delta.perSecond, now), notShown: tail.notShown + delta.notShown };
  const verdicts = new Map(delta.verdicts.map(({ id, verdict }) => [id, verdict]));
  const judged = (events: readonly ConsoleEvent[]): readonly ConsoleEvent[] =>
    verdicts.size === 0
      ? events
      : events.map((event) => {
          const verdict = verdicts.get(event.id);
          return verdict === undefined ? event : { ...event, verdict };
        });
  if (tail.heldAt === undefined) return { ...common, events: judged(joined(news, tail.events)) };
  const held = joined(news, tail.held);
  const dropped = news.length + tail.held.length - held.length;
  // What an event led to may come while the display stands still: it is said of the rows in sight, which don't move.
  return { ...common, events: judged(tail.events), held: judged(held), heldDropped: tail.heldDropped + dropped };
}

export function hold(tail: Tail, now: number): Tail {
  return tail.heldAt === undefined ? { ...tail, heldAt: now } : tail;
}

/** Shows what came meanwhile and goes on. */
export function release(tail: Tail): Tail {
  if (tail.heldAt === undefined) return tail;
  return { ...tail, events: joined(tail.held, tail.events), held: [], heldDropped: 0, heldAt: undefined };
}

/** Shows what came meanwhile and stands still again. */
export function catchUp(tail: Tail, now: number): Tail {
  return tail.heldAt === undefined ? tail : hold(release(tail), now);
}

function joined(news: readonly ConsoleEvent[], before: readonly ConsoleEvent[]): readonly ConsoleEvent[] {
  if (news.length === 0) return before;
  return [...news, ...before.slice(0, Math.max(0, TAIL_SIZE - news.length))].slice(0, TAIL_SIZE);
}

/** The rate now, and each second one more for the line of the last minute. */
function withRate(tail: Tail, perSecond: number, now: number): Tail {
  if (now - tail.ratedAt < 1000) return { ...tail, perSecond };
  return { ...tail, perSecond, ratedAt: now, rates: [...tail.rates.slice(-(RATES - 1)), perSecond] };
}
