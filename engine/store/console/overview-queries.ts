import type { DatabaseSync } from "node:sqlite";
import { addressOfKey } from "./facts.ts";
import type { Labels } from "./labels.ts";
import { FACT_KINDS } from "./schema.ts";

/** Alarms that are looked at before whoever else asked is heard. */
const SLICE = 5_000;
/** Names that a list of the most frequent ones has. */
const MOST_NAMES = 10;
const MOST_BRANCHES = 200;
const MOST_NETWORKS = 50;
/** Different names that are counted; a flood of others beyond these changes no list of the most frequent. */
const MAX_COUNTED = 200_000;
const HIGHEST_RISK = 10;
/** In front of the titles of alarms whose backend said no directive. */
const UNKNOWN_DIRECTIVE = "title ";

/** Alarms by the class of their risk. */
export interface ClassCounts {
  count: number;
  high: number;
  medium: number;
  low: number;
}

export interface OverviewFigures {
  byStatus: ({ name: string } & ClassCounts)[];
  byTag: ({ name: string } & ClassCounts)[];
  /** `directiveId` is missing of alarms whose backend said none: they are told apart by their title. */
  directives: ({ directiveId: number | undefined; title: string } & ClassCounts)[];
  sources: ({ name: string } & ClassCounts)[];
  targets: ({ name: string } & ClassCounts)[];
  tree: ({ kingdom: string; category: string; title: string; risk: number } & ClassCounts)[];
  networks: { network: string; byRisk: number[] }[];
}

/** Alarms of one directive of one node. */
export interface DirectiveAlarms {
  node: string;
  directiveId: number;
  alarms: number;
  lastAt: number;
}

/** Alarms that are open now less those that were then. */
export type OpenSince = Record<"high" | "medium" | "low", number>;

interface Range {
  from: number;
  to: number;
}

type Row = Record<string, unknown>;

/** The figures of the overview: open alarms that were updated within a time range, and all of them by status. */
export class OverviewQueries {
  readonly #db: DatabaseSync;
  readonly #labels: Labels;
  readonly #closed: string;

  /** `closed`: the configured status that an alarm is done with. */
  constructor(db: DatabaseSync, labels: Labels, closed: string) {
    this.#db = db;
    this.#labels = labels;
    this.#closed = closed;
  }

  /** Gives up, with `undefined`, as soon as `gone` says so. */
  async figures(range: Range, gone: () => boolean): Promise<OverviewFigures | undefined> {
    const tally = new OverviewTally(this.#labels, this.#closedLabel());
    for (const [from, before] of this.#slices(range)) {
      await new Promise((resolve) => setImmediate(resolve));
      if (gone()) return undefined;
      this.#slice(tally, from, before);
    }
    return tally.figures();
  }

  /** Alarms by directive that were updated since `since`, and when the last was among those since `from`. */
  async byDirective(
    { from: oldest, since }: { from: number; since: number },
    gone: () => boolean,
  ): Promise<DirectiveAlarms[] | undefined> {
    const found = new Map<string, DirectiveAlarms>();
    const query = this.#db.prepare(
      "SELECT node, directive, sum(updated >= ?) AS alarms, max(updated) AS last FROM alarm INDEXED BY alarm_updated " +
        "WHERE updated >= ? AND updated < ? AND directive >= 0 GROUP BY node, directive",
    );
    for (const [from, before] of this.#slices({ from: oldest, to: Number.MAX_SAFE_INTEGER - 1 })) {
      await new Promise((resolve) => setImmediate(resolve));
      if (gone()) return undefined;
      for (const row of query.iterate(since, from, before)) {
        const node = this.#labels.text(Number(row.node));
        const directiveId = Number(row.directive);
        const key = `${node} ${directiveId}`;
        const known = found.get(key) ?? { node, directiveId, alarms: 0, lastAt: 0 };
        found.set(key, known);
        known.alarms += Number(row.alarms);
        known.lastAt = Math.max(known.lastAt, Number(row.last));
      }
    }
    return [...found.values()];
  }

