import { assertNever } from "../base/assert.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { CheckName } from "../contract/explain.ts";
import type { CompiledRule, ReferenceField } from "../directive/compile.ts";
import type { AddressCondition, CustomCondition, PortCondition, ProtocolCondition } from "../directive/conditions.ts";
import type { AddressFacts } from "../inventory/inventory.ts";
import { riskOf } from "./risk.ts";

/** An event with what the inventory knows of its two addresses: everything a rule is held against. */
export interface Subject {
  readonly event: NormalizedEvent;
  readonly source: AddressFacts;
  readonly destination: AddressFacts;
}

/** As much of a stage's first event as later stages may refer to. */
export type ReferredEvent = Readonly<Pick<NormalizedEvent, ReferenceField>>;

/** What a live backlog contributes to the checks; the correlator's `Backlog` is one. */
export interface BacklogView {
  /** `undefined` while the stage has had no event, and then a reference to it never matches. */
  firstEvent(stage: number): ReferredEvent | undefined;
  hasSticky(stage: number, value: string | number): boolean;
  /** The latest end of the stages before `stage`, in epoch seconds; minus infinity when none has ended. */
  latestEndBefore(stage: number): number;
  /** Distinct event ids of the stage, this event's included. */
  countWith(stage: number, eventId: string): number;
  readonly priority: number;
  /** Highest asset value among the backlog's addresses and the subject's. */
  highestValueWith(subject: Subject): number;
}

/**
 * One named predicate. Those that need only the event are run, in order and up to the first failure, by the
 * correlator (`matchesEvent`); an explanation runs them all, so that a verdict can't disagree with the engine
 * (operation.md §7). References are the exception: the correlator finds the backlogs that meet them by a key
 * (`engine/backlog/live-index.ts`), which a property test holds equal to the check of that name.
 */
export type Check =
  | { readonly name: CheckName; readonly needs: "event"; passes(rule: CompiledRule, subject: Subject): boolean }
  | {
      readonly name: CheckName;
      readonly needs: "backlog";
      passes(rule: CompiledRule, subject: Subject, backlog: BacklogView): boolean;
    };

/**
 * Every check, in the order in which people are told of them. `occurrence` and `risk` keep nothing from being consumed:
 * they say whether the event would end its stage, and whether the alarm would then be worth a record.
 */
export const CHECKS: readonly Check[] = [
  { name: "interest", needs: "event", passes: concerns },
  { name: "protocol", needs: "event", passes: (rule, { event }) => protocolPasses(rule.protocol, event.protocol) },
  { name: "from", needs: "event", passes: (rule, { source }) => addressPasses(rule.from, source) },
  { name: "to", needs: "event", passes: (rule, { destination }) => addressPasses(rule.to, destination) },
  { name: "ports", needs: "event", passes: portsPass },
  { name: "references", needs: "backlog", passes: referencesPass },
  { name: "custom data", needs: "event", passes: customDataPasses },
  { name: "sticky", needs: "backlog", passes: isNewStickyValue },
  { name: "order", needs: "backlog", passes: isInOrder },
  { name: "occurrence", needs: "backlog", passes: endsItsStage },
  { name: "risk", needs: "backlog", passes: givesRisk },
];

type EventCheck = Extract<Check, { needs: "event" }>;
const EVENT_CHECKS = CHECKS.filter((check): check is EventCheck => check.needs === "event");

/** Whether everything holds that the event alone decides; references, sticky values and order are the backlog's. */
export function matchesEvent(rule: CompiledRule, subject: Subject): boolean {
  for (const check of EVENT_CHECKS) {
    if (!check.passes(rule, subject)) return false;
  }
  return true;
}

export function concerns({ interest }: CompiledRule, { event }: Subject): boolean {
  if (interest.kind === "plugin") return interest.pluginId === event.plugin_id && interest.sids.has(event.plugin_sid);
  return (
    interest.category === event.category &&
    interest.products.has(event.product) &&
    (interest.subcategories === undefined || interest.subcategories.has(event.subcategory))
  );
}

function protocolPasses(condition: ProtocolCondition, protocol: string): boolean {
  return condition.kind !== "equals" || condition.text === protocol;
}

