import { assertNever } from "../base/assert.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { CheckName } from "../contract/explain.ts";
import { type CompiledRule, type Interest, type ReferenceField, RULE_FIELD } from "../directive/compile.ts";
import type { AddressCondition } from "../directive/conditions.ts";
import type { AddressFacts } from "../inventory/inventory.ts";
import { customPasses, portPasses, type Subject } from "../match/checks.ts";
import { homeText } from "./expectations.ts";
import { stickyReason } from "./sticky.ts";
import { cut, listed, quote, timeText, valueText } from "./texts.ts";
import type { View } from "./viewed.ts";

/** Why a rule's check fails, as a clause that begins with "stage 2" and goes behind "because". */
export function reasonOf(check: CheckName, rule: CompiledRule, subject: Subject, view: View): string {
  const { event, source, destination } = subject;
  const stage = `stage ${rule.stage}`;
  switch (check) {
    case "interest":
      return `${stage} looks for ${otherInterest(rule.interest, event)}`;
    case "protocol":
      return `${stage} wants ${protocolReason(rule.rule.protocol, event.protocol)}`;
    case "from":
      return `${stage} wants from = ${addressReason(rule.from, rule.rule.from, "source", source)}`;
    case "to":
      return `${stage} wants to = ${addressReason(rule.to, rule.rule.to, "target", destination)}`;
    case "ports":
      return `${stage} wants ${portReason(rule, event)}`;
    case "references":
      return referenceReason(rule, event, view);
    case "custom data":
      return `${stage} wants ${customReason(rule, event)}`;
    case "sticky":
      return stickyReason(rule, event, view);
    case "order":
      return orderReason(rule, event, view);
    case "occurrence":
    case "risk":
      throw new Error(`broken invariant: the check of ${check} keeps no event from being counted`);
    default:
      return assertNever(check, "check");
  }
}

/** What an interest looks for, and in what the event differs: as little as tells it. */
function otherInterest(interest: Interest, event: NormalizedEvent): string {
  if (interest.kind === "plugin") {
    const { pluginId, sids } = interest;
    if (event.plugin_id === 0) return `plugin ${pluginId}, and the event names no plugin`;
    if (event.plugin_id !== pluginId) return `plugin ${pluginId}, and the event is of plugin ${event.plugin_id}`;
    return `sid ${listed(sids, sids.size)} of plugin ${pluginId}, and the event has sid ${event.plugin_sid}`;
  }
  const { category, products, subcategories } = interest;
  if (event.category === "") return `category ${quote(category)}, and the event names no category`;
  if (event.category !== category) {
    return `category ${quote(category)}, and the event is of ${quote(event.category)}${caseHint(category, event.category)}`;
  }
  if (!products.has(event.product)) {
    const product = event.product === "" ? "names none" : `has ${quote(event.product)}`;
    return `product ${listed(products, products.size)}, and the event ${product}${caseHint(products, event.product)}`;
  }
  const wanted = subcategories ?? new Set();
  const actual = event.subcategory === "" ? "names none" : `has ${quote(event.subcategory)}`;
  return `subcategory ${listed(wanted, wanted.size)}, and the event ${actual}${caseHint(wanted, event.subcategory)}`;
}

/** Said where nothing but the case of letters differs. */
function caseHint(wanted: string | Iterable<string>, actual: string): string {
  const lower = actual.toLowerCase();
  const texts = typeof wanted === "string" ? [wanted] : [...wanted];
  const differsInCase = texts.some((text) => text !== actual && text.toLowerCase() === lower);
  return differsInCase ? ", which isn't the same in upper and lower case" : "";
}

function protocolReason(wanted: string, actual: string): string {
  const has = actual === "" ? "the event has none" : `the event has ${quote(actual)}`;
  return `protocol ${quote(wanted)}, and ${has}${caseHint(wanted, actual)}`;
}

