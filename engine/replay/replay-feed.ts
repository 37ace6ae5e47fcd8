import { isFault, readPublishedEvent } from "../base/event.ts";
import { InterestKeys, SCAN_EXACT, scanInterest } from "../base/interest-scan.ts";
import { parseTimestamp } from "../base/timestamp.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { eventMs } from "./event-time.ts";
import type { ReplayRun } from "./replay-run.ts";

const TIMESTAMP_KEY = Buffer.from('"timestamp":"');
/** `2026-11-23T00:28:22.068874123Z`, at most. */
const TIMESTAMP_BYTES = 30;
const QUOTE = 34;

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
    if (scanInterest(payload, this.#keys) === SCAN_EXACT && !this.#mayConcern()) {
      const atMs = timeOf(payload);
      if (atMs !== undefined) {
        for (const run of this.#runs) run.stepOver(atMs);
        return undefined;
      }
    }
    const event = readPayload(payload);
    if (event === undefined) return undefined;
    for (const run of this.#runs) run.step(event);
    return event;
  }

  #mayConcern(): boolean {
    const { pluginId, pluginSid, taxonomyHash: hash } = this.#keys;
    for (const interest of this.#interests) {
      if (interest.hasPlugin(pluginId, pluginSid) || (hash !== 0 && interest.hasTaxonomyHash(hash))) return true;
    }
    return false;
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

/** The event's time where it is spelt as the door writes it: its own texts can't hold the key, whose quotes they would escape. */
function timeOf(payload: Uint8Array): number | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const key = bytes.indexOf(TIMESTAMP_KEY);
  if (key < 0) return undefined;
  const from = key + TIMESTAMP_KEY.length;
  const end = bytes.subarray(from, from + TIMESTAMP_BYTES + 1).indexOf(QUOTE);
  if (end < 0) return undefined;
  const time = parseTimestamp(bytes.toString("latin1", from, from + end));
  return time === undefined ? undefined : eventMs({ seconds: time.seconds, timestamp: time.text });
}
