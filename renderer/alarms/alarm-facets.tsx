import { useMemo } from "react";
import type { AlarmCounts } from "../../engine/contract/console/alarms.ts";
import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { useSession } from "../state/session.ts";
import { type FacetGroup, FacetList, type FacetValue } from "../ui/facet-list.tsx";
import { RISK_WORDS, type RiskClass, riskClassOf } from "../ui/risk.ts";
import { RiskGlyph } from "../ui/risk-mark.tsx";

const TITLES = {
  status: "Status",
  tag: "Tag",
  directive: "Directive",
  network: "Network",
  kingdom: "Kingdom",
  category: "Category",
  node: "Node",
} as const;
const CLOSED_AT_FIRST: ReadonlySet<string> = new Set(["kingdom", "category", "node"]);
/** Values shown of each facet. */
const MOST_VALUES = 6;
const CLASSES: readonly RiskClass[] = ["high", "medium", "low", "none"];
/** As the engine names the classes; alarms without risk have no class. */
const classValue = (risk: RiskClass) => (risk === "none" ? "" : RISK_WORDS[risk]);

interface AlarmFacetsProps {
  counts: AlarmCounts | undefined;
  query: string;
  onQuery: (query: string) => void;
}

/** The list's facets. Counts of each ignore what the query says of its own field. */
export function AlarmFacets({ counts, query, onQuery }: AlarmFacetsProps) {
  const { riskMedium, statuses, tags } = useSession();
  const names = useDirectiveNames();
  const groups = useMemo(() => {
    const facets = new Map((counts?.facets ?? []).map((facet) => [facet.field, facet]));
    const risk: FacetGroup = {
      field: "class",
      title: "Risk",
      values: riskValues(facets.get("risk")?.values ?? [], riskMedium),
      more: 0,
    };
    const others = Object.entries(TITLES).map(([field, title]): FacetGroup => {
      const { values = [], more = 0 } = facets.get(field) ?? {};
      // What the server's configuration names is always there, in its order, also with no alarm of it.
      const configured = field === "status" ? statuses : field === "tag" ? tags : undefined;
      const listed = configured === undefined ? values.slice(0, MOST_VALUES) : inOrder(values, configured);
      return {
        ...{ field, title, more: more + Math.max(0, values.length - listed.length) },
        ...(field === "network" || field === "node" ? { mono: true } : {}),
        ...(CLOSED_AT_FIRST.has(field) ? { closed: true } : {}),
        values: field === "directive" ? listed.map((each) => ({ ...each, label: names.get(each.value) })) : listed,
      };
    });
    return [risk, ...others].filter((group) => group.field !== "node" || group.values.length > 1);
  }, [counts, riskMedium, statuses, tags, names]);
  return <FacetList groups={groups} query={query} onQuery={onQuery} />;
}

function riskValues(
  values: readonly { value: string; count: number }[],
  medium: readonly [number, number],
): FacetValue[] {
  const sums = new Map<RiskClass, number>();
  for (const { value, count } of values) {
    const risk = riskClassOf(Number(value), medium);
    sums.set(risk, (sums.get(risk) ?? 0) + count);
  }
  return CLASSES.filter((risk) => risk !== "none" || (sums.get(risk) ?? 0) > 0).map((risk) => ({
    value: classValue(risk),
    count: sums.get(risk) ?? 0,
    label: (
      <span className="risk-label">
        <RiskGlyph risk={risk} /> {RISK_WORDS[risk]}
      </span>
    ),
  }));
}

function inOrder(values: readonly FacetValue[], configured: readonly string[]): FacetValue[] {
  const counts = new Map(values.map(({ value, count }) => [value, count]));
  const others = values.filter(({ value }) => !configured.includes(value));
  return [...configured.map((value) => ({ value, count: counts.get(value) ?? 0 })), ...others];
}

/** Directives are counted by id and shown by name; without the names the ids stand. */
function useDirectiveNames(): ReadonlyMap<string, string> {
  const { data } = useLoaded("directives", (signal) => api.get("GET /directives", { signal }));
  return useMemo(() => new Map(data?.rows.map((row) => [String(row.id), row.name])), [data]);
}
