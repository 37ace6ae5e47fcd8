import type { Clock } from "../../base/clock.ts";
import type { BulkAnswer, BulkRequest } from "../../contract/console/alarms.ts";
import { ApiFault } from "../api-fault.ts";
import type { AlarmStore } from "./alarm-store.ts";
import type { Jobs } from "./jobs.ts";
import { checkAlarmQuery } from "./query-fault.ts";

/** Alarms that are changed in one transaction; in between the engine's records are taken in. */
const CHUNK = 5000;
/** How long a change can be taken back. */
const UNDO_MS = 10_000;

export interface BulkParts {
  store: AlarmStore;
  jobs: Jobs;
  clock: Clock;
  /** As the server's configuration has them. */
  statuses: readonly string[];
  tags: readonly string[];
  newToken: () => string;
}

type Chosen = Pick<BulkRequest, "ids" | "q" | "from" | "to" | "jobId">;

/** Changes many alarms at once: all that a query finds when the request comes, however many there are (console.md §2). */
export class BulkChanges {
  readonly #parts: BulkParts;
  /** Changes that can be taken back, and what forgets them. */
  readonly #undoable = new Map<string, NodeJS.Timeout>();

  constructor(parts: BulkParts) {
    this.#parts = parts;
  }

  async change(request: BulkRequest, by: string): Promise<BulkAnswer> {
    const { status, tag, note, jobId } = request;
    const { clock, newToken, statuses, store, tags } = this.#parts;
    if (status === undefined && tag === undefined && note === undefined) {
      throw new ApiFault(400, "Nothing is to be changed: say a status, a tag or a note.");
    }
    checkConfigured("status", status, statuses);
    checkConfigured("tag", tag, tags);
    const { ns, missing } = await this.#chosen(request);
    const token = newToken();
    let changed = 0;
    for (const [chunk, done] of chunks(ns)) {
      const at = Math.round(clock.now());
      changed += await store.write("change", { ns: chunk, change: { status, tag, note }, by, at, token });
      this.#parts.jobs.set(jobId, { done, total: ns.length, finished: false });
    }
    this.#parts.jobs.set(jobId, { done: ns.length, total: ns.length, finished: true });
    const counts = { changed, unchanged: ns.length - changed, missing };
    if (changed === 0) return counts;
    const forget = (): void => {
      this.#undoable.delete(token);
      void store.write("forget", token).catch(() => {});
    };
    this.#undoable.set(token, setTimeout(forget, UNDO_MS));
    return { ...counts, undoToken: token, undoUntil: clock.now() + UNDO_MS };
  }

  async undo(token: string, by: string): Promise<{ restored: number; skipped: number }> {
    const timer = this.#undoable.get(token);
    if (timer === undefined) {
      throw new ApiFault(410, "This can't be taken back any more: it was, or its time is over.");
    }
    clearTimeout(timer);
    this.#undoable.delete(token);
    return this.#parts.store.write("undo", { token, by, at: Math.round(this.#parts.clock.now()) });
  }

  async delete(request: Chosen): Promise<number> {
    const { ns } = await this.#chosen(request);
    let deleted = 0;
    for (const [chunk, done] of chunks(ns)) {
      deleted += await this.#parts.store.write("delete", chunk);
      this.#parts.jobs.set(request.jobId, { done, total: ns.length, finished: false });
    }
    this.#parts.jobs.set(request.jobId, { done: ns.length, total: ns.length, finished: true });
    return deleted;
  }

  close(): void {
    for (const timer of this.#undoable.values()) clearTimeout(timer);
  }

  async #chosen({ ids, q, from, to }: Chosen): Promise<{ ns: Float64Array; missing: number }> {
    const { clock, store } = this.#parts;
    if (ids !== undefined) {
      const ns = await store.read("numbers", ids);
      return { ns, missing: new Set(ids).size - ns.length };
    }
    if (q === undefined) throw new ApiFault(400, "Say which alarms: their ids, or a query.");
    checkAlarmQuery(q);
    const ns = await store.read("matching", { q, from, to, sort: "-updated", nowMs: clock.now() });
    // In the order in which they lie in the file.
    return { ns: ns.sort(), missing: 0 };
  }
}

function checkConfigured(field: "status" | "tag", value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  throw new ApiFault(400, `There is no ${field} ${value}; the configuration has ${known.join(", ")}.`, { field });
}

/** Pieces of the list, each with how far it leads. */
function* chunks(ns: Float64Array): Generator<[chunk: Float64Array, done: number]> {
  for (let from = 0; from < ns.length; from += CHUNK) {
    const chunk = ns.slice(from, from + CHUNK);
    yield [chunk, from + chunk.length];
  }
}