  /**
   * By how much the alarms of each class that are open are more than at that moment; `undefined` when there was no alarm
   * yet, or nobody wants to know any more. Risk is what it is now. What was deleted since counts as if it had never been.
   */
  async openSince(at: number, gone: () => boolean): Promise<OpenSince | undefined> {
    const closed = this.#closedLabel();
    if (this.#db.prepare("SELECT 1 AS known FROM alarm WHERE created < ? LIMIT 1").get(at) === undefined)
      return undefined;
    const since: OpenSince = { high: 0, medium: 0, low: 0 };
    const add = (riskClass: unknown, more: number): void => {
      const key = this.#labels.text(Number(riskClass)).toLowerCase();
      if (key === "high" || key === "medium" || key === "low") since[key] += more;
    };
    const begun = this.#db.prepare(
      "SELECT class, count(*) AS count FROM alarm INDEXED BY alarm_created " +
        "WHERE created >= ? AND created < ? AND status <> ? GROUP BY class",
    );
    for (const [from, before] of this.#slices({ from: at, to: Number.MAX_SAFE_INTEGER - 1 }, "created")) {
      await new Promise((resolve) => setImmediate(resolve));
      if (gone()) return undefined;
      for (const row of begun.iterate(from, before, closed)) add(row.class, Number(row.count));
    }
    // Of those that were there already, the first change since then tells what they were at that moment.
    const changed = this.#db.prepare(
      "SELECT a.class, a.status <> ?1 AS is_open, x.was <> ?2 AS was_open FROM activity x CROSS JOIN alarm a ON a.n = x.n " +
        "WHERE x.id >= ?3 AND x.id < ?4 AND x.kind = 'status' AND a.created < ?5 AND NOT EXISTS " +
        "(SELECT 1 FROM activity y WHERE y.n = x.n AND y.id >= ?6 AND y.id < x.id AND y.kind = 'status')",
    );
    const { first, last } = this.#activityFrom(at);
    for (let from = first; from <= last; from += SLICE) {
      await new Promise((resolve) => setImmediate(resolve));
      if (gone()) return undefined;
      for (const row of changed.iterate(closed, this.#closed, from, from + SLICE, at, first)) {
        add(row.class, Number(row.is_open) - Number(row.was_open));
      }
    }
    return since;
  }

  /** The ids of what happened from then on; they rise with time, and no index of time is needed. */
  #activityFrom(at: number): { first: number; last: number } {
    const atOf = this.#db.prepare("SELECT at FROM activity WHERE id >= ? ORDER BY id LIMIT 1");
    const last = Number(this.#db.prepare("SELECT coalesce(max(id), 0) AS id FROM activity").get()?.id);
    let [first, end] = [1, last + 1];
    while (first < end) {
      const middle = Math.floor((first + end) / 2);
      if (Number(atOf.get(middle)?.at ?? Number.POSITIVE_INFINITY) < at) first = middle + 1;
      else end = middle;
    }
    return { first, last };
  }

  #slice(tally: OverviewTally, from: number, before: number): void {
    const closed = tally.closed;
    const where = "WHERE a.updated >= ? AND a.updated < ?";
    const alarms = this.#db.prepare(
      "SELECT a.status, a.tag, a.class, a.risk, a.networks, count(*) AS count FROM alarm a INDEXED BY alarm_updated " +
        `${where} GROUP BY a.status, a.tag, a.class, a.risk, a.networks`,
    );
    for (const row of alarms.iterate(from, before)) tally.addAlarms(row);
    // Not grouped: titles and addresses are nearly all different where there are many, and grouping them costs more.
    const titles = this.#db.prepare(
      "SELECT a.kingdom, a.category, a.title, a.directive, a.class, a.risk " +
        `FROM alarm a INDEXED BY alarm_updated ${where} AND a.status <> ?`,
    );
    for (const row of titles.iterate(from, before, closed)) tally.addTitle(row);
    const addresses = this.#db.prepare(
      "SELECT f.kind, f.value, a.class FROM alarm a INDEXED BY alarm_updated " +
        `CROSS JOIN fact f ON f.n = a.n AND f.kind IN (?, ?) ${where} AND a.status <> ?`,
    );
    const kinds = [FACT_KINDS.src, FACT_KINDS.dst];
    for (const row of addresses.iterate(...kinds, from, before, closed)) tally.addAddress(row);
  }

  /** Stretches of time that hold about `SLICE` alarms each. */
  *#slices({ from, to }: Range, time: "updated" | "created" = "updated"): Generator<[from: number, before: number]> {
    const next = this.#db.prepare(
      `SELECT ${time} AS time FROM alarm WHERE ${time} >= ? ORDER BY ${time} LIMIT 1 OFFSET ?`,
    );
    let start = from;
    for (;;) {
      const found = next.get(start, SLICE)?.time;
      // More alarms of one and the same moment than a slice holds are a slice of their own.
      const end = found === undefined ? to + 1 : Math.min(to + 1, Math.max(Number(found), start + 1));
      yield [start, end];
      if (end > to) return;
      start = end;
    }
  }

  #closedLabel(): number {
    return Number(this.#db.prepare("SELECT l FROM label WHERE text = ?").get(this.#closed)?.l ?? -1);
  }
}

