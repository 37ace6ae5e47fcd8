import type { z } from "zod";
import type { Clock } from "../../base/clock.ts";
import type { BacklogRow } from "../../contract/console/backlogs.ts";
import { liveAnswerSchema } from "../../contract/rpc.ts";
import { askBackend, BackendRefusedError, type Backends } from "../backends.ts";

/** A backend that doesn't answer for so long is silent. */
const ANSWER_MS = 2_000;
/** How often a backend is asked when little changes, and when an answer holds more rows than that, in milliseconds. */
const QUICK_MS = 500;
const SLOW_MS = 1_000;
const MANY_ROWS = 500;
/** How often one is asked that has nothing to say, such as of a directive that it doesn't have. */
const IDLE_MS = 5_000;
/** What is shown is looked up anew when it is no more what expires first; not more often than this. */
const WHOLE_EVERY_MS = 5_000;

type LiveAnswer = z.infer<typeof liveAnswerSchema>;
export type GoneWhy = "complete" | "expired" | "closed" | "gone";

/** What an answer of a backend changed. */
export interface BacklogChanges {
  rows: BacklogRow[];
  gone: { id: string; why: GoneWhy }[];
}

/** The live backlogs of one backend, as far as they are shown: those that expire first. */
export class NodeBacklogs {
  readonly #node: string;
  readonly #directive: number | undefined;
  readonly #rows = new Map<string, BacklogRow>();
  #cursor: string | undefined;
  #wholeAtMs = Number.NEGATIVE_INFINITY;
  total = 0;
  silent = false;
  /** It was asked once, whether or not it answered. */
  asked = false;

  constructor(node: string, directive: number | undefined) {
    this.#node = node;
    this.#directive = directive;
  }

  rows(): Iterable<BacklogRow> {
    return this.#rows.values();
  }

  /** Asks the backend once. Returns what is different now, and after how long to ask again, in milliseconds. */
  async ask(backends: Backends, limit: number, clock: Clock): Promise<{ changes: BacklogChanges; againMs: number }> {
    const nowMs = clock.monotonic();
    const since = this.#wantsWhole(limit, nowMs) ? undefined : this.#cursor;
    const directive = this.#directive;
    const request = { method: "live", limit, ...(directive !== undefined && { directive }), ...(since && { since }) };
    try {
      const answer = await askBackend(backends, this.#node, liveAnswerSchema, request, ANSWER_MS);
      this.silent = false;
      if (answer.whole) this.#wholeAtMs = nowMs;
      return {
        changes: this.#take(answer, clock.now()),
        againMs: answer.backlogs.length > MANY_ROWS ? SLOW_MS : QUICK_MS,
      };
    } catch (error) {
      const refused = error instanceof BackendRefusedError && error.reason === "NO_SUCH_DIRECTIVE";
      this.silent = !refused;
      if (!refused) return { changes: { rows: [], gone: [] }, againMs: QUICK_MS };
      return { changes: this.leave(), againMs: IDLE_MS };
    } finally {
      this.asked = true;
    }
  }

  /** The backend is no more: so are its backlogs. */
  leave(): BacklogChanges {
    const gone = Array.from(this.#rows.keys(), (id) => ({ id, why: "gone" as const }));
    this.#rows.clear();
    this.#cursor = undefined;
    this.total = 0;
    return { rows: [], gone };
  }

  /** Whether too many are shown, or fewer than could be. */
  #wantsWhole(limit: number, nowMs: number): boolean {
    if (nowMs - this.#wholeAtMs < WHOLE_EVERY_MS) return false;
    const shown = this.#rows.size;
    return shown > limit * 1.25 || shown < Math.min(limit, this.total) * 0.8;
  }

  #take(answer: LiveAnswer, nowMs: number): BacklogChanges {
    const before = new Map(this.#rows);
    const rows = answer.backlogs.map((backlog): BacklogRow => ({ ...backlog, node: this.#node }));
    const gone: BacklogChanges["gone"] = [];
    if (answer.whole) this.#rows.clear();
    for (const row of rows) {
      this.#rows.set(row.id, row);
      before.delete(row.id);
    }
    for (const { id, why } of answer.ended) {
      if (!this.#rows.delete(id)) continue;
      gone.push({ id, why });
    }
    this.#cursor = answer.cursor;
    this.total = answer.total;
    if (answer.whole) {
      for (const row of before.values()) gone.push({ id: row.id, why: whyGone(row, answer, nowMs) });
    }
    return { rows, gone };
  }
}

/** Of one that was shown and isn't in a new listing: what was known of it last says how it probably ended. */
function whyGone(row: BacklogRow, { total, backlogs }: LiveAnswer, nowMs: number): GoneWhy {
  if (row.deadline * 1000 <= nowMs) return "expired";
  if (total > backlogs.length) return "gone";
  return row.stage === row.stages && row.count + 1 >= row.occurrence ? "complete" : "gone";
}
