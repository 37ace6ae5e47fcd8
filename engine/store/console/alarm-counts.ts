import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ALARM_FACETS, AlarmCounts } from "../../contract/console/alarms.ts";
import type { AlarmFilter } from "./alarm-filter.ts";
import type { Labels } from "./labels.ts";

type FacetField = (typeof ALARM_FACETS)[number];

/** Alarms that are looked at before whoever asked is heard again. */
const SLICE = 15_000;
/** Values of a facet that are listed. */
const MAX_VALUES = 50;
const RISK_CLASSES = ["", "Low", "Medium", "High"];

/** What to count. `facets` names those that this filter is for. */
export interface CountRequest {
  facets: readonly FacetField[];
  /** Steps of the histogram over the time of the last update; none where it isn't wanted. */
  histogram?: { from: number; stepMs: number; buckets: number } | undefined;
}

const FACET_COLUMN: Readonly<Record<FacetField, string>> = {
  ...{ risk: "a.risk", status: "a.status", tag: "a.tag", category: "a.category", kingdom: "a.kingdom" },
  ...{ network: "a.networks", directive: "a.directive", node: "a.node" },
};

/**
 * Counts in slices of the table, so that a page that somebody waits for is read in between, and a count that nobody wants
 * any more ends. All facets and the histogram are counted in one pass over one index.
 */
export class AlarmCounter {
  readonly #db: DatabaseSync;
  readonly #labels: Labels;
  #tally: Tally | undefined;

  constructor(db: DatabaseSync, labels: Labels) {
    this.#db = db;
    this.#labels = labels;
    db.aggregate("tally", {
      start: 0,
      varargs: true,
      step: (rows: number, ...values: SQLOutputValue[]) => {
        this.#tally?.add(values);
        return rows + 1;
      },
      result: (rows) => rows,
    });
  }

  /** Gives up, with `undefined`, as soon as `gone` says so. */
  async count(filter: AlarmFilter, request: CountRequest, gone: () => boolean): Promise<AlarmCounts | undefined> {
    const tally = new Tally(request, this.#labels);
    for (const [first, last] of this.#slices(filter)) {
      await new Promise((resolve) => setImmediate(resolve));
      if (gone()) return undefined;
      this.#tally = tally;
      this.#slice(filter, tally, first, last);
    }
    return tally.result();
  }

  /** How many there are, at once. */
  total(filter: AlarmFilter): number {
    const hint = filter.few ? "NOT INDEXED" : "INDEXED BY alarm_updated";
    const row = this.#db
      .prepare(`SELECT count(*) AS total FROM alarm a ${hint} WHERE ${filter.sql}`)
      .get(...filter.values);
    return Number(row?.total);
  }

  #slice(filter: AlarmFilter, tally: Tally, first: number, last: number): void {
    const hint = filter.few ? "NOT INDEXED" : "INDEXED BY alarm_updated";
    this.#db
      .prepare(
        `SELECT tally(${tally.columns}) FROM alarm a ${hint} WHERE a.updated >= ? AND a.updated < ? AND ${filter.sql}`,
      )
      .get(first, last, ...filter.values);
  }

  /** Stretches of time that hold about `SLICE` alarms each; a single one where few alarms fit. */
  *#slices(filter: AlarmFilter): Generator<[from: number, before: number]> {
    const next = this.#db.prepare("SELECT updated FROM alarm WHERE updated >= ? ORDER BY updated LIMIT 1 OFFSET ?");
    let from = Number.MIN_SAFE_INTEGER;
    while (!filter.few) {
      const before = next.get(from, SLICE)?.updated;
      // More alarms of one and the same moment than a slice holds are a slice of their own.
      const to = before === undefined ? undefined : Math.max(Number(before), from + 1);
      if (to === undefined) break;
      yield [from, to];
      from = to;
    }
    yield [from, Number.MAX_SAFE_INTEGER];
  }
}

/** What was counted so far. */
class Tally {
  /** What is counted of an alarm: each facet's column, and for the histogram class and time. */
  readonly columns: string;
  readonly #request: CountRequest;
  readonly #labels: Labels;
  readonly #counts: readonly Counts[];
  readonly #classes = new Map<number, number>();
  readonly #histogram: number[][];
  #total = 0;

  constructor(request: CountRequest, labels: Labels) {
    const facets = request.facets.map((facet) => FACET_COLUMN[facet]);
    this.columns = [...facets, ...(request.histogram === undefined ? [] : ["a.class", "a.updated"]), "1"].join(", ");
    this.#request = request;
    this.#labels = labels;
    this.#counts = request.facets.map(() => new Counts());
    this.#histogram = RISK_CLASSES.map(() => new Array<number>(request.histogram?.buckets ?? 0).fill(0));
  }

  add(values: readonly SQLOutputValue[]): void {
    this.#total += 1;
    const counts = this.#counts;
    for (let i = 0; i < counts.length; i++) counts[i]?.add(Number(values[i]));
    const { histogram } = this.#request;
    if (histogram === undefined) return;
    const bucket = Math.floor((Number(values[counts.length + 1]) - histogram.from) / histogram.stepMs);
    const steps = this.#histogram[this.#classOf(Number(values[counts.length]))];
    if (steps !== undefined && bucket >= 0 && bucket < steps.length) steps[bucket] = (steps[bucket] ?? 0) + 1;
  }

  result(): AlarmCounts {
    const facets = this.#request.facets.map((field, index) => {
      const counts = this.#named(field, this.#counts[index]?.entries() ?? []);
      const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      const values = sorted.slice(0, MAX_VALUES).map(([value, count]) => ({ value, count }));
      return { field, values, more: sorted.length - values.length };
    });
    const { histogram } = this.#request;
    if (histogram === undefined) return { total: this.#total, facets };
    const byRisk = this.#histogram;
    const counts = Array.from({ length: histogram.buckets }, (_, i) =>
      byRisk.reduce((sum, each) => sum + (each[i] ?? 0), 0),
    );
    const { from, stepMs } = histogram;
    return { total: this.#total, facets, histogram: { from, stepSeconds: stepMs / 1000, counts, byRisk } };
  }

  #classOf(label: number): number {
    let place = this.#classes.get(label);
    if (place === undefined) {
      place = Math.max(0, RISK_CLASSES.indexOf(this.#labels.text(label)));
      this.#classes.set(label, place);
    }
    return place;
  }

  #named(field: FacetField, counts: Iterable<[value: number, count: number]>): Map<string, number> {
    const named = new Map<string, number>();
    const add = (value: string, count: number): void => void named.set(value, (named.get(value) ?? 0) + count);
    for (const [value, count] of counts) {
      if (field === "risk") add(String(value), count);
      else if (field === "directive") value >= 0 && add(String(value), count);
      else if (field === "network")
        for (const each of this.#labels.text(value).split("\n")) each !== "" && add(each, count);
      else add(this.#labels.text(value), count);
    }
    return named;
  }
}

/** Labels and risks are small numbers, which an array counts many times faster than a map; directives may be any. */
const DENSE = 65_536;

/** How often each number came. */
class Counts {
  readonly #dense = new Uint32Array(DENSE);
  readonly #others = new Map<number, number>();

  add(value: number): void {
    if (value >= 0 && value < DENSE) this.#dense[value] = (this.#dense[value] ?? 0) + 1;
    else this.#others.set(value, (this.#others.get(value) ?? 0) + 1);
  }

  *entries(): Generator<[value: number, count: number]> {
    for (const [value, count] of this.#dense.entries()) if (count > 0) yield [value, count];
    yield* this.#others;
  }
}
