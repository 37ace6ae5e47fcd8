import type { StickyField } from "../../engine/contract/directive.ts";

/*
 * A directive as its file says it, read for the diagram. It may come from a file with problems, so nothing is taken for
 * granted: what isn't there or isn't of its kind is left out.
 */

export interface RuleView {
  stage: number;
  name: string;
  /** What it takes: `plugin 1001, sids 1 and 4`, `Firewall, category Access`. */
  takes: string;
  from: string;
  to: string;
  protocol: string;
  occurrence: number;
  timeoutSeconds: number;
  reliability: number;
  /** What must differ between its events. */
  different: string | undefined;
  /** What it takes over from earlier stages: `same source, target`. */
  bound: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === "string" ? value : "";
};
const numberOf = (fields: Fields, name: string): number => {
  const value = fields[name];
  return typeof value === "number" ? value : 0;
};
const listOf = (fields: Fields, name: string): string[] => {
  const value = fields[name];
  return Array.isArray(value) ? value.map(String) : [];
};

/** The rules of a directive in the order of their stages. */
export function rulesOf(directive: unknown): RuleView[] {
  if (!isFields(directive) || !Array.isArray(directive.rules)) return [];
  const rules: unknown[] = directive.rules;
  return rules
    .filter(isFields)
    .map(ruleOf)
    .sort((a, b) => a.stage - b.stage);
}

export function priorityOf(directive: unknown): number {
  return isFields(directive) ? numberOf(directive, "priority") : 0;
}

function ruleOf(rule: Fields): RuleView {
  const different = textOf(rule, "sticky_different").trim();
  return {
    stage: numberOf(rule, "stage"),
    name: textOf(rule, "name"),
    takes: textOf(rule, "type") === "TaxonomyRule" ? taxonomyText(rule) : pluginText(rule),
    from: withPort(textOf(rule, "from"), textOf(rule, "port_from")),
    to: withPort(textOf(rule, "to"), textOf(rule, "port_to")),
    protocol: textOf(rule, "protocol"),
    occurrence: numberOf(rule, "occurrence"),
    timeoutSeconds: numberOf(rule, "timeout"),
    reliability: numberOf(rule, "reliability"),
    different: different === "" ? undefined : (STICKY_MEANINGS[different] ?? different),
    bound: boundText(rule),
  };
}

/** What `sticky_different` asks of each further event. */
export const STICKY_MEANINGS: Readonly<Record<StickyField, string> & Record<string, string>> = {
  SRC_IP: "another source each time",
  DST_IP: "another target each time",
  SRC_PORT: "another source port each time",
  DST_PORT: "another target port each time",
  PLUGIN_SID: "another event type each time",
  CUSTOM_DATA1: "another custom data 1 each time",
  CUSTOM_DATA2: "another custom data 2 each time",
  CUSTOM_DATA3: "another custom data 3 each time",
};
const BOUND = [
  ["from", "source"],
  ["to", "target"],
  ["port_from", "source port"],
  ["port_to", "target port"],
  ["protocol", "protocol"],
  ["custom_data1", "custom data 1"],
  ["custom_data2", "custom data 2"],
  ["custom_data3", "custom data 3"],
] as const;

function boundText(rule: Fields): string | undefined {
  const same = BOUND.filter(([field]) => /^:\d+$/.test(textOf(rule, field).trim())).map(([, word]) => word);
  return same.length === 0 ? undefined : `same ${same.join(", ")}`;
}

function pluginText(rule: Fields): string {
  const sids = listOf(rule, "plugin_sid");
  const shown = sids.length > 6 ? `${sids.slice(0, 6).join(", ")} and ${sids.length - 6} more` : sids.join(", ");
  return `plugin ${numberOf(rule, "plugin_id")}, ${sids.length === 1 ? "sid" : "sids"} ${shown}`;
}

function taxonomyText(rule: Fields): string {
  const parts = [listOf(rule, "product").join(" or "), `category ${textOf(rule, "category")}`];
  const sub = listOf(rule, "subcategory").filter((each) => each !== "ANY");
  if (sub.length > 0) parts.push(sub.join(" or "));
  return parts.filter((part) => part !== "").join(", ");
}

function withPort(address: string, port: string): string {
  return port === "" || port === "ANY" ? address : `${address} port ${port}`;
}

/** Risk = priority × reliability × asset value ÷ 25, rounded down (engine.md §8). */
export function riskOf(priority: number, reliability: number, assetValue: number): number {
  return Math.floor((priority * reliability * assetValue) / 25);
}
