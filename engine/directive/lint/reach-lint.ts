import type { Directive, Rule, StickyField } from "../../contract/directive.ts";
import { parseAddressCondition, parseCustomCondition, parsePortCondition } from "../conditions.ts";
import type { Finding } from "./finding.ts";

/** Where a rule says what the field of `sticky_different` must be. */
const CONDITION_OF: Partial<Record<StickyField, keyof Rule>> = {
  SRC_IP: "from",
  DST_IP: "to",
  SRC_PORT: "port_from",
  DST_PORT: "port_to",
  CUSTOM_DATA1: "custom_data1",
  CUSTOM_DATA2: "custom_data2",
  CUSTOM_DATA3: "custom_data3",
};
/** A stage that needs more events a second than this isn't meant so. */
const MOST_PER_SECOND = 1_000;
/** What a timeout that is too short is set to, at the least. */
const SHORTEST_TIMEOUT = 60;

/** Stages that can't be finished: too few different values, too little time. */
export function reachLint({ rules }: Directive): Finding[] {
  return rules.flatMap((rule, place) => {
    if (rule.stage === 1) return [];
    return [...differentValues(rule, place), ...time(rule, place)];
  });
}

/** `sticky_different` counts each value once: with fewer values than occurrences the stage never ends. */
function differentValues(rule: Rule, place: number): Finding[] {
  const { sticky_different: sticky, occurrence, stage } = rule;
  if (sticky === "" || occurrence < 2) return [];
  const most = mostValues(rule, sticky);
  if (most === undefined || most.values >= occurrence) return [];
  return [
    {
      severity: "warning",
      rule: place,
      field: "sticky_different",
      text: `Stage ${stage} can never be finished: it counts each ${sticky} once, and ${most.why}.`,
      detail: `It wants ${occurrence} events and stops at ${most.values}.`,
      fix: { label: "Remove", path: ["rules", place, "sticky_different"] },
    },
  ];
}

function mostValues(rule: Rule, sticky: StickyField): { values: number; why: string } | undefined {
  if (sticky === "PLUGIN_SID") {
    if (rule.type === "TaxonomyRule") return undefined;
    const values = new Set(rule.plugin_sid).size;
    return { values, why: values === 1 ? "only one sid is listed" : `only ${values} sids are listed` };
  }
  const field = CONDITION_OF[sticky];
  const text = field === undefined ? "" : String(rule[field]);
  const values = allowedValues(sticky, text);
  if (values === undefined) return undefined;
  if (values === "bound") return { values: 1, why: `${field} is ${text}, the same every time` };
  return { values, why: values === 1 ? `${field} allows one value` : `${field} allows only ${values} values` };
}

/** How many values a condition lets through: `bound` for a reference, `undefined` when they can't be counted. */
function allowedValues(sticky: StickyField, text: string): number | "bound" | undefined {
  const condition = sticky.startsWith("CUSTOM")
    ? parseCustomCondition(text)
    : sticky.endsWith("PORT")
      ? parsePortCondition(text)
      : parseAddressCondition(text);
  if ("error" in condition) return undefined;
  if (condition.kind === "reference") return "bound";
  if (condition.kind === "equals-ignoring-case") return undefined;
  if (condition.kind !== "list" || condition.items.some(({ negated }) => negated)) return undefined;
  const single = condition.items.every((item) => !("cidr" in item) || isHost(item.cidr));
  return single ? condition.items.length : undefined;
}

function isHost({ family, prefix }: { family: 4 | 6; prefix: number }): boolean {
  return prefix === (family === 4 ? 32 : 128);
}

function time({ stage, occurrence, timeout }: Rule, place: number): Finding[] {
  // A stage may take its timeout and the rest of that second (engine.md §8).
  const seconds = timeout + 1;
  if (occurrence <= seconds * MOST_PER_SECOND && (timeout > 0 || occurrence < 2)) return [];
  const wanted = Math.max(SHORTEST_TIMEOUT, Math.ceil(occurrence / MOST_PER_SECOND) * 10);
  return [
    {
      severity: "warning",
      rule: place,
      field: "timeout",
      text: `The timeout is shorter than stage ${stage} needs: ${occurrence} events within ${timeout} s.`,
      detail: "The backlog expires before they can come.",
      fix: { label: `Set ${wanted}`, path: ["rules", place, "timeout"], value: wanted },
    },
  ];
}
