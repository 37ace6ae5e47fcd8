import { assertNever } from "../base/assert.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { CheckName, RiskFactors } from "../contract/explain.ts";
import { type CompiledRule, type Interest, type Reference, RULE_FIELD } from "../directive/compile.ts";
import type { AddressCondition } from "../directive/conditions.ts";
import type { AddressFacts } from "../inventory/inventory.ts";
import { type Subject, stickyValue } from "../match/checks.ts";
import { riskOf } from "../match/risk.ts";
import { cut, listed, timeText, valueText } from "./texts.ts";
import { countedAt, type View } from "./viewed.ts";

/** What a check wants and what there is, in the words of a directive's author. */
export interface Words {
  expected: string;
  actual: string;
}

export function wordsOf(check: CheckName, rule: CompiledRule, subject: Subject, view: View): Words {
  const { event, source, destination } = subject;
  switch (check) {
    case "interest":
      return { expected: interestText(rule.interest), actual: kindText(rule.interest, event) };
    case "protocol":
      return {
        expected: conditionText(rule.rule.protocol),
        actual: event.protocol === "" ? "none" : cut(event.protocol),
      };
    case "from":
      return { expected: conditionText(rule.rule.from), actual: addressWords(rule.from, source) };
    case "to":
      return { expected: conditionText(rule.rule.to), actual: addressWords(rule.to, destination) };
    case "ports":
      return {
        expected: `${conditionText(rule.rule.port_from)} → ${conditionText(rule.rule.port_to)}`,
        actual: `${event.src_port} → ${event.dst_port}`,
      };
    case "references":
      return referenceWords(rule, event, view);
    case "custom data":
      return customWords(rule, event);
    case "sticky":
      return stickyWords(rule, event, view);
    case "order": {
      const end = view.latestEndBefore(rule.stage);
      const expected = end === Number.NEGATIVE_INFINITY ? "any time" : `not before ${timeText(end, event.seconds)}`;
      return { expected, actual: timeText(event.seconds) };
    }
    case "occurrence": {
      const { occurrence } = rule.rule;
      return { expected: String(occurrence), actual: `${view.countWith(rule.stage, event.event_id)} of ${occurrence}` };
    }
    case "risk":
      return { expected: "above 0", actual: arithmetic(factorsOf(rule, subject, view)) };
    default:
      return assertNever(check, "check");
  }
}

/** What becomes of occurrence and risk where the event isn't counted. */
export function notReached(check: "occurrence" | "risk", rule: CompiledRule, view: View): Words {
  const { occurrence, reliability } = rule.rule;
  if (check === "risk") return { expected: "above 0", actual: `not reached; reliability ${reliability}` };
  return { expected: String(occurrence), actual: `not reached, stays ${countedAt(view, rule.stage)}` };
}

/** If the rule's stage finished with the event. */
export function factorsOf(rule: CompiledRule, subject: Subject, view: View): RiskFactors {
  const { priority } = view;
  const { reliability } = rule.rule;
  const assetValue = view.highestValueWith(subject);
  return { priority, reliability, assetValue, risk: riskOf(priority, reliability, assetValue) };
}

/** `3 × 7 × 5 ÷ 25 = 4` */
export function arithmetic({ priority, reliability, assetValue, risk }: RiskFactors): string {
  return `${priority} × ${reliability} × ${assetValue} ÷ 25 = ${risk}`;
}

function conditionText(text: string): string {
  if (text === "" || text === "ANY") return "any";
  // A reference lets everything pass here, and is a check of its own.
  return /^:\d+$/.test(text) ? `any, then ${text}` : cut(text);
}

function interestText(interest: Interest): string {
  if (interest.kind === "plugin") {
    return `plugin ${interest.pluginId}, sid ${listed(interest.sids, interest.sids.size)}`;
  }
  const { category, products, subcategories } = interest;
  const kind = subcategories === undefined ? "" : `, subcategory ${listed(subcategories, subcategories.size)}`;
  return `category ${cut(category)}, product ${listed(products, products.size)}${kind}`;
}

function kindText({ kind }: Interest, event: NormalizedEvent): string {
  if (kind === "plugin") return event.plugin_id === 0 ? "no plugin" : `${event.plugin_id} / ${event.plugin_sid}`;
  if (event.category === "" && event.product === "") return "no category";
  return [event.category, event.product, event.subcategory].map((text) => (text === "" ? "–" : cut(text))).join(" / ");
}

/** With the network it is in, where that is what is asked for. */
function addressWords({ kind }: AddressCondition, facts: AddressFacts): string {
  if (kind !== "home" && kind !== "not-home") return facts.text;
  return `${facts.text} (${homeText(facts)})`;
}

/** `in 10.20.0.0/16`, `in no home network` */
export function homeText({ inHomeNet, networks, hostName, text }: AddressFacts): string {
  if (!inHomeNet) return "in no home network";
  const [network] = networks;
  return network === undefined ? `asset ${cut(hostName ?? text)}` : `in ${network}`;
}

function referenceWords({ references }: CompiledRule, event: NormalizedEvent, view: View): Words {
  if (references.length === 0) return { expected: "none", actual: "–" };
  const wanted = references.map((reference) => `${RULE_FIELD[reference.field]} = ${boundText(reference, view)}`);
  const others = references.filter(({ field, stage }) => view.firstEvent(stage)?.[field] !== event[field]);
  const actual = others.map(({ field }) => `${RULE_FIELD[field]} = ${valueText(event[field])}`);
  return { expected: wanted.join(", "), actual: others.length === 0 ? "same" : actual.join(", ") };
}

function boundText({ field, stage }: Reference, view: View): string {
  const first = view.firstEvent(stage);
  return first === undefined ? `:${stage}, which has had no event` : `${valueText(first[field])} (:${stage})`;
}

const CUSTOM_FIELDS = ["custom_data1", "custom_data2", "custom_data3"] as const;

function customWords({ rule, custom }: CompiledRule, event: NormalizedEvent): Words {
  const asked = CUSTOM_FIELDS.filter((_, i) => custom[i]?.kind !== "any");
  const given = CUSTOM_FIELDS.filter((field) => event[field] !== "");
  const shown = asked.length === 0 ? given : asked;
  const actual = shown.map((field) =>
    asked.length === 0 ? cut(event[field]) : `${field} = ${valueText(event[field])}`,
  );
  return {
    expected: asked.length === 0 ? "any" : asked.map((field) => `${field} = ${conditionText(rule[field])}`).join(", "),
    actual: actual.length === 0 ? "none" : actual.join(", "),
  };
}

function stickyWords(rule: CompiledRule, event: NormalizedEvent, view: View): Words {
  const value = stickyValue(rule, event);
  if (value === undefined) return { expected: "any", actual: "–" };
  const seen = view.hasSticky(rule.stage, value) ? "seen" : "new";
  return { expected: `${rule.sticky} not seen in this stage`, actual: `${valueText(value)}, ${seen}` };
}
