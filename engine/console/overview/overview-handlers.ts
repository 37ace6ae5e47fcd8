import type { Overview } from "../../contract/console/overview.ts";
import type { Asset } from "../../contract/inventory.ts";
import { plainPattern } from "../../query/pattern.ts";
import { printQuery } from "../../query/print.ts";
import type { OverviewFigures } from "../../store/console/overview-queries.ts";
import type { AlarmStore } from "../alarms/alarm-store.ts";
import { type DirectiveRowsParts, knownDirectiveRows } from "../config/directive-rows.ts";
import type { Fleet } from "../fleet.ts";
import type { Handlers } from "../route-table.ts";
import type { Supervision } from "../supervision/supervision.ts";
import { attentionList } from "./attention.ts";
import type { FleetHistory } from "./fleet-history.ts";
import { OpenBeforeRange } from "./open-before.ts";

/** Steps of what is shown over time. */
const STEPS = 48;
const OPEN = "is:open";
/** Who asks for the same within so long gets the same, in milliseconds: counting a million alarms takes a second. */
const KNOWN_MS = 2_000;

export interface OverviewParts extends Pick<DirectiveRowsParts, "desk" | "history" | "now"> {
  store: AlarmStore;
  fleet: Fleet;
  fleetHistory: FleetHistory;
  supervision: Supervision;
}

interface Range {
  from: number;
  to: number;
}

/** `/overview`: the whole console in figures, each with the query of what stands behind it. */
export function overviewHandlers(parts: OverviewParts): Handlers {
  const { fleetHistory, now, store } = parts;
  const openBefore = new OpenBeforeRange({
    open: async () => openByClass((await countOpen(store, Math.floor(now())))?.histogram?.byRisk),
    openSince: (at) => store.read("openSince", at),
  });
  let known: { key: string; at: number; answer: Promise<Overview> } | undefined;
  return {
    "GET /health/history": () => fleetHistory.health(),
    "GET /overview": ({ query }) => {
      const nowMs = Math.floor(now());
      const key = JSON.stringify(query);
      if (known?.key === key && nowMs - known.at < KNOWN_MS) return known.answer;
      const { from = 0, to = nowMs, lastSeconds } = query;
      const range = lastSeconds === undefined ? { from, to } : { from: nowMs - lastSeconds * 1000, to: nowMs };
      const answer = overviewOf(parts, range, nowMs, openBefore.at(range.from, key, nowMs));
      known = { key, at: nowMs, answer };
      // What failed is tried anew by whoever asks next.
      answer.catch(() => {
        known = undefined;
      });
      return answer;
    },
  };
}

async function overviewOf(
  parts: OverviewParts,
  range: Range,
  nowMs: number,
  openBefore: Promise<Overview["openBefore"]>,
): Promise<Overview> {
  const { store, desk, fleet, fleetHistory, history, supervision } = parts;
  // From the beginning: the steps over time begin with the oldest alarm.
  const bounds = range.from === 0 ? { to: range.to } : range;
  const [figures, alarms, open, before, directives, assets, byNode] = await Promise.all([
    store.read("overview", range),
    store.read("counts", { q: "", ...bounds, nowMs, facets: [], buckets: STEPS }),
    countOpen(store, nowMs),
    openBefore,
    knownDirectiveRows(parts),
    desk.assets(),
    desk.namesByNode(),
  ]);
  const names = new Map(directives.rows.map((row) => [row.id, row.name]));
  const series = alarms?.histogram ?? { from: range.from, stepSeconds: 1, counts: [], byRisk: [[], [], [], []] };
  return {
    at: nowMs,
    open: openByClass(open?.histogram?.byRisk),
    ...(before !== undefined && { openBefore: before }),
    ...figuresOf(figures, names, assets.assets),
    alarms: series,
    events: fleetHistory.events(series.from, series.stepSeconds, series.counts.length),
    attention: attentionList({
      ...{ nowMs, services: fleet.services(), supervisor: supervision.state(), directives },
      storeTrouble: store.trouble,
      nodes: [...byNode.keys()],
      countersOf: (node) => history.last(node),
    }),
  };
}

/** The figures of the store, each with its query and, where the files know more, its name. */
function figuresOf(
  figures: OverviewFigures | undefined,
  names: ReadonlyMap<number, string>,
  assets: readonly Asset[],
): Pick<Overview, "byStatus" | "byTag" | "topDirectives" | "topSources" | "topTargets" | "tree" | "networks"> {
  const {
    byStatus = [],
    byTag = [],
    directives = [],
    sources = [],
    targets = [],
    tree = [],
    networks = [],
  } = figures ?? {};
  return {
    byStatus: byStatus.map((each) => ({ ...each, q: textTerm("status", each.name) })),
    byTag: byTag.map((each) => ({ ...each, q: openWith(textTerm("tag", each.name)) })),
    topDirectives: directives.map(({ directiveId, title, ...counts }) =>
      directiveId === undefined
        ? { ...counts, name: title, q: openWith(textTerm("title", title)) }
        : { ...counts, name: names.get(directiveId) ?? title, directiveId, q: openWith(`directive:${directiveId}`) },
    ),
    topSources: sources.map((each) => ({ ...each, q: openWith(`src:${each.name}`) })),
    topTargets: targets.map((each) => ({ ...each, q: openWith(`dst:${each.name}`) })),
    tree: tree.map((each) => {
      const terms = (["kingdom", "category", "title"] as const).map((field) => textTerm(field, each[field]));
      return { ...each, q: openWith(...terms) };
    }),
    networks: networks.map(({ network, byRisk }) => {
      const values = assets.filter(({ cidr }) => cidr === network).map(({ value }) => value);
      const value = values.length === 0 ? undefined : Math.max(...values);
      return { network, byRisk, q: openWith(textTerm("network", network)), ...(value !== undefined && { value }) };
    }),
  };
}

function countOpen(store: AlarmStore, nowMs: number) {
  return store.read("counts", { q: OPEN, nowMs, facets: [], buckets: 1 });
}

function openByClass([none, low, medium, high]: readonly (readonly number[])[] = []): Overview["open"] {
  const sum = (counts: readonly number[] = []): number => counts.reduce((all, each) => all + each, 0);
  return { high: sum(high), medium: sum(medium), low: sum(low), none: sum(none) };
}

function openWith(...terms: readonly string[]): string {
  return [OPEN, ...terms].join(" ");
}

/** A field that is this very text. */
function textTerm(field: string, text: string): string {
  const test = { of: "text", how: "equals", patterns: [plainPattern(text)] } as const;
  return printQuery({ kind: "test", field, test, at: { column: 0, length: 0 } });
}
