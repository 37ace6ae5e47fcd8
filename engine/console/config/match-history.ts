import { z } from "zod";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { directivesAnswerSchema } from "../../contract/rpc.ts";
import { askBackend, type Backends } from "../backends.ts";

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** How often the backends are asked, in milliseconds; those that were never heard, more often. */
const ASK_EVERY_MS = 60_000;
const ASK_NEW_EVERY_MS = 5_000;
/** How often what was learnt is written down, in milliseconds. */
const SAVE_EVERY_MS = 5 * 60_000;

const counts = z.record(z.string(), z.number().int().nonnegative());
const savedSchema = z.object({
  /** By node: the run of the backend that was asked last, and its counts by directive. */
  nodes: z.record(z.string(), z.object({ run: z.string(), counts })),
  /** By node, hour (since the epoch) and directive. */
  hours: z.record(z.string(), z.record(z.string(), counts)),
});
type Saved = z.infer<typeof savedSchema>;

/** What a backend said of its directives last. */
export interface DirectiveCounters {
  /** By directive. */
  live: ReadonlyMap<number, number>;
  matched: ReadonlyMap<number, number>;
  riskless: ReadonlyMap<number, number>;
  risklessSamples: readonly { directiveId: number; backlogId: string; title: string; at: number }[];
  /** The files that it runs with, by name. */
  config: ReadonlyMap<string, string>;
}

export interface MatchHistoryParts {
  backends: Backends;
  now: () => number;
  log: Logger;
  /** The text that was written down last, if any, and writes another one. */
  load: () => Promise<string | undefined>;
  save: (text: string) => Promise<void>;
}

/**
 * How many events each directive matched, hour by hour for a day. A backend only counts from its start on, so it is asked
 * every minute and the difference is added up here; a restart of it, or of the console, loses a minute at most.
 */
export class MatchHistory {
  readonly #parts: MatchHistoryParts;
  #saved: Saved = { nodes: {}, hours: {} };
  readonly #last = new Map<string, DirectiveCounters>();
  readonly #timers: NodeJS.Timeout[] = [];
  #changed = false;

  constructor(parts: MatchHistoryParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { load, log } = this.#parts;
    try {
      const text = await load();
      if (text !== undefined) this.#saved = savedSchema.parse(JSON.parse(text));
    } catch (error) {
      log.warn(`what directives matched before can't be read and is counted anew: ${errorText(error)}`);
    }
    this.#timers.push(setInterval(() => void this.ask(), ASK_EVERY_MS).unref());
    this.#timers.push(setInterval(() => void this.#askNew(), ASK_NEW_EVERY_MS).unref());
    this.#timers.push(setInterval(() => void this.#write(), SAVE_EVERY_MS).unref());
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#write();
  }

  /** Asks all backends; those that don't answer are asked again next time. */
  async ask(): Promise<void> {
    await Promise.all(this.#parts.backends.nodes().map((node) => this.askOne(node).catch(() => undefined)));
  }

  async #askNew(): Promise<void> {
    const unheard = this.#parts.backends.nodes().filter((node) => !this.#last.has(node));
    await Promise.all(unheard.map((node) => this.askOne(node).catch(() => undefined)));
  }

  /** What one backend says now. @throws BackendSilentError, BackendRefusedError */
  async askOne(node: string, timeoutMs = 5_000): Promise<DirectiveCounters> {
    const live = new Map<number, number>();
    const matched = new Map<number, number>();
    const riskless = new Map<number, number>();
    let after: number | undefined;
    for (;;) {
      const request = { method: "directives", ...(after !== undefined && { after }) };
      const answer = await askBackend(this.#parts.backends, node, directivesAnswerSchema, request, timeoutMs);
      for (const directive of answer.directives) {
        live.set(directive.id, directive.live);
        matched.set(directive.id, directive.matched);
        riskless.set(directive.id, directive.riskless);
      }
      after = answer.next;
      if (after !== undefined) continue;
      this.#count(node, answer, matched);
      const config = new Map(answer.config.map(({ name, sha256 }) => [name, sha256]));
      const counters = { live, matched, riskless, risklessSamples: answer.riskless, config };
      this.#last.set(node, counters);
      return counters;
    }
  }

  /** What a backend said last; `undefined` when it was never heard. */
  last(node: string): DirectiveCounters | undefined {
    return this.#last.get(node);
  }

  /** Events that the directives of a node matched within the last 24 hours, by directive. */
  matched24h(node: string): Map<number, number> {
    const oldest = Math.floor(this.#parts.now() / HOUR_MS) - HOURS;
    const sums = new Map<number, number>();
    for (const [hour, byDirective] of Object.entries(this.#saved.hours[node] ?? {})) {
      if (Number(hour) <= oldest) continue;
      for (const [id, count] of Object.entries(byDirective)) sums.set(Number(id), (sums.get(Number(id)) ?? 0) + count);
    }
    return sums;
  }

  #count(node: string, { run, since }: { run: string; since: number }, matched: ReadonlyMap<number, number>): void {
    const { nodes, hours } = this.#saved;
    const nowMs = this.#parts.now();
    const hour = Math.floor(nowMs / HOUR_MS);
    const before = nodes[node]?.run === run ? nodes[node].counts : undefined;
    // Of a backend that ran for days before it was asked first nobody knows what it matched when.
    const known = before ?? (nowMs - since < HOURS * HOUR_MS ? {} : Object.fromEntries(matched));
    const ofNode = hours[node] ?? {};
    hours[node] = ofNode;
    for (const each of Object.keys(ofNode)) if (Number(each) <= hour - HOURS) delete ofNode[each];
    const ofHour = ofNode[hour] ?? {};
    ofNode[hour] = ofHour;
    for (const [id, count] of matched) {
      const more = count - (known[id] ?? 0);
      if (more > 0) ofHour[id] = (ofHour[id] ?? 0) + more;
    }
    nodes[node] = { run, counts: Object.fromEntries(matched) };
    this.#changed = true;
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      await this.#parts.save(JSON.stringify(this.#saved));
    } catch (error) {
      this.#changed = true;
      this.#parts.log.sampled(`what directives matched can't be written down: ${errorText(error)}`);
    }
  }
}
