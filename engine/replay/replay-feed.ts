import { isFault, readPublishedEvent } from "../base/event.ts";
import { InterestKeys, SCAN_EXACT, scanInterest } from "../base/interest-scan.ts";
import { parseTimestamp } from "../base/timestamp.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { eventMs } from "./event-time.ts";
import type { ReplayRun } from "./replay-run.ts";

const TIMESTAMP_KEY = Buffer.from('"timestamp":"');
/** How far from the beginning the key is looked for. */
const SEARCHED_BYTES = 512;
/** `2026-11-23T00:28:22.068874123+07:00`, at most. */
const TIMESTAMP_BYTES = 35;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** What tells whether an event may concern anybody: an interest index, or what a run's correlator shows of its own. */
interface Interest {
  hasPlugin(pluginId: number, pluginSid: number): boolean;
  hasTaxonomyHash(hash: number): boolean;
}

/**
 * Feeds published events, which a door has checked before, to runs. Those that concern no directive are known by a scan of
 * their bytes and never parsed, as in a backend; only their time passes.
 */
export class ReplayFeed {
  readonly #runs: readonly ReplayRun[];
  readonly #interests: readonly Interest[];
  readonly #keys = new InterestKeys();

  /** `interests`: events that concern none of these are stepped over. */
  constructor(runs: readonly ReplayRun[], interests: readonly Interest[]) {
    this.#runs = runs;
    this.#interests = interests;
  }

  /**
   * The next event happens in all runs; what is no event does not. Returns the event when it was read.
   * @throws ReplayLimitError when a run can't go on
   */
  push(payload: Uint8Array): NormalizedEvent | undefined {
    if (this.stepOver(payload)) return undefined;
    const event = readPayload(payload);
    if (event === undefined) return undefined;
    for (const run of this.#runs) run.step(event);
    return event;
  }

  /** True when the event concerns nobody, as a scan of its bytes says: then its time has passed in all runs, and that was all. */
  stepOver(payload: Uint8Array): boolean {
    if (scanInterest(payload, this.#keys) !== SCAN_EXACT || !this.#concernsNobody()) return false;
    const atMs = timeOf(payload);
    if (atMs === undefined) return false;
    for (const run of this.#runs) run.stepOver(atMs);
    return true;
  }

  #concernsNobody(): boolean {
    const { pluginId, pluginSid, taxonomyHash: hash } = this.#keys;
    // What names neither pair is no event: the reader is to say so.
    if ((pluginId === 0 || pluginSid === 0) && hash === 0) return false;
    for (const interest of this.#interests) {
      if (interest.hasPlugin(pluginId, pluginSid) || (hash !== 0 && interest.hasTaxonomyHash(hash))) return false;
    }
    return true;
  }
}

/** The event of a published message; `undefined` for what is none. */
export function readPayload(payload: Uint8Array): NormalizedEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
  const event = readPublishedEvent(value);
  return isFault(event) ? undefined : event;
}

/**
 * The event's time where its key is spelt plainly near the beginning, as senders do: no text of an event can hold the key,
 * whose quotes it would escape.
 */
function timeOf(payload: Uint8Array): number | undefined {
  const from = timestampStart(payload);
  if (from < 0) return undefined;
  let end = from;
  while (end < from + TIMESTAMP_BYTES && payload[end] !== QUOTE) end += 1;
  const text = Buffer.from(payload.buffer, payload.byteOffset + from, end - from).toString("latin1");
  const time = parseTimestamp(text);
  return time === undefined ? undefined : eventMs({ seconds: time.seconds, timestamp: time.text });
}

/** The place behind the event's own key and its value's quote, or -1. */
function timestampStart(payload: Uint8Array): number {
  const last = Math.min(payload.length, SEARCHED_BYTES);
  let depth = 0;
  for (let at = 0; at < last; at++) {
    switch (payload[at]) {
      case QUOTE:
        // What an object in the event calls so isn't the event's.
        if (depth === 1 && isKeyAt(payload, at)) return at + TIMESTAMP_KEY.length;
        at += 1;
        while (at < last && payload[at] !== QUOTE) at += payload[at] === BACKSLASH ? 2 : 1;
        break;
      case OPEN_BRACE:
        depth += 1;
        break;
      case CLOSE_BRACE:
        depth -= 1;
        break;
      default:
    }
  }
  return -1;
}

function isKeyAt(payload: Uint8Array, at: number): boolean {
  let same = 1;
  while (same < TIMESTAMP_KEY.length && payload[at + same] === TIMESTAMP_KEY[same]) same += 1;
  return same === TIMESTAMP_KEY.length;
}