function addressReason(
  condition: AddressCondition,
  text: string,
  role: "source" | "target",
  facts: AddressFacts,
): string {
  const wanted = `${cut(text)}, and the ${role} ${facts.text}`;
  switch (condition.kind) {
    case "home":
      return `${wanted} is ${homeText(facts)}${facts.whitelisted ? ": whitelisted networks don't count" : ""}`;
    case "not-home":
      return `${wanted} is ${facts.networks.length === 0 ? "a home " : ""}${homeText(facts)}`;
    case "list": {
      const excluding = condition.items.find(({ negated, cidr }) => negated && cidr.contains(facts.address));
      if (excluding !== undefined) return `${wanted} is excluded by !${excluding.cidr.text}`;
      return `${wanted} ${condition.items.length === 1 ? "isn't that" : "is in none of these"}`;
    }
    case "any":
    case "reference":
      return wanted;
    default:
      return assertNever(condition, "address condition");
  }
}

function portReason({ rule, portFrom, portTo }: CompiledRule, event: NormalizedEvent): string {
  const failing = [];
  if (!portPasses(portFrom, event.src_port))
    failing.push(`port_from = ${cut(rule.port_from)}, and the event has ${event.src_port}`);
  if (!portPasses(portTo, event.dst_port))
    failing.push(`port_to = ${cut(rule.port_to)}, and the event has ${event.dst_port}`);
  return failing.join("; ");
}

/** The fields that are often taken for each other. */
const COUNTERPART = {
  src_ip: "dst_ip",
  dst_ip: "src_ip",
  src_port: "dst_port",
  dst_port: "src_port",
} as const;

function hasCounterpart(field: ReferenceField): field is keyof typeof COUNTERPART {
  return field in COUNTERPART;
}

function referenceReason({ stage, references }: CompiledRule, event: NormalizedEvent, view: View): string {
  for (const reference of references) {
    const { field } = reference;
    const first = view.firstEvent(reference.stage);
    const wants = `stage ${stage} wants ${RULE_FIELD[field]} = :${reference.stage}`;
    if (first === undefined) return `${wants}, and stage ${reference.stage} has had no event that it could refer to`;
    if (first[field] === event[field]) continue;
    const bound = `${wants}, which is the ${field} of stage ${reference.stage}'s first event, ${valueText(first[field])}`;
    return `${bound}, and the event's is ${valueText(event[field])}${counterpartHint(field, first, event)}`;
  }
  throw new Error("broken invariant: a check of references failed and all of them are met");
}

/** A reference always means the field of the same name; said where it looks as if another was meant. */
function counterpartHint(
  field: ReferenceField,
  first: Readonly<Pick<NormalizedEvent, ReferenceField>>,
  event: NormalizedEvent,
): string {
  if (!hasCounterpart(field)) return "";
  const other = COUNTERPART[field];
  const isAddress = other === "src_ip" || other === "dst_ip";
  // Port 0 stands for none: that two of them are the same says nothing.
  if (first[other] === event[field] && (isAddress || event[field] !== 0)) return `, which was that event's ${other}`;
  if (event[other] === first[field] && (isAddress || event[other] !== 0))
    return `; it's the event's ${other} that is the same`;
  return "";
}

const CUSTOM_FIELDS = ["custom_data1", "custom_data2", "custom_data3"] as const;

function customReason({ rule, custom }: CompiledRule, event: NormalizedEvent): string {
  const failing = CUSTOM_FIELDS.flatMap((field, i) => {
    const condition = custom[i];
    if (condition === undefined || customPasses(condition, event[field])) return [];
    const has = event[field] === "" ? "has none" : `has ${quote(event[field])}`;
    const items = condition.kind === "list" ? condition.items.filter((item) => !item.negated) : [];
    const hint = caseHint(
      items.map((item) => item.text),
      event[field],
    );
    return [`${field} = ${cut(rule[field])}, and the event ${has}${hint}`];
  });
  return failing.join("; ");
}

function orderReason({ stage }: CompiledRule, event: NormalizedEvent, view: View): string {
  const end = view.latestEndBefore(stage);
  const ended = endedLast(stage, view, end);
  return `the event is of ${timeText(event.seconds)} UTC, before stage ${ended} ended at ${timeText(end, event.seconds)} UTC: it is taken and doesn't count`;
}

/** The stage before `stage` with the latest end. */
function endedLast(stage: number, view: View, end: number): number {
  for (let earlier = 1; earlier < stage; earlier++) {
    if (view.latestEndBefore(earlier + 1) === end) return earlier;
  }
  return stage - 1;
}