/** What was counted so far, by what it is counted under. */
class OverviewTally {
  readonly closed: number;
  readonly #labels: Labels;
  readonly #byStatus = new Counts();
  readonly #byTag = new Counts();
  readonly #directives = new Counts();
  /** The first title of each directive's alarms. */
  readonly #titles = new Map<number, string>();
  readonly #addresses = { sources: new Counts(), targets: new Counts() };
  readonly #tree = new Counts();
  readonly #networks = new Map<string, number[]>();

  constructor(labels: Labels, closed: number) {
    this.#labels = labels;
    this.closed = closed;
  }

  addAlarms(row: Row): void {
    const count = Number(row.count);
    const riskClass = this.#text(row.class);
    this.#byStatus.add(this.#text(row.status), riskClass, count);
    if (Number(row.status) === this.closed) return;
    this.#byTag.add(this.#text(row.tag), riskClass, count);
    const risk = Math.min(HIGHEST_RISK, Number(row.risk));
    for (const network of this.#text(row.networks).split("\n")) {
      if (network === "") continue;
      const byRisk = this.#networks.get(network) ?? new Array<number>(HIGHEST_RISK + 1).fill(0);
      byRisk[risk] = (byRisk[risk] ?? 0) + count;
      this.#networks.set(network, byRisk);
    }
  }

  addTitle(row: Row): void {
    const riskClass = this.#text(row.class);
    const title = String(row.title);
    this.#tree.add(`${row.kingdom} ${row.category} ${title}`, riskClass, 1, Number(row.risk));
    const directive = Number(row.directive);
    this.#directives.add(directive < 0 ? `${UNKNOWN_DIRECTIVE}${title}` : String(directive), riskClass, 1);
    if (directive >= 0 && !this.#titles.has(directive)) this.#titles.set(directive, title);
  }

  addAddress(row: Row): void {
    if (!(row.value instanceof Uint8Array)) return;
    const which = row.kind === FACT_KINDS.src ? "sources" : "targets";
    // As an address only for the few that are shown: a key is cheaper to make.
    this.#addresses[which].add(Buffer.from(row.value).toString("latin1"), this.#text(row.class), 1);
  }

  figures(): OverviewFigures {
    const byAddress = (which: "sources" | "targets") =>
      this.#addresses[which].highest(MOST_NAMES).map(({ name, ...counts }) => ({
        ...counts,
        name: addressOfKey(Buffer.from(name, "latin1")),
      }));
    return {
      byStatus: this.#byStatus.highest(MOST_NAMES),
      byTag: this.#byTag.highest(MOST_NAMES),
      directives: this.#directives
        .highest(MOST_NAMES)
        .map(({ name, ...counts }) =>
          name.startsWith(UNKNOWN_DIRECTIVE)
            ? { ...counts, directiveId: undefined, title: name.slice(UNKNOWN_DIRECTIVE.length) }
            : { ...counts, directiveId: Number(name), title: this.#titles.get(Number(name)) ?? "" },
        ),
      sources: byAddress("sources"),
      targets: byAddress("targets"),
      tree: this.#tree.highest(MOST_BRANCHES).map(({ name, ...counts }) => {
        const [kingdom, category] = name.split(" ", 2);
        const title = name.slice(`${kingdom} ${category} `.length);
        const risk = this.#tree.risk(name);
        return { ...counts, kingdom: this.#text(kingdom), category: this.#text(category), title, risk };
      }),
      networks: [...this.#networks]
        .map(([network, byRisk]) => ({ network, byRisk }))
        .sort((a, b) => sum(b.byRisk) - sum(a.byRisk))
        .slice(0, MOST_NETWORKS),
    };
  }

  #text(label: unknown): string {
    return this.#labels.text(Number(label));
  }
}

/** Alarms by class under each of any number of names, and the highest risk of each. */
class Counts {
  readonly #byName = new Map<string, ClassCounts & { risk: number }>();

  add(name: string, riskClass: string, count: number, risk = 0): void {
    let counts = this.#byName.get(name);
    if (counts === undefined) {
      if (this.#byName.size >= MAX_COUNTED) return;
      counts = { count: 0, high: 0, medium: 0, low: 0, risk: 0 };
      this.#byName.set(name, counts);
    }
    counts.count += count;
    if (risk > counts.risk) counts.risk = risk;
    if (riskClass === "High") counts.high += count;
    else if (riskClass === "Medium") counts.medium += count;
    else if (riskClass === "Low") counts.low += count;
  }

  risk(name: string): number {
    return this.#byName.get(name)?.risk ?? 0;
  }

  /** Those with the most alarms; among equals those with more of the higher classes. */
  highest(most: number): ({ name: string } & ClassCounts)[] {
    return [...this.#byName]
      .sort(([a, m], [b, n]) => n.count - m.count || n.high - m.high || n.medium - m.medium || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([name, { count, high, medium, low }]) => ({ name, count, high, medium, low }));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
