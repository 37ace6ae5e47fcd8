import type { Clock } from "../../base/clock.ts";
import { type RawEvent, type ReadEvent, readRawEvent } from "../../base/raw-event.ts";
import type { ConsoleEvent, Verdict } from "../../contract/console/events.ts";
import type { LiveSink } from "../live/topic.ts";
import type { EventFilter } from "./event-filter.ts";
import type { EventTail } from "./event-tail.ts";
import { shownEvent } from "./shown-event.ts";
import type { Verdicts } from "./verdicts.ts";

/** Events of a snapshot, and of one delta: ten of those a second are more than a person can see. */
const SNAPSHOT_EVENTS = 500;
const DELTA_EVENTS = 100;
/** Bytes of the events of one message, which may hold a megabyte with all that is around them. */
const MESSAGE_BYTES = 384 * 1024;
/** So long events may be read for one message, in milliseconds: the door has to be served in between. */
const SNAPSHOT_MS = 40;
const DELTA_MS = 8;
/** Events that were sent, or that the query may yet find, and whose verdicts are waited for. */
const MAX_AWAITED = 10_000;

export interface TailParts {
  tail: EventTail;
  verdicts: Verdicts;
  clock: Clock;
  /** The run of the frontend whose events don't say themselves of which run they are. */
  boot: string;
}

export interface EventsFeedParts extends TailParts {
  filter: EventFilter;
  sink: LiveSink<"events">;
}

interface Awaited extends ReadEvent {
  sent: boolean;
}

/** What one subscriber sees of the tail: the newest events that its query finds, and what becomes of them. */
export class EventsFeed {
  readonly #parts: EventsFeedParts;
  readonly #stopListening: () => void;
  /** Id of the newest event that was looked at. */
  #seen = 0;
  /** By the key under which the backends speak of it; the oldest first. */
  readonly #awaited = new Map<string, Awaited>();
  /** What is new of events that were sent. */
  #verdicts = new Map<number, Verdict>();
  /** Events that the query found only once the backends had spoken. */
  #late: ConsoleEvent[] = [];
  #perSecond = 0;

  constructor(parts: EventsFeedParts) {
    this.#parts = parts;
    this.#stopListening = parts.verdicts.onChange((key, verdict) => this.#judged(key, verdict));
    this.snapshot();
  }

  close(): void {
    this.#stopListening();
    this.#awaited.clear();
  }

  /** What there is now: the newest events that are found. */
  snapshot(): void {
    const { tail, sink } = this.#parts;
    this.#awaited.clear();
    this.#verdicts.clear();
    this.#late = [];
    const { events } = this.#newest(0, SNAPSHOT_EVENTS, SNAPSHOT_MS);
    this.#perSecond = tail.perSecond;
    sink.snapshot({ events, perSecond: this.#perSecond });
  }

  flush(): void {
    const { tail, sink } = this.#parts;
    const { events, notShown } = this.#newest(this.#seen, DELTA_EVENTS, DELTA_MS);
    const late = this.#late.splice(0, DELTA_EVENTS - events.length);
    const verdicts = [...this.#verdicts].map(([id, verdict]) => ({ id, verdict }));
    const { perSecond } = tail;
    if (events.length + late.length + verdicts.length + notShown === 0 && perSecond === this.#perSecond) return;
    this.#verdicts = new Map();
    this.#perSecond = perSecond;
    sink.delta({ events: [...late, ...events], verdicts, notShown, perSecond });
  }

  /**
   * The newest of the events after that id which the query finds, the oldest of them first. Events that weren't looked at
   * for want of time or room count as not shown: whether the query finds them nobody knows.
   */
  #newest(afterId: number, most: number, milliseconds: number): { events: ConsoleEvent[]; notShown: number } {
    const { tail, clock, filter } = this.#parts;
    const from = Math.max(afterId, tail.oldestId - 1);
    const until = clock.monotonic() + milliseconds;
    const events: ConsoleEvent[] = [];
    let lookedAt = 0;
    let found = 0;
    let bytes = 0;
    this.#seen = tail.newestId;
    for (const raw of tail.newest(from)) {
      if (events.length >= most && filter.all) break;
      if (lookedAt % 16 === 0 && clock.monotonic() > until) break;
      lookedAt += 1;
      const event = this.#found(raw);
      if (event === undefined) continue;
      found += 1;
      bytes += event.shortened === undefined ? raw.payload.length : JSON.stringify(event).length;
      if (events.length < most && bytes <= MESSAGE_BYTES) events.push(event);
    }
    const missed = Math.max(0, from - afterId) * (afterId > 0 ? 1 : 0);
    const unseen = this.#seen - from - lookedAt;
    return { events: events.reverse(), notShown: found - events.length + unseen + missed };
  }

  #found(raw: RawEvent): ConsoleEvent | undefined {
    const { filter, boot, verdicts, clock } = this.#parts;
    const read = readRawEvent(raw, boot);
    if (read === undefined) return undefined;
    const verdict = verdicts.of(read.key, read.at);
    const sent = filter.finds({ event: read.event, verdict }, clock.now());
    if (sent || filter.needsVerdict) this.#await({ ...read, sent });
    return sent ? { ...shownEvent(read), verdict } : undefined;
  }

  #await(event: Awaited): void {
    const [oldest] = this.#awaited.keys();
    if (oldest !== undefined && this.#awaited.size >= MAX_AWAITED) this.#awaited.delete(oldest);
    this.#awaited.set(event.key, event);
  }

  #judged(key: string, verdict: Verdict): void {
    const awaited = this.#awaited.get(key);
    if (awaited === undefined) return;
    if (awaited.sent) {
      this.#verdicts.set(awaited.id, verdict);
      return;
    }
    const { filter, clock } = this.#parts;
    if (this.#late.length >= MAX_AWAITED || !filter.finds({ event: awaited.event, verdict }, clock.now())) return;
    awaited.sent = true;
    this.#late.push({ ...shownEvent(awaited), verdict });
  }
}
