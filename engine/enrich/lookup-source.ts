import { LRUCache } from "lru-cache";
import type { Clock } from "../base/clock.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Hit } from "../contract/alarm.ts";
import { type HttpAnswer, HttpGet, LookupError } from "./http-get.ts";

/** Requests that one source gets at once. */
export const MAX_CONCURRENT_LOOKUPS = 16;
/**
 * Look-ups that may wait for their turn at one source. Beyond that they fail at once: with a dead provider they would
 * only wait for their time-out, and a scan of a million addresses must not fill the memory.
 */
export const MAX_QUEUED_LOOKUPS = 10_000;
/** Answers kept per source, and what they may weigh together, counted in characters. */
const MAX_CACHED_TERMS = 100_000;
const MAX_CACHED_CHARACTERS = 32 * 1024 * 1024;
/** Results of one answer that are kept: a provider that lies can't make a record grow without end. */
export const MAX_HITS_OF_ANSWER = 1000;
/** What an entry of the cache costs beyond its texts, roughly. */
const ENTRY_OVERHEAD = 100;

const NO_HITS: readonly Hit[] = [];

/** What one source has done since the start: shown by the console. */
export interface LookupStats {
  name: string;
  plugin: string;
  /** HTTP requests that were sent off. */
  requests: number;
  /** Look-ups that were answered from the cache. */
  cacheHits: number;
  /** Look-ups that failed, for whatever reason, those that never got their turn included. */
  failures: number;
  /** The last failure in words, "" when there was none. */
  lastFailure: string;
  /** Sum over all requests, from sending to the end of the answer or failure. */
  latencyMsTotal: number;
  latencyMsMax: number;
}

export interface LookupSourceOptions {
  name: string;
  plugin: string;
  /** Reads the body of a good answer; throws when it can't be read. */
  read: (body: string) => string[];
  /** A status that means "nothing known". */
  noneStatus: number | undefined;
  /** 0 keeps no answer. */
  cacheMinutes: number;
  /** Of one look-up, its time in the queue included. */
  timeoutMs: number;
  clock: Clock;
  logger: Logger;
}

/**
 * One enabled provider source: asks it, at most `MAX_CONCURRENT_LOOKUPS` at a time, and remembers what it said of a
 * term for `cacheMinutes`, "nothing" included. Failures are not remembered. Who asks about a term that is being asked
 * about gets the same answer. A source that fails, hangs or lies costs its look-ups only: they resolve to no hits.
 */
export class LookupSource {
  readonly stats: LookupStats;
  readonly #options: LookupSourceOptions;
  readonly #http = new HttpGet(MAX_CONCURRENT_LOOKUPS);
  readonly #cache: LRUCache<string, readonly Hit[]> | undefined;
  readonly #asked = new Map<string, Promise<readonly Hit[]>>();
  /** Look-ups that wait for one of the `MAX_CONCURRENT_LOOKUPS` turns, longest first. */
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: LookupSourceOptions) {
    this.#options = options;
    const { name, plugin, cacheMinutes, clock } = options;
    this.stats = {
      name,
      plugin,
      requests: 0,
      cacheHits: 0,
      failures: 0,
      lastFailure: "",
      latencyMsTotal: 0,
      latencyMsMax: 0,
    };
    if (cacheMinutes > 0) {
      this.#cache = new LRUCache({
        max: MAX_CACHED_TERMS,
        maxSize: MAX_CACHED_CHARACTERS,
        sizeCalculation: (hits, term) => weight(hits, term),
        ttl: cacheMinutes * 60_000,
        perf: { now: () => clock.monotonic() },
        // Else the cache asks the clock again only after a real millisecond, and a clock moved by hand is not seen.
        ttlResolution: 0,
      });
    }
  }

  /**
   * What the source says of `term`, at once when it is known, else by a promise that never rejects. `url` is called
   * only when the source has to be asked.
   */
  ask(term: string, url: () => string): readonly Hit[] | Promise<readonly Hit[]> {
    const known = this.#cache?.get(term);
    if (known !== undefined) {
      this.stats.cacheHits += 1;
      return known;
    }
    const asked = this.#asked.get(term);
    if (asked !== undefined) return asked;
    if (this.#queue.length >= MAX_QUEUED_LOOKUPS) {
      this.#failed(term, new LookupError("LOOKUP_QUEUE_FULL", `${MAX_QUEUED_LOOKUPS} look-ups wait for it already`));
      return NO_HITS;
    }
    const answer = this.#askProvider(term, url).finally(() => this.#asked.delete(term));
    this.#asked.set(term, answer);
    return answer;
  }

  close(): void {
    this.#http.close();
  }

  async #askProvider(term: string, url: () => string): Promise<readonly Hit[]> {
    const { clock, timeoutMs } = this.#options;
    const deadline = clock.monotonic() + timeoutMs;
    try {
      await this.#turn();
      try {
        const left = deadline - clock.monotonic();
        if (left <= 0) throw new LookupError("LOOKUP_TIMEOUT", "too many look-ups waited for it");
        const hits = this.#hits(term, await this.#request(url(), left));
        this.#cache?.set(term, hits);
        return hits;
      } finally {
        this.#endTurn();
      }
    } catch (error) {
      this.#failed(term, error);
      return NO_HITS;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < MAX_CONCURRENT_LOOKUPS) this.#running += 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** Hands the turn to who waits longest, so that nobody can slip in between and make it one too many. */
  #endTurn(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  async #request(url: string, timeoutMs: number): Promise<HttpAnswer> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    this.stats.requests += 1;
    try {
      return await this.#http.get(new URL(url), timeoutMs);
    } finally {
      const latency = clock.monotonic() - began;
      this.stats.latencyMsTotal += latency;
      this.stats.latencyMsMax = Math.max(this.stats.latencyMsMax, latency);
    }
  }

  #hits(term: string, answer: HttpAnswer): readonly Hit[] {
    const { plugin, read, noneStatus } = this.#options;
    if (answer.status === noneStatus) return NO_HITS;
    if (answer.status < 200 || answer.status > 299)
      throw new LookupError("LOOKUP_STATUS", `it answered with status ${answer.status}`);
    let results: Set<string>;
    try {
      results = new Set(read(answer.body));
    } catch (error) {
      throw new LookupError("LOOKUP_UNREADABLE", `its answer can't be read: ${errorText(error)}`, { cause: error });
    }
    if (results.size === 0) return NO_HITS;
    const kept = [...results].slice(0, MAX_HITS_OF_ANSWER);
    if (kept.length < results.size) {
      this.#options.logger.sampled("a provider's answer holds more results than are kept", {
        source: this.stats.name,
        term,
        results: results.size,
        kept: kept.length,
      });
    }
    return kept.map((result) => ({ provider: plugin, term, result }));
  }

  /** Never names the url, which may hold a password. */
  #failed(term: string, error: unknown): void {
    const reason = errorText(error);
    this.stats.failures += 1;
    this.stats.lastFailure = reason;
    this.#options.logger.sampled("a look-up failed, the record is written without it", {
      source: this.stats.name,
      plugin: this.stats.plugin,
      term,
      code: error instanceof DsiemError ? error.code : undefined,
      reason,
    });
  }
}

function weight(hits: readonly Hit[], term: string): number {
  let size = ENTRY_OVERHEAD + term.length;
  for (const hit of hits) size += ENTRY_OVERHEAD + hit.result.length;
  return size;
}
