/*
 * The rows of a live table (console.md §3). Values are patched where they stand. The order changes only while nobody looks
 * closely: a held list keeps its order, and counts what is new and what moved until `apply`.
 */

export interface LiveListOptions<Row> {
  idOf: (row: Row) => string;
  /** Before zero: the first comes first. Rows that compare equal are ordered by id. */
  compare: (a: Row, b: Row) => number;
  /** Whether a row that appears is news, or only came into the part that is loaded. */
  isNew?: (row: Row) => boolean;
  /** Rows kept at most; what comes after them in order is let go and can be loaded again. */
  most: number;
}

export interface LiveListView<Row> {
  rows: readonly Row[];
  /** Rows that wait for their place, and rows that stand where they no longer belong. */
  added: number;
  moved: number;
  /** Ids that came after the list was first shown. */
  fresh: ReadonlySet<string>;
  /** Ids that are still shown and that the list no longer has. */
  gone: ReadonlySet<string>;
  /** The end of the list isn't loaded. */
  more: boolean;
}

export class LiveList<Row> {
  readonly #options: LiveListOptions<Row>;
  readonly #listeners = new Set<() => void>();
  #shown: Row[] = [];
  /** Where each shown id stands. */
  #places = new Map<string, number>();
  /** Rows that wait for their place while the list is held. */
  readonly #waiting = new Map<string, Row>();
  /** Ids whose place may have changed while the list was held. */
  readonly #unsettled = new Set<string>();
  #fresh = new Set<string>();
  #gone = new Set<string>();
  #more = false;
  #held = false;
  #view: LiveListView<Row> | undefined;

  constructor(options: LiveListOptions<Row>) {
    this.#options = options;
  }

  get view(): LiveListView<Row> {
    this.#view ??= this.#look();
    return this.#view;
  }
  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getView = (): LiveListView<Row> => this.view;

  /** Starts over with the first rows in order; `more`: others come after them. */
  reset(rows: readonly Row[], more: boolean): void {
    this.#shown = [...rows];
    this.#more = more;
    this.#waiting.clear();
    this.#unsettled.clear();
    this.#fresh = new Set();
    this.#gone = new Set();
    this.#index();
    this.#tell();
  }

