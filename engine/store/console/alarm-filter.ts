import type { DatabaseSync } from "node:sqlite";
import { assertNever } from "../../base/assert.ts";
import type { Comparison } from "../../query/comparison.ts";
import { folded, isPlain, type Pattern } from "../../query/pattern.ts";
import type { FieldTest, Query } from "../../query/query.ts";
import { timeBounds } from "../../query/time-value.ts";
import type { AlarmField } from "../../query/vocabulary.ts";
import { networkKeys } from "./facts.ts";
import { FACT_KINDS, type FactKind, PROGRESS } from "./schema.ts";
import type { TextTests } from "./text-tests.ts";

export type SqlValue = string | number | Uint8Array | null;

/** A condition on a row `a` of the table `alarm`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A whole filter. */
export interface AlarmFilter extends Condition {
  /** Few alarms fit, and the condition finds them by their numbers: no other index should be used. */
  readonly few: boolean;
  /** Of the connection: what the condition looks up. To be dropped when it isn't needed any more. */
  readonly tables: readonly string[];
}

export interface FilterContext {
  readonly nowMs: number;
  /** The configured status that an alarm is done with. */
  readonly closed: string;
  /**
   * Whether all that fits is asked for, or only the first of it: text that very many alarms hold is looked up once and
   * written into a table in the first case, and read in one alarm after the other in the second.
   */
  readonly whole: boolean;
}

/** Up to so many alarms are looked up by their numbers and sorted; beyond it an order's index is walked. */
const FEW = 20_000;
const EVERYTHING: Condition = { sql: "1", values: [] };
const NAMES_OF_PROGRESS: readonly string[] = PROGRESS;
const TEXT_FOUND = "SELECT rowid FROM alarm_text WHERE alarm_text MATCH ?";
let nextTable = 1;

const NUMBER_COLUMNS: Partial<Record<AlarmField, string>> = {
  ...{ risk: "a.risk", directive: "a.directive", intel: "a.intel", vuln: "a.vuln" },
  ...{ events: "a.events", stage: "a.stage", stages: "a.stages" },
};
const LABEL_COLUMNS: Partial<Record<AlarmField, string>> = {
  ...{
    status: "a.status",
    tag: "a.tag",
    class: "a.class",
    kingdom: "a.kingdom",
    category: "a.category",
    node: "a.node",
  },
};
const FACT_FIELDS: Partial<Record<AlarmField, readonly FactKind[]>> = {
  ...{ src: ["src"], dst: ["dst"], ip: ["src", "dst"] },
  ...{ port: ["port"], protocol: ["protocol"], plugin: ["plugin"], sid: ["sid"], sensor: ["sensor"] },
};

/** Makes SQL of queries that were read with `ALARM_VOCABULARY`. */
export class FilterCompiler {
  readonly #db: DatabaseSync;
  readonly #tests: TextTests;

  constructor(db: DatabaseSync, tests: TextTests) {
    this.#db = db;
    this.#tests = tests;
  }

  compile(query: Query, context: FilterContext): AlarmFilter {
    return new Compilation(this.#db, this.#tests, context).whole(query);
  }

  release(filter: AlarmFilter): void {
    for (const table of filter.tables) this.#db.exec(`DROP TABLE temp.${table}`);
  }
}

/** One query being compiled. */
class Compilation {
  readonly #db: DatabaseSync;
  readonly #tests: TextTests;
  readonly #context: FilterContext;
  /** The conditions that few alarms fit. */
  readonly #few = new Set<Condition>();
  /** What the index of texts must hold for a condition on common text. */
  readonly #matches = new Map<Condition, string>();
  readonly #tables: string[] = [];

  constructor(db: DatabaseSync, tests: TextTests, context: FilterContext) {
    this.#db = db;
    this.#tests = tests;
    this.#context = context;
  }

