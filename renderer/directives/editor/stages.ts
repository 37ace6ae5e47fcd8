import { REFERRING_FIELDS, RULE_FIELDS } from "./fields.ts";
import { nodeAt, parseJson, valueIn } from "./json-node.ts";
import { withItem, withSwapped, withValue } from "./text-edits.ts";

/*
 * Stages added, taken away and moved in the text of a directive. Their numbers follow, and so do the references of all
 * stages: what meant the first event of a stage means it afterwards.
 */

type Rule = Readonly<Record<string, unknown>>;

/** The rules as the text has them; what is no rule is an empty one, so that places stay. */
function rulesIn(text: string): Rule[] {
  const value = valueIn(nodeAt(parseJson(text), ["rules"]));
  return Array.isArray(value) ? value.map((item: unknown) => (isRule(item) ? item : {})) : [];
}

function isRule(item: unknown): item is Rule {
  return typeof item === "object" && item !== null && !Array.isArray(item);
}

const stageOf = ({ stage }: Rule): number => (typeof stage === "number" ? stage : 0);

/** The stage that a condition refers to; undefined for any other condition. */
export function referredStage(condition: unknown): number | undefined {
  const digits = typeof condition === "string" ? /^:([1-9]\d*)$/.exec(condition)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** Gives each stage a new number and lets the references follow; `undefined`: there is no such number. */
function renumbered(text: string, numberOf: (stage: number) => number | undefined): string {
  let result = text;
  for (const [place, rule] of rulesIn(text).entries()) {
    const stage = numberOf(stageOf(rule));
    if (stage !== undefined) result = withValue(result, ["rules", place, "stage"], stage);
    for (const field of REFERRING_FIELDS) {
      const referred = referredStage(rule[field]);
      const now = referred === undefined ? undefined : numberOf(referred);
      if (now !== undefined) result = withValue(result, ["rules", place, field], `:${now}`);
    }
  }
  return result;
}

/** The rule that a directive of too few stages lacks, as an item of its list. */
export function nextRule(rules: readonly unknown[]): Rule {
  const last = rules.at(-1);
  return newRule(isRule(last) ? last : undefined, rules.length + 1);
}

/** What a new stage says: bound to the addresses of stage 1, looking at the same events as the stage before it. */
function newRule(before: Rule | undefined, stage: number): Rule {
  const bound = stage === 1 ? "ANY" : ":1";
  const reliability = before === undefined || typeof before.reliability !== "number" ? 1 : before.reliability + 2;
  return {
    name: `Stage ${stage}`,
    ...lookingAt(before),
    ...{ occurrence: 1, from: bound, to: bound, port_from: "ANY", port_to: "ANY", protocol: "ANY" },
    ...{ reliability: Math.min(10, reliability), timeout: stage === 1 ? 0 : 300 },
    stage,
  };
}

/** Which events a rule looks at, taken from its neighbour. */
function lookingAt(before: Rule | undefined): Rule {
  if (before?.type !== "TaxonomyRule") {
    return { type: "PluginRule", stage: 0, plugin_id: before?.plugin_id ?? 1, plugin_sid: before?.plugin_sid ?? [1] };
  }
  const { product = [], category = "", subcategory } = before;
  return { type: "TaxonomyRule", stage: 0, product, category, ...(subcategory !== undefined && { subcategory }) };
}

/** The text with one more stage behind this one; 0 puts it first. */
export function withStageAfter(text: string, after: number): string {
  const rules = rulesIn(text);
  const place = rules.findIndex((rule) => stageOf(rule) === after);
  const index = after === 0 ? 0 : place === -1 ? rules.length : place + 1;
  const shifted = renumbered(text, (stage) => (stage > after ? stage + 1 : undefined));
  const before = after === 0 ? undefined : rules[index - 1];
  return withItem(shifted, ["rules"], index, newRule(before, after + 1));
}

/** The text without a stage. Whoever referred to it says what it said instead. */
export function withoutStage(text: string, gone: number): string {
  const rules = rulesIn(text);
  const place = rules.findIndex((rule) => stageOf(rule) === gone);
  const rule = rules[place];
  if (rule === undefined) return text;
  let result = text;
  for (const [other, fields] of rules.entries()) {
    for (const field of REFERRING_FIELDS) {
      if (other === place || referredStage(fields[field]) !== gone) continue;
      result = withValue(result, ["rules", other, field], rule[field] ?? "ANY");
    }
  }
  result = withValue(result, ["rules", place], undefined);
  return renumbered(result, (stage) => (stage > gone ? stage - 1 : undefined));
}

/**
 * The text with a stage and the one behind it in each other's place. Where the later referred to the earlier, the earlier
 * now refers to it: the two stay bound to one another.
 */
export function withStagesSwapped(text: string, earlier: number): string {
  const later = earlier + 1;
  const rules = rulesIn(text);
  const [a, b] = [earlier, later].map((stage) => rules.findIndex((rule) => stageOf(rule) === stage));
  const [first, second] = [rules[a ?? -1], rules[b ?? -1]];
  if (a === undefined || b === undefined || first === undefined || second === undefined) return text;
  let result = text;
  for (const field of REFERRING_FIELDS) {
    if (referredStage(second[field]) !== earlier) continue;
    // The numbers are exchanged below, so that `:later` becomes `:earlier`.
    result = withValue(result, ["rules", b, field], first[field] ?? "ANY");
    result = withValue(result, ["rules", a, field], `:${later}`, RULE_FIELDS);
  }
  result = renumbered(result, (stage) => (stage === earlier ? later : stage === later ? earlier : undefined));
  return withSwapped(result, ["rules"], a, b);
}