  /**
   * The first rows again, after something may have been missed: changes are taken over as a delta would bring them, and
   * rows that should be among them and aren't are gone.
   */
  refresh(rows: readonly Row[], more: boolean): void {
    if (!this.#held || this.#shown.length === 0) {
      const before = new Set(this.#shown.map(this.#options.idOf));
      const fresh = rows.map(this.#options.idOf).filter((id) => this.#fresh.has(id) || !before.has(id));
      this.reset(rows, more);
      if (before.size > 0) this.#fresh = new Set(fresh);
      this.#tell();
      return;
    }
    const ids = new Set(rows.map(this.#options.idOf));
    const last = rows.at(-1);
    const missing = this.#shown.filter((row) => {
      if (ids.has(this.#options.idOf(row))) return false;
      return !more || last === undefined || this.#order(row, last) < 0;
    });
    this.apply({ rows, gone: missing.map(this.#options.idOf) });
  }

  /** Rows that come after those that are there, from the next page. */
  append(rows: readonly Row[], more: boolean): void {
    const strangers = rows.filter((row) => !this.#places.has(this.#options.idOf(row)));
    for (const row of strangers) {
      this.#waiting.delete(this.#options.idOf(row));
      this.#places.set(this.#options.idOf(row), this.#shown.length);
      this.#shown.push(row);
    }
    this.#shown = [...this.#shown];
    this.#more = more;
    this.#tell();
  }

  /** Changes of the live connection. `now`: they are the person's own, and take effect at once even when held. */
  apply(delta: { rows: readonly Row[]; gone: readonly string[] }, now?: "now"): void {
    if (this.#held && now === undefined) this.#patch(delta);
    else this.#rebuild(delta);
    this.#tell();
  }

  /** Holds the order, or lets it go again; what waited takes its place. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    if (!held) this.applyWaiting();
  }

  /** Puts everything in its place now; a held list goes on being held. */
  applyWaiting(): void {
    if (this.#waiting.size === 0 && this.#unsettled.size === 0 && this.#gone.size === 0) return;
    const unsettled = [...this.#unsettled].map((id) => this.#row(id)).filter((row) => row !== undefined);
    this.#rebuild({ rows: [...this.#waiting.values(), ...unsettled], gone: [...this.#gone] });
    this.#tell();
  }

  /** Whether a row is among those that are shown. */
  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** The person has seen a row: it is no longer new. */
  seen(id: string): void {
    if (!this.#fresh.has(id)) return;
    this.#fresh = new Set([...this.#fresh].filter((each) => each !== id));
    this.#tell();
  }

  #row(id: string): Row | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#shown[place];
  }

  #patch({ rows, gone }: { rows: readonly Row[]; gone: readonly string[] }): void {
    const shown = [...this.#shown];
    for (const row of rows) {
      const id = this.#options.idOf(row);
      const place = this.#places.get(id);
      if (place !== undefined) {
        shown[place] = row;
        this.#unsettled.add(id);
        this.#gone.delete(id);
      } else if (this.#isWithin(row)) {
        this.#waiting.set(id, row);
        if (this.#waiting.size > this.#options.most) this.#forgetLast();
      }
    }
    this.#shown = shown;
    for (const id of gone) {
      this.#waiting.delete(id);
      if (this.#places.has(id)) this.#gone.add(id);
    }
  }

  /** More wait than a list can have: the last of them would be let go when they take their places. */
  #forgetLast(): void {
    const kept = [...this.#waiting.values()].sort((a, b) => this.#order(a, b)).slice(0, this.#options.most / 2);
    this.#waiting.clear();
    for (const row of kept) this.#waiting.set(this.#options.idOf(row), row);
    this.#more = true;
  }

  #rebuild({ rows, gone }: { rows: readonly Row[]; gone: readonly string[] }): void {
    const changed = new Map(rows.map((row) => [this.#options.idOf(row), row]));
    const leaving = new Set([...gone, ...this.#gone]);
    for (const id of changed.keys()) if (!gone.includes(id)) leaving.delete(id);
    const staying = this.#shown.filter((row) => {
      const id = this.#options.idOf(row);
      return !changed.has(id) && !leaving.has(id);
    });
    for (const [id, row] of changed) {
      if (leaving.has(id)) changed.delete(id);
      else if (!this.#places.has(id)) {
        if (!this.#isWithin(row)) changed.delete(id);
        else if (this.#options.isNew?.(row) ?? true) this.#fresh.add(id);
      }
    }
    for (const id of [...changed.keys(), ...leaving]) {
      this.#waiting.delete(id);
      this.#unsettled.delete(id);
      this.#gone.delete(id);
    }
    for (const id of leaving) this.#fresh.delete(id);
    this.#shown = this.#merge(
      staying,
      [...changed.values()].sort((a, b) => this.#order(a, b)),
    );
    if (this.#shown.length > this.#options.most) {
      for (const row of this.#shown.splice(this.#options.most / 2)) this.#fresh.delete(this.#options.idOf(row));
      this.#more = true;
    }
    this.#index();
  }

  /** A row that stands where it no longer belongs says nothing of where others do. */
  #merge(staying: readonly Row[], coming: readonly Row[]): Row[] {
    const merged: Row[] = [];
    let at = 0;
    for (const row of staying) {
      const isSettled = !this.#unsettled.has(this.#options.idOf(row));
      for (let next = coming[at]; isSettled && next !== undefined && this.#order(next, row) < 0; next = coming[++at])
        merged.push(next);
      merged.push(row);
    }
    merged.push(...coming.slice(at));
    return merged;
  }

  /** Whether a row that isn't shown belongs among those that are: behind the last one it waits to be loaded. */
  #isWithin(row: Row): boolean {
    const last = this.#shown.at(-1);
    return !this.#more || last === undefined || this.#order(row, last) < 0;
  }

  #order(a: Row, b: Row): number {
    const order = this.#options.compare(a, b);
    if (order !== 0) return order;
    const one = this.#options.idOf(a);
    const other = this.#options.idOf(b);
    return one < other ? -1 : one > other ? 1 : 0;
  }

  #index(): void {
    this.#places = new Map(this.#shown.map((row, place) => [this.#options.idOf(row), place]));
  }

  #countMoved(): number {
    let moved = 0;
    for (const id of this.#unsettled) {
      const place = this.#places.get(id);
      const row = place === undefined ? undefined : this.#shown[place];
      if (place === undefined || row === undefined || this.#gone.has(id)) continue;
      const [before, after] = [this.#shown[place - 1], this.#shown[place + 1]];
      const settled =
        (before === undefined || this.#order(before, row) < 0) && (after === undefined || this.#order(row, after) < 0);
      if (!settled) moved += 1;
    }
    return moved;
  }

  #look(): LiveListView<Row> {
    return {
      rows: this.#shown,
      added: this.#waiting.size,
      moved: this.#countMoved(),
      fresh: sameOrCopy(this.#view?.fresh, this.#fresh),
      gone: sameOrCopy(this.#view?.gone, this.#gone),
      more: this.#more,
    };
  }

  #tell(): void {
    this.#view = this.#look();
    for (const listener of this.#listeners) listener();
  }
}

/** What was handed out before, while it still holds: whoever drew by it needn't draw again. */
function sameOrCopy(before: ReadonlySet<string> | undefined, now: ReadonlySet<string>): ReadonlySet<string> {
  if (before !== undefined && before.size === now.size && [...now].every((id) => before.has(id))) return before;
  return new Set(now);
}
