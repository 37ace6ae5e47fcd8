/** Changes that are joined by id until they are handed on. */
export interface Changes<Row> {
  rows: readonly Row[];
  gone: readonly string[];
}

/** Up to so many changes at once are handed on as they come: a person can follow them. */
export const FEW = 60;
/** More than that come in steps of this time; their order changes faster than anybody can read. */
const STEP_MS = 500;

interface PacedOptions<Row> {
  idOf: (row: Row) => string;
  hand: (changes: Changes<Row>) => void;
  now: () => number;
  /** Runs later; returns how to call it off. */
  after: (milliseconds: number, run: () => void) => () => void;
}

/** Hands changes on: few at once, many in steps, so that a storm of updates leaves the page time to breathe. */
export class PacedChanges<Row> {
  readonly #options: PacedOptions<Row>;
  readonly #rows = new Map<string, Row>();
  readonly #gone = new Set<string>();
  #handedAt = Number.NEGATIVE_INFINITY;
  #callOff: (() => void) | undefined;

  constructor(options: PacedOptions<Row>) {
    this.#options = options;
  }

  add({ rows, gone }: Changes<Row>): void {
    for (const row of rows) {
      const id = this.#options.idOf(row);
      this.#rows.set(id, row);
      this.#gone.delete(id);
    }
    for (const id of gone) {
      this.#rows.delete(id);
      this.#gone.add(id);
    }
    const wait = this.#handedAt + STEP_MS - this.#options.now();
    if (this.#rows.size + this.#gone.size <= FEW || wait <= 0) this.flush();
    else this.#callOff ??= this.#options.after(wait, () => this.flush());
  }

  /** Hands on what waits, now. */
  flush(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    if (this.#rows.size === 0 && this.#gone.size === 0) return;
    const changes = { rows: [...this.#rows.values()], gone: [...this.#gone] };
    this.#rows.clear();
    this.#gone.clear();
    this.#handedAt = this.#options.now();
    this.#options.hand(changes);
  }

  /** Forgets what waits: a new snapshot has it. */
  clear(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#rows.clear();
    this.#gone.clear();
  }
}