  whole(query: Query): AlarmFilter {
    const parts = (query.kind === "and" ? query.parts : [query]).map((part) => this.#condition(part));
    let few = parts.some((part) => this.#few.has(part));
    // Each of several words may be common, and all of them together rare.
    const matches = parts.flatMap((part) => this.#matches.get(part) ?? []);
    if (!few && matches.length > 1) {
      const match = matches.join(" AND ");
      few = this.#isFew(TEXT_FOUND, [match]);
      if (few) parts.unshift({ sql: `a.n IN (${TEXT_FOUND})`, values: [match] });
    }
    return { ...all(parts), few, tables: this.#tables };
  }

  #condition(query: Query): Condition {
    switch (query.kind) {
      case "all":
        return EVERYTHING;
      case "and":
        return all(query.parts.map((part) => this.#condition(part)));
      case "or":
        return any(query.parts.map((part) => this.#condition(part)));
      case "not": {
        const { sql, values } = this.#condition(query.part);
        return { sql: `NOT ${sql}`, values };
      }
      case "word":
        return this.#word(query.pattern);
      case "test":
        return this.#test(query.field as AlarmField, query.test);
      default:
        return assertNever(query, "query");
    }
  }

  #test(field: AlarmField, test: FieldTest): Condition {
    switch (test.of) {
      case "text":
        return this.#text(field, test);
      case "number":
        return this.#number(field, test);
      case "time":
        return any(test.times.map((time) => this.#time(field, test.comparison, time)));
      case "address":
        return any(
          test.networks.map((network) => {
            const [first, last] = networkKeys(network);
            return this.#fact(field, "BETWEEN ? AND ?", [first, last]);
          }),
        );
      case "choice":
        return any(test.values.map((value) => this.#is(value)));
      default:
        return assertNever(test, "test of a field");
    }
  }

  #number(field: AlarmField, { comparison, values }: FieldTest & { of: "number" }): Condition {
    const column = NUMBER_COLUMNS[field];
    if (comparison === "=") {
      const list = `IN (${values.map(() => "?").join(",")})`;
      return column === undefined ? this.#fact(field, list, values) : { sql: `${column} ${list}`, values };
    }
    const compared = `${comparison} ?`;
    return column === undefined ? this.#fact(field, compared, values) : { sql: `${column} ${compared}`, values };
  }

  #time(field: AlarmField, comparison: Comparison, time: Parameters<typeof timeBounds>[1]): Condition {
    const column = field === "created" ? "a.created" : "a.updated";
    const { from, to } = timeBounds(comparison, time, this.#context.nowMs);
    return all([
      ...(from === undefined ? [] : [{ sql: `${column} >= ?`, values: [from] }]),
      ...(to === undefined ? [] : [{ sql: `${column} < ?`, values: [to] }]),
    ]);
  }

  #text(field: AlarmField, { how, patterns }: FieldTest & { of: "text" }): Condition {
    const column = LABEL_COLUMNS[field];
    if (column !== undefined) {
      const { sql, values } = this.#fits("text", how, patterns);
      return { sql: `${column} IN (SELECT l FROM label WHERE ${sql})`, values };
    }
    if (field === "network") {
      // A label holds all networks of an alarm, a line each.
      const name = this.#tests.add(how, patterns);
      return { sql: "a.networks IN (SELECT l FROM label WHERE fits_line(?, text))", values: [name] };
    }
    if (field === "id") return this.#ids(how, patterns);
    if (field === "note") return any(patterns.map((pattern) => this.#note(how, pattern)));
    if (field === "protocol" || field === "sensor") {
      const { sql, values } = this.#fits("value", how, patterns);
      return { sql: `a.n IN (SELECT n FROM fact WHERE kind = ${FACT_KINDS[field]} AND ${sql})`, values };
    }
    const text = field === "title" ? "a.title" : "a.custom";
    return any(patterns.map((pattern) => this.#prefiltered(pattern, this.#fits(text, how, [pattern]))));
  }

  #ids(how: "equals" | "holds", patterns: readonly Pattern[]): Condition {
    if (how === "holds" || !patterns.every(isPlain)) {
      return any(patterns.map((pattern) => this.#prefiltered(pattern, this.#fits("a.id", how, [pattern]))));
    }
    const ids = JSON.stringify(patterns.map(({ parts }) => parts[0]));
    const sql = "a.n IN (SELECT n FROM alarm_id WHERE id IN (SELECT value FROM json_each(?)))";
    const condition = { sql, values: [ids] };
    this.#few.add(condition);
    return condition;
  }

  /** A word alone is looked for in everything that is text; tag and notes change on their own and are looked up apart. */
  #word(pattern: Pattern): Condition {
    const text = this.#fits("(SELECT search FROM alarm_more m WHERE m.n = a.n)", "holds", [pattern]);
    const inText = this.#prefiltered(pattern, text, isPlain(pattern));
    const found: Condition[] = [inText];
    const tag = this.#text("tag", { of: "text", how: "holds", patterns: [pattern] });
    if (this.#exists(`SELECT 1 FROM label a WHERE ${tag.sql.replace("a.tag", "l")} LIMIT 1`, tag.values))
      found.push(tag);
    const note = this.#note("holds", pattern);
    if (this.#exists(`SELECT 1 FROM note a WHERE ${note.sql} LIMIT 1`, note.values)) found.push(note);
    return found.length === 1 ? inText : any(found);
  }

  #note(how: "equals" | "holds", pattern: Pattern): Condition {
    const fits = this.#fits("text", how, [pattern]);
    const match = matchExpression(pattern);
    if (match === undefined) return { sql: `a.n IN (SELECT n FROM note WHERE ${fits.sql})`, values: fits.values };
    const sql = "a.n IN (SELECT n FROM note WHERE id IN (SELECT rowid FROM note_text WHERE note_text MATCH ?) AND";
    return { sql: `${sql} ${fits.sql})`, values: [match, ...fits.values] };
  }

  /**
   * Looks the longer pieces up in the index of texts; what is shorter than three characters isn't in it. `exact` is what
   * is asked for, `same` whether finding the pieces says as much.
   */
  #prefiltered(pattern: Pattern, exact: Condition, same = false): Condition {
    const match = matchExpression(pattern);
    if (match === undefined) return exact;
    const found = { sql: `a.n IN (${TEXT_FOUND})`, values: [match] };
    if (this.#isFew(TEXT_FOUND, [match])) {
      const condition = same ? found : all([found, exact]);
      this.#few.add(condition);
      return condition;
    }
    // Of what many texts hold the first page is soon full: reading them costs less than the index.
    const table = this.#context.whole ? this.#table(TEXT_FOUND, [match]) : undefined;
    const condition = table === undefined ? { ...exact } : same ? table : all([table, exact]);
    this.#matches.set(condition, match);
    return condition;
  }

  #fact(field: AlarmField, compared: string, values: readonly SqlValue[]): Condition {
    const kinds = (FACT_FIELDS[field] ?? []).map((kind) => FACT_KINDS[kind]).join(",");
    const found = `SELECT n FROM fact WHERE kind IN (${kinds}) AND value ${compared}`;
    if (this.#isFew(found, values)) {
      const condition = { sql: `a.n IN (${found})`, values };
      this.#few.add(condition);
      return condition;
    }
    // By the alarm's number a fact is found at once.
    return { sql: `EXISTS(${found} AND n = a.n)`, values };
  }

  /** What very many alarms hold, looked up once. */
  #table(found: string, values: readonly SqlValue[]): Condition {
    const table = `found_${nextTable++}`;
    this.#db.exec(`CREATE TEMP TABLE ${table}(n INTEGER PRIMARY KEY)`);
    this.#tables.push(table);
    this.#db.prepare(`INSERT OR IGNORE INTO temp.${table} ${found}`).run(...values);
    return { sql: `a.n IN (SELECT n FROM temp.${table})`, values: [] };
  }

  #is(value: string): Condition {
    const closed = `a.status ${value === "open" ? "NOT IN" : "IN"} (SELECT l FROM label WHERE text = ?)`;
    if (value === "open" || value === "closed") return { sql: closed, values: [this.#context.closed] };
    if (value === "new") return { sql: "(a.own_status IS NULL AND a.own_tag IS NULL AND a.note = '')", values: [] };
    return { sql: "a.progress = ?", values: [NAMES_OF_PROGRESS.indexOf(value)] };
  }

  #fits(sql: string, how: "equals" | "holds", patterns: readonly Pattern[]): Condition {
    return { sql: `fits(?, ${sql})`, values: [this.#tests.add(how, patterns)] };
  }

  #isFew(found: string, values: readonly SqlValue[]): boolean {
    const row = this.#db.prepare(`SELECT count(*) AS found FROM (${found} LIMIT ${FEW + 1})`).get(...values);
    return Number(row?.found) <= FEW;
  }

  #exists(sql: string, values: readonly SqlValue[]): boolean {
    return this.#db.prepare(sql).get(...values) !== undefined;
  }
}

function all(conditions: readonly Condition[]): Condition {
  return joined(conditions, "AND", EVERYTHING);
}

function any(conditions: readonly Condition[]): Condition {
  return joined(conditions, "OR", { sql: "0", values: [] });
}

function joined(conditions: readonly Condition[], word: string, none: Condition): Condition {
  const [first, ...more] = conditions;
  if (first === undefined) return none;
  if (more.length === 0) return first;
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

/** What FTS5 is asked for: each piece of three characters or more, as it stands. */
function matchExpression({ parts }: Pattern): string | undefined {
  const pieces = parts.filter((part) => [...part].length >= 3 && !part.includes("\0"));
  return pieces.length === 0
    ? undefined
    : pieces.map((part) => `"${folded(part).replaceAll('"', '""')}"`).join(" AND ");
}
