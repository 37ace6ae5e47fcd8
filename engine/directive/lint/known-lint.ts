import type { KnownAnswer } from "../../contract/console/coverage.ts";
import type { Directive, Rule, StickyField } from "../../contract/directive.ts";
import { compileRules, type ReferenceField, RULE_FIELD } from "../compile.ts";
import { parseCustomCondition, parseProtocolCondition } from "../conditions.ts";
import { ENOUGH_EVENTS, type Finding, figure, type KnownOfRule, knownOf, type LintFacts } from "./finding.ts";

const STICKY_EVENT_FIELD: Partial<Record<StickyField, ReferenceField>> = {
  SRC_PORT: "src_port",
  DST_PORT: "dst_port",
  CUSTOM_DATA1: "custom_data1",
  CUSTOM_DATA2: "custom_data2",
  CUSTOM_DATA3: "custom_data3",
};
const CUSTOM = ["custom_data1", "custom_data2", "custom_data3"] as const;

/** Protocols that a finding lists. */
const MOST_NAMED = 6;

/** What the events seen say against a rule: fields that are never filled, sids and protocols that never came. */
export function knownLint(directive: Directive, facts: LintFacts): Finding[] {
  const { rules } = directive;
  return rules.flatMap((rule, place) => {
    const known = knownOf(rule, facts);
    const protocol = unseenProtocol(rule, place, facts);
    if (known === undefined) return protocol;
    return [
      ...protocol,
      ...unseenSids(rule, place, facts, known),
      ...emptyReferences(rules, rule, place, known, facts),
      ...emptyConditions(rule, place, known),
      ...emptySticky(rule, place, known),
    ];
  });
}

/** The protocol is compared with upper and lower case (engine.md §7.1), and is no name of a service such as `ssh`. */
function unseenProtocol(rule: Rule, place: number, { known }: LintFacts): Finding[] {
  const condition = parseProtocolCondition(rule.protocol);
  if (known === undefined || "error" in condition || condition.kind !== "equals") return [];
  if (known.protocols.includes(condition.text)) return [];
  const other = known.protocols.find((seen) => seen.toLowerCase() === condition.text.toLowerCase());
  if (other === undefined) return neverSeen(rule, place, condition.text, known);
  return [
    {
      severity: "warning",
      rule: place,
      field: "protocol",
      text: `Stage ${rule.stage} wants the protocol ${condition.text}, and events carry ${other}: case counts.`,
      fix: { label: `Use ${other}`, path: ["rules", place, "protocol"], value: other },
    },
  ];
}

function neverSeen(rule: Rule, place: number, wanted: string, { protocols, events }: KnownAnswer): Finding[] {
  if (events < ENOUGH_EVENTS || protocols.length === 0) return [];
  return [
    {
      severity: "note",
      rule: place,
      field: "protocol",
      text: `Stage ${rule.stage} wants the protocol ${JSON.stringify(wanted.slice(0, 60))}, and no event carried it yet.`,
      detail: `Those that came: ${protocols.slice(0, MOST_NAMED).join(", ")}${protocols.length > MOST_NAMED ? ", …" : ""}.`,
    },
  ];
}

function unseenSids(rule: Rule, place: number, { known }: LintFacts, { name, events }: KnownOfRule): Finding[] {
  if (rule.type !== "PluginRule") return [];
  const sids = known?.plugins.find(({ id }) => id === rule.plugin_id)?.sids ?? [];
  // Of a plugin with very many sids not all are told.
  if (sids.reduce((sum, told) => sum + told.events, 0) < events) return [];
  const seen = new Set(sids.map(({ sid }) => sid));
  if (rule.plugin_sid.some((sid) => seen.has(sid))) return [];
  const which = rule.plugin_sid.length === 1 ? `sid ${rule.plugin_sid[0]}` : "any of its sids";
  return [
    {
      severity: "note",
      rule: place,
      field: "plugin_sid",
      text: `No event of ${name} with ${which} was seen yet.`,
      detail: `${figure(events)} events of the plugin were looked at.`,
    },
  ];
}

/** A reference to what is always empty compares nothing with nothing, or something with nothing. */
function emptyReferences(
  rules: readonly Rule[],
  rule: Rule,
  place: number,
  known: KnownOfRule,
  facts: LintFacts,
): Finding[] {
  const references = compileRules([rule])[0]?.references ?? [];
  return references.flatMap(({ field, stage }) => {
    const referred = rules.find((each) => each.stage === stage);
    const there = referred && knownOf(referred, facts);
    const emptyHere = (known.filled[field] ?? 0) === 0;
    const emptyThere = there !== undefined && (there.filled[field] ?? 0) === 0;
    if (!emptyHere && !emptyThere) return [];
    const ruleField = RULE_FIELD[field];
    const side = emptyHere ? known : there;
    const finding: Finding = {
      severity: "warning",
      rule: place,
      field: ruleField,
      text: `${field} is never filled by ${side?.name}: 0 of ${figure(side?.events ?? 0)} events carried it.`,
      detail:
        emptyHere && (emptyThere || there === undefined)
          ? `So :${stage} compares nothing with nothing, and holds for every event.`
          : `So stage ${rule.stage} can never match what :${stage} is bound to.`,
    };
    const removed = ruleField.startsWith("custom") ? undefined : "ANY";
    const path = ["rules", place, ruleField];
    return [
      {
        ...finding,
        fix: removed === undefined ? { label: "Remove", path } : { label: "Use ANY", path, value: removed },
      },
    ];
  });
}

function emptyConditions(rule: Rule, place: number, { name, events, filled }: KnownOfRule): Finding[] {
  return CUSTOM.flatMap((field): Finding[] => {
    const condition = parseCustomCondition(rule[field]);
    if ("error" in condition || condition.kind === "any" || condition.kind === "reference") return [];
    if ((filled[field] ?? 0) > 0) return [];
    return [
      {
        severity: "warning",
        rule: place,
        field,
        text: `${field} is never filled by ${name}: 0 of ${figure(events)} events carried it.`,
        detail: `Stage ${rule.stage} compares nothing with ${JSON.stringify(rule[field].slice(0, 60))}.`,
        fix: { label: "Remove", path: ["rules", place, field] },
      },
    ];
  });
}

function emptySticky(rule: Rule, place: number, { name, events, filled }: KnownOfRule): Finding[] {
  const { sticky_different: sticky, occurrence, stage } = rule;
  const field = sticky === "" ? undefined : STICKY_EVENT_FIELD[sticky];
  if (field === undefined || occurrence < 2 || (filled[field] ?? 0) > 0) return [];
  return [
    {
      severity: "warning",
      rule: place,
      field: "sticky_different",
      text: `Stage ${stage} can never be finished: it counts each ${sticky} once, and ${name} never fills it.`,
      detail: `0 of ${figure(events)} events carried it.`,
      fix: { label: "Remove", path: ["rules", place, "sticky_different"] },
    },
  ];
}
