import type { DatabaseSync } from "node:sqlite";
import type {
  Activity,
  ALARM_FACETS,
  AlarmCounts,
  AlarmDetail,
  AlarmRow,
  AlarmsPage,
  SavedView,
} from "../../contract/console/alarms.ts";
import type { Settings } from "../../contract/console/session.ts";
import { printQuery } from "../../query/print.ts";
import type { Query } from "../../query/query.ts";
import { AlarmCounter, type CountRequest } from "./alarm-counts.ts";
import { AlarmDetails } from "./alarm-detail.ts";
import { type AlarmFilter, FilterCompiler } from "./alarm-filter.ts";
import { AlarmList, readSort } from "./alarm-list.ts";
import { type AlarmQuery, readAlarmQuery, withoutField, withRange } from "./alarm-query.ts";
import { backUp } from "./backup.ts";
import { Labels } from "./labels.ts";
import { OverviewQueries } from "./overview-queries.ts";
import { readSettings, readViews } from "./small-tables.ts";
import { TextTests } from "./text-tests.ts";

type FacetField = (typeof ALARM_FACETS)[number];

interface PageRequest extends AlarmQuery {
  sort: string;
  limit: number;
  cursor?: string | undefined;
}
interface CountsRequest extends AlarmQuery {
  facets: readonly FacetField[];
  /** Steps of the histogram; 0 for none. */
  buckets: number;
}

/** What the reading worker answers. Each sees what was committed before it. */
export function readerCalls(db: DatabaseSync, closed: string) {
  const labels = new Labels(db);
  const compiler = new FilterCompiler(db, new TextTests(db));
  const list = new AlarmList(db, labels);
  const counter = new AlarmCounter(db, labels);
  const overview = new OverviewQueries(db, labels, closed);
  const details = new AlarmDetails(db, labels);
  const context = ({ nowMs }: AlarmQuery, whole: boolean) => ({ nowMs, closed, whole });
  const filterOf = (request: AlarmQuery, whole = false): AlarmFilter =>
    compiler.compile(withRange(readAlarmQuery(request.q), request), context(request, whole));

  return {
    page: (request: PageRequest): AlarmsPage => {
      const order = readSort(request.sort);
      return using(compiler, filterOf(request, !order.indexed), (filter) =>
        list.page(filter, order, request.limit, request.cursor),
      );
    },

    total: (request: AlarmQuery): number => using(compiler, filterOf(request, true), (filter) => counter.total(filter)),

    counts: async (request: CountsRequest, gone: () => boolean): Promise<AlarmCounts | undefined> => {
      const query = withRange(readAlarmQuery(request.q), request);
      const histogram = histogramOf(db, request);
      const merged: AlarmCounts = { total: 0, facets: [] };
      for (const [each, facets] of passes(query, request.facets)) {
        const isWhole = each === query;
        const filter = compiler.compile(each, context(request, true));
        try {
          const part = await counter.count(filter, { facets, ...(isWhole && { histogram }) }, gone);
          if (part === undefined) return undefined;
          merged.facets.push(...part.facets);
          if (isWhole) merged.total = part.total;
          if (part.histogram !== undefined) merged.histogram = part.histogram;
        } finally {
          compiler.release(filter);
        }
      }
      merged.facets.sort((a, b) => placeOf(request.facets, a.field) - placeOf(request.facets, b.field));
      return merged;
    },

    /** The rows of these alarms that the query finds, or all of them without a query. */
    among: ({ ns, query }: { ns: readonly number[]; query?: AlarmQuery | undefined }): (AlarmRow & { n: number })[] =>
      list.rowsAmong(ns, query === undefined ? undefined : filterOf(query)),

    /** The numbers of all alarms that the query finds, in order: a list that stays as it is. */
    matching: (request: AlarmQuery & { sort: string }): Float64Array =>
      using(compiler, filterOf(request, true), (filter) => list.matching(filter, readSort(request.sort))),

    /** The numbers of these alarms; ids that aren't there are left out. */
    numbers: (ids: readonly string[]): Float64Array => {
      const rows = db
        .prepare(
          "SELECT a.n FROM json_each(?) j CROSS JOIN alarm_id i ON i.id = j.value CROSS JOIN alarm a ON a.n = i.n",
        )
        .all(JSON.stringify([...new Set(ids)]));
      return Float64Array.from(rows, ({ n }) => Number(n));
    },

    /** The ids of these alarms, in no order. */
    ids: (ns: readonly number[]): string[] =>
      db
        .prepare("SELECT id FROM alarm_id WHERE n IN (SELECT value FROM json_each(?))")
        .all(JSON.stringify(ns))
        .map(({ id }) => String(id)),

    /** Of what was updated within a time range, both ends included; `undefined` when whoever asked is gone. */
    overview: (range: { from: number; to: number }, gone: () => boolean) => overview.figures(range, gone),

    openSince: (at: number, gone: () => boolean) => overview.openSince(at, gone),

    alarmsByDirective: (request: { from: number; since: number }, gone: () => boolean) =>
      overview.byDirective(request, gone),

    detail: (id: string): AlarmDetail | undefined => details.detail(id),
    events: ({ id, ...options }: { id: string; stage?: number; after?: number; limit: number }) =>
      details.events(id, options),
    activity: (id: string): Activity[] | undefined => details.activity(id),
    views: (_: undefined): SavedView[] => readViews(db),
    backUp: (file: string): number => backUp(db, file),
    settings: (_: undefined): Settings => readSettings(db),
  };
}
export type ReaderCalls = ReturnType<typeof readerCalls>;

function using<T>(compiler: FilterCompiler, filter: AlarmFilter, work: (filter: AlarmFilter) => T): T {
  try {
    return work(filter);
  } finally {
    compiler.release(filter);
  }
}

/** Facets by the query that they are counted with; the whole query, for total and histogram, is always among them. */
function passes(query: Query, facets: readonly FacetField[]): Map<Query, FacetField[]> {
  const byText = new Map<string, Query>([[printQuery(query), query]]);
  const found = new Map<Query, FacetField[]>([[query, []]]);
  for (const facet of facets) {
    const without = withoutField(query, facet);
    const text = printQuery(without);
    const same = byText.get(text) ?? without;
    byText.set(text, same);
    found.set(same, [...(found.get(same) ?? []), facet]);
  }
  return found;
}

function placeOf(facets: readonly string[], field: string): number {
  return facets.indexOf(field);
}

/** Without bounds, from the oldest alarm on. */
function histogramOf(db: DatabaseSync, { from, to, nowMs, buckets }: CountsRequest): CountRequest["histogram"] {
  if (buckets === 0) return undefined;
  const oldest = db.prepare("SELECT min(updated) AS oldest FROM alarm").get()?.oldest;
  const start = from ?? Number(oldest ?? nowMs - 24 * 60 * 60 * 1000);
  const seconds = Math.max(1, Math.ceil(((to ?? nowMs) - start + 1) / 1000 / buckets));
  return { from: start, stepMs: seconds * 1000, buckets };
}
