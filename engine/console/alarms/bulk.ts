import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import type { BulkAnswer, BulkRequest } from "../../contract/console/alarms.ts";
import { ApiFault } from "../api-fault.ts";
import type { AlarmStore } from "./alarm-store.ts";
import type { Jobs } from "./jobs.ts";
import { checkAlarmQuery } from "./query-fault.ts";

/** Alarms that are changed in one transaction; in between the engine's records are taken in. */
const CHUNK = 5000;
/** How long a change can be taken back. */
const UNDO_MS = 10_000;
/** How long after its time what it needs is still there: taking back may fail, and be tried again. */
const FORGET_MS = 60_000;
/** Between the time until which a token holds and what makes it its own. */
const TOKEN_JOINT = "-";

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
  /** Changes that can be taken back, and until when. */
  readonly #undoUntil = new Map<string, number>();
  #forgetting: NodeJS.Timeout | undefined;

  constructor(parts: BulkParts) {
    this.#parts = parts;
    this.#forgetLater();
  }

  async change(request: BulkRequest, by: string): Promise<BulkAnswer> {
    const { status, tag, note } = request;
    const { clock, newToken, statuses, store, tags } = this.#parts;
    if (status === undefined && tag === undefined && note === undefined) {
      throw new ApiFault(400, "Nothing is to be changed: say a status, a tag or a note.");
    }
    checkConfigured("status", status, statuses);
    checkConfigured("tag", tag, tags);
    const { ns, missing } = await this.#chosen(request);
    const token = `${Math.round(clock.now()) + UNDO_MS}${TOKEN_JOINT}${newToken()}`;
    const {
      count: changed,
      done,
      error,
    } = await this.#inPieces(request.jobId, ns, (chunk) => {
      const at = Math.round(clock.now());
      return store.write("change", { ns: chunk, change: { status, tag, note }, by, at, token });
    });
    // Nothing came of it: that is all that there is to say.
    if (error !== undefined && changed === 0) throw error;
    const failed = error && `Only ${done} of ${ns.length} alarms were looked at: ${errorText(error)}`;
    const counts = { changed, unchanged: done - changed, missing, ...(failed !== undefined && { failed }) };
    if (changed === 0) return counts;
    const until = Math.round(clock.now()) + UNDO_MS;
    this.#undoUntil.set(token, until);
    this.#forgetLater();
    return { ...counts, undoToken: token, undoUntil: until };
  }

  /** When it fails nothing was taken back, and for a while it can be tried again. */
  async undo(token: string, by: string): Promise<{ restored: number; skipped: number }> {
    const { clock, store } = this.#parts;
    const over = new ApiFault(410, "This can't be taken back any more: it was, or its time is over.");
    // One of before the frontend was restarted says itself until when it holds.
    const until = this.#undoUntil.get(token) ?? Number(token.split(TOKEN_JOINT)[0]);
    if (!(clock.now() <= until)) throw over;
    try {
      const counts = await store.write("undo", { token, by, at: Math.round(clock.now()) });
      this.#undoUntil.delete(token);
      if (counts.restored + counts.skipped === 0) throw over;
      return counts;
    } catch (error) {
      if (error !== over) this.#undoUntil.set(token, clock.now() + UNDO_MS);
      throw error;
    }
  }

  async delete(request: Chosen): Promise<number> {
    const { ns } = await this.#chosen(request);
    const { count, error } = await this.#inPieces(request.jobId, ns, (chunk) =>
      this.#parts.store.write("delete", chunk),
    );
    if (error === undefined) return count;
    throw count === 0
      ? error
      : new ApiFault(500, `Only ${count} of ${ns.length} alarms were deleted: ${errorText(error)}`);
  }

  /** One piece after the other until all are done or one fails; the job ends either way. */
  async #inPieces(
    jobId: string | undefined,
    ns: Float64Array,
    work: (chunk: Float64Array) => Promise<number>,
  ): Promise<{ count: number; done: number; error?: Error }> {
    const { jobs } = this.#parts;
    const total = ns.length;
    let count = 0;
    let done = 0;
    try {
      for (const [chunk, until] of chunks(ns)) {
        count += await work(chunk);
        done = until;
        jobs.set(jobId, { done, total, finished: false });
      }
    } catch (error) {
      jobs.set(jobId, { done, total, finished: true, failed: errorText(error) });
      return { count, done, error: error instanceof Error ? error : new Error(String(error)) };
    }
    jobs.set(jobId, { done: total, total, finished: true });
    return { count, done };
  }

  #forgetLater(): void {
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => {
      const before = this.#parts.clock.now() - FORGET_MS;
      for (const [token, until] of this.#undoUntil) if (until < before) this.#undoUntil.delete(token);
      // What isn't forgotten now is so after the next change.
      void this.#parts.store.write("forgetUntil", before).catch(() => {});
    }, FORGET_MS);
  }

  close(): void {
    clearTimeout(this.#forgetting);
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