/**
 * A list is read from left to right: a matching `!x` decides against, a matching plain x for, a `!x` that doesn't
 * match leaves it at "for unless somebody says otherwise" (engine.md §7.3). An address of the other family matches
 * neither (MUST DIFFER: so `!2001:db8::5` accepts all of IPv4).
 */
export function addressPasses(condition: AddressCondition, facts: AddressFacts): boolean {
  switch (condition.kind) {
    case "any":
    case "reference":
      return true;
    case "home":
      return facts.inHomeNet;
    case "not-home":
      return !facts.inHomeNet;
    case "list": {
      let verdict = false;
      for (const item of condition.items) {
        if (item.cidr.contains(facts.address)) return !item.negated;
        if (item.negated) verdict = true;
      }
      return verdict;
    }
    default:
      return assertNever(condition, "address condition");
  }
}

function portsPass(rule: CompiledRule, { event }: Subject): boolean {
  return portPasses(rule.portFrom, event.src_port) && portPasses(rule.portTo, event.dst_port);
}

/** The list logic of addresses, on port numbers (engine.md §7.4). */
export function portPasses(condition: PortCondition, port: number): boolean {
  if (condition.kind !== "list") return true;
  let verdict = false;
  for (const item of condition.items) {
    if (item.port === port) return !item.negated;
    if (item.negated) verdict = true;
  }
  return verdict;
}

function customDataPasses(rule: CompiledRule, { event }: Subject): boolean {
  return (
    customPasses(rule.custom[0], event.custom_data1) &&
    customPasses(rule.custom[1], event.custom_data2) &&
    customPasses(rule.custom[2], event.custom_data3)
  );
}

/** Text with a comma is a list, compared case-sensitively; a single text is compared ignoring case (engine.md §7.6). */
export function customPasses(condition: CustomCondition, value: string): boolean {
  switch (condition.kind) {
    case "any":
    case "reference":
      return true;
    case "equals-ignoring-case":
      return (condition.text === value.toLowerCase()) !== condition.negated;
    case "list": {
      let verdict = false;
      for (const item of condition.items) {
        if (item.text === value) return !item.negated;
        if (item.negated) verdict = true;
      }
      return verdict;
    }
    default:
      return assertNever(condition, "custom data condition");
  }
}

function referencesPass(rule: CompiledRule, { event }: Subject, backlog: BacklogView): boolean {
  for (const { field, stage } of rule.references) {
    const first = backlog.firstEvent(stage);
    if (first === undefined || first[field] !== event[field]) return false;
  }
  return true;
}

/** The value of the event that `sticky_different` wants to be new; `undefined` when the rule has no such field. */
export function stickyValue(rule: CompiledRule, event: NormalizedEvent): string | number | undefined {
  switch (rule.sticky) {
    case "":
      return undefined;
    case "SRC_IP":
      return event.src_ip;
    case "DST_IP":
      return event.dst_ip;
    case "SRC_PORT":
      return event.src_port;
    case "DST_PORT":
      return event.dst_port;
    case "PLUGIN_SID":
      return event.plugin_sid;
    case "CUSTOM_DATA1":
      return event.custom_data1;
    case "CUSTOM_DATA2":
      return event.custom_data2;
    case "CUSTOM_DATA3":
      return event.custom_data3;
    default:
      return assertNever(rule.sticky, "sticky field");
  }
}

export function isNewStickyValue(rule: CompiledRule, { event }: Subject, backlog: BacklogView): boolean {
  const value = stickyValue(rule, event);
  return value === undefined || !backlog.hasSticky(rule.stage, value);
}

export function isInOrder(rule: CompiledRule, { event }: Subject, backlog: BacklogView): boolean {
  return event.seconds >= backlog.latestEndBefore(rule.stage);
}

function endsItsStage(rule: CompiledRule, { event }: Subject, backlog: BacklogView): boolean {
  return backlog.countWith(rule.stage, event.event_id) >= rule.rule.occurrence;
}

function givesRisk(rule: CompiledRule, subject: Subject, backlog: BacklogView): boolean {
  return riskOf(backlog.priority, rule.rule.reliability, backlog.highestValueWith(subject)) > 0;
}
