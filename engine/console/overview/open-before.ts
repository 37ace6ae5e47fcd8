import type { Overview } from "../../contract/console/overview.ts";
import type { OpenSince } from "../../store/console/overview-queries.ts";

/** The past hardly changes, and counting it in a large database takes longer than all else that the overview shows. */
const KNOWN_MS = 60_000;

type OpenBefore = NonNullable<Overview["openBefore"]>;

export interface OpenBeforeParts {
  /** Open alarms by class, as they are now. */
  open: () => Promise<OpenBefore>;
  /** By how much that is more than at a moment; `undefined` when there was no alarm yet. */
  openSince: (at: number) => Promise<OpenSince | undefined>;
}

/** How many alarms were open when a range began, counted at most once a minute. */
export class OpenBeforeRange {
  readonly #parts: OpenBeforeParts;
  #known: { key: string; at: number; answer: Promise<OpenBefore | undefined> } | undefined;

  constructor(parts: OpenBeforeParts) {
    this.#parts = parts;
  }

  /** `key`: tells one range from another, also where its beginning moves with the clock. */
  at(from: number, key: string, nowMs: number): Promise<OpenBefore | undefined> {
    if (from === 0) return Promise.resolve(undefined);
    if (this.#known?.key === key && nowMs - this.#known.at < KNOWN_MS) return this.#known.answer;
    const answer = this.#count(from);
    this.#known = { key, at: nowMs, answer };
    // What failed is tried anew by whoever asks next.
    answer.catch(() => {
      this.#known = undefined;
    });
    return answer;
  }

  async #count(from: number): Promise<OpenBefore | undefined> {
    const [open, since] = await Promise.all([this.#parts.open(), this.#parts.openSince(from)]);
    if (since === undefined) return undefined;
    // Between the two looks an alarm may have come or gone: never less than none.
    const before = (each: keyof OpenSince): number => Math.max(0, open[each] - since[each]);
    return { high: before("high"), medium: before("medium"), low: before("low") };
  }
}
