import type { Attention, Overview } from "../../engine/contract/console/overview.ts";
import { countOf } from "../ui/number-text.ts";
import { type RiskClass, riskClassOf } from "../ui/risk.ts";

/* What the overview works out of what the server counted. */

/** Alarms by the class of their risk. */
export interface ClassCounts {
  high: number;
  medium: number;
  low: number;
}

/** How a figure stands against the one at the beginning of the range: `3 more than 24 h ago`. */
export function comparison(now: number, before: number | undefined, start: string | undefined): string | undefined {
  if (before === undefined || start === undefined) return undefined;
  if (now === before) return `as many as ${start}`;
  const difference = Math.abs(now - before).toLocaleString("en-US");
  return `${difference} ${now > before ? "more" : "fewer"} than ${start}`;
}

const LEVELS = ["bad", "warn", "note"] as const;
/** The worst first; among equals in the order in which the server named them. */
export function attentionInOrder(items: readonly Attention[]): Attention[] {
  return items.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

/** A branch of kingdom → category → title. */
export interface Branch extends ClassCounts {
  key: string;
  name: string;
  count: number;
  q: string;
  children: Branch[];
}
type Leaf = Overview["tree"][number];

const quoted = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
const sum = (leaves: readonly Leaf[], field: "count" | keyof ClassCounts): number =>
  leaves.reduce((total, leaf) => total + leaf[field], 0);
/** More urgent first: by High, then Medium, then all. */
const byUrgency = (a: Branch, b: Branch): number => b.high - a.high || b.medium - a.medium || b.count - a.count;

/** The flat rows as branches, each with the sums of what is below it and the query that lists it. */
export function branchesOf(leaves: readonly Leaf[]): Branch[] {
  // What is counted is open.
  return branches(leaves, "is:open", "", [
    { nameOf: (leaf) => leaf.kingdom, term: (name) => `kingdom:${quoted(name)}` },
    { nameOf: (leaf) => leaf.category, term: (name) => `category:${quoted(name)}` },
    { nameOf: (leaf) => leaf.title, term: (name) => `title:${quoted(name)}` },
  ]);
}
interface Level {
  nameOf: (leaf: Leaf) => string;
  term: (name: string) => string;
}
function branches(leaves: readonly Leaf[], above: string, path: string, [level, ...deeper]: Level[]): Branch[] {
  if (level === undefined) return [];
  const groups = Map.groupBy(leaves, level.nameOf);
  return [...groups]
    .map(([name, group]) => {
      const q = `${above} ${level.term(name)}`.trim();
      const only = deeper.length === 0 ? group[0]?.q : undefined;
      const key = `${path}/${name}`;
      return {
        ...{ key, name, q: only ?? q, children: branches(group, q, key, deeper) },
        ...{
          count: sum(group, "count"),
          high: sum(group, "high"),
          medium: sum(group, "medium"),
          low: sum(group, "low"),
        },
      };
    })
    .sort(byUrgency);
}

/** A network's row of the heat map. */
export interface HeatRow {
  network: string;
  value: number | undefined;
  q: string;
  /** For the risks 1 to 10. `heat` is 0 for none and 1 to 4 by the order of magnitude. */
  cells: { risk: number; riskClass: RiskClass; count: number; heat: 0 | 1 | 2 | 3 | 4; label: string }[];
  total: number;
  highest: number;
}

/** The networks with the highest risk first; among equals those with more alarms of it. */
export function heatRows(networks: Overview["networks"], medium: readonly [number, number]): HeatRow[] {
  return networks
    .map(({ network, value, byRisk, q }) => {
      const cells = Array.from({ length: 10 }, (_, index) => {
        const risk = index + 1;
        const count = byRisk[risk] ?? 0;
        const label = `${countOf(count, "alarm")} of risk ${risk}`;
        return { risk, riskClass: riskClassOf(risk, medium), count, heat: heatOf(count), label };
      });
      const highest = cells.findLast(({ count }) => count > 0)?.risk ?? 0;
      const total = byRisk.reduce((all, count) => all + count, 0);
      return { network, value, q, cells, total, highest };
    })
    .sort(
      (a, b) => b.highest - a.highest || (b.cells[b.highest - 1]?.count ?? 0) - (a.cells[a.highest - 1]?.count ?? 0),
    );
}

/** How strong a cell is tinted: by thresholds, so that one loud network doesn't make all others look quiet. */
function heatOf(count: number): 0 | 1 | 2 | 3 | 4 {
  if (count === 0) return 0;
  if (count < 3) return 1;
  if (count < 10) return 2;
  return count < 100 ? 3 : 4;
}

/** Events a second, from counts of a step. */
export function perSecond({ counts, stepSeconds }: Overview["events"]): number[] {
  return counts.map((count) => count / Math.max(1, stepSeconds));
}
