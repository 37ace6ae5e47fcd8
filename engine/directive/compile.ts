import type { Rule, StickyField } from "../contract/directive.ts";
import {
  type AddressCondition,
  type CustomCondition,
  type PortCondition,
  type ProtocolCondition,
  parseAddressCondition,
  parseCustomCondition,
  parsePortCondition,
  parseProtocolCondition,
} from "./conditions.ts";

/** The event fields that a `:n` reference may bind, in the order in which they enter a reference key. */
export type ReferenceField =
  | "src_ip"
  | "dst_ip"
  | "src_port"
  | "dst_port"
  | "protocol"
  | "custom_data1"
  | "custom_data2"
  | "custom_data3";

/** The field of a rule that constrains an event's field. */
export const RULE_FIELD = {
  src_ip: "from",
  dst_ip: "to",
  src_port: "port_from",
  dst_port: "port_to",
  protocol: "protocol",
  custom_data1: "custom_data1",
  custom_data2: "custom_data2",
  custom_data3: "custom_data3",
} as const satisfies Record<ReferenceField, keyof Rule>;

/** "This event's `field` must equal that of the first event of `stage`" (engine.md §7.5). */
export interface Reference {
  readonly field: ReferenceField;
  readonly stage: number;
}

/** What an event must name to concern a rule at all (engine.md §7.2). */
export type Interest =
  | { readonly kind: "plugin"; readonly pluginId: number; readonly sids: ReadonlySet<number> }
  | {
      readonly kind: "taxonomy";
      readonly category: string;
      readonly products: ReadonlySet<string>;
      /** `undefined` when any subcategory will do. */
      readonly subcategories: ReadonlySet<string> | undefined;
    };

/** A rule with everything decided that can be decided before an event comes (architecture.md §3). */
export interface CompiledRule {
  readonly rule: Rule;
  readonly stage: number;
  /** Where the rule stands in its directive's list. */
  readonly position: number;
  readonly interest: Interest;
  readonly protocol: ProtocolCondition;
  readonly from: AddressCondition;
  readonly to: AddressCondition;
  readonly portFrom: PortCondition;
  readonly portTo: PortCondition;
  readonly custom: readonly [CustomCondition, CustomCondition, CustomCondition];
  readonly references: readonly Reference[];
  readonly sticky: StickyField | "";
}

/** The rules of a directive, or of a loaded backlog that brought its own, by stage: `rules[0]` is stage 1. */
export type CompiledRules = readonly CompiledRule[];

/**
 * Compiles validated rules, in whatever order they stand, into stage order. Throws `Error` on rules that the
 * validation of this room would have refused: the caller is to validate first.
 */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  return rules.map(compileRule).sort((a, b) => a.stage - b.stage);
}

function compileRule(rule: Rule, position: number): CompiledRule {
  const protocol = valid(parseProtocolCondition(rule.protocol));
  const from = valid(parseAddressCondition(rule.from));
  const to = valid(parseAddressCondition(rule.to));
  const portFrom = valid(parsePortCondition(rule.port_from));
  const portTo = valid(parsePortCondition(rule.port_to));
  const custom = [
    valid(parseCustomCondition(rule.custom_data1)),
    valid(parseCustomCondition(rule.custom_data2)),
    valid(parseCustomCondition(rule.custom_data3)),
  ] as const;
  const references: Reference[] = [];
  const note = (condition: { kind: string; stage?: number }, field: ReferenceField): void => {
    if (condition.kind === "reference" && condition.stage !== undefined) {
      references.push({ field, stage: condition.stage });
    }
  };
  note(from, "src_ip");
  note(to, "dst_ip");
  note(portFrom, "src_port");
  note(portTo, "dst_port");
  note(protocol, "protocol");
  note(custom[0], "custom_data1");
  note(custom[1], "custom_data2");
  note(custom[2], "custom_data3");
  return {
    rule,
    stage: rule.stage,
    position,
    interest: interestOf(rule),
    protocol,
    from,
    to,
    portFrom,
    portTo,
    custom,
    references,
    sticky: rule.sticky_different,
  };
}

function interestOf(rule: Rule): Interest {
  if (rule.type === "PluginRule") return { kind: "plugin", pluginId: rule.plugin_id, sids: new Set(rule.plugin_sid) };
  const subcategories = rule.subcategory.map((text) => text.trim());
  return {
    kind: "taxonomy",
    category: rule.category,
    products: new Set(rule.product.map((text) => text.trim())),
    subcategories: subcategories.length === 0 || subcategories.includes("ANY") ? undefined : new Set(subcategories),
  };
}

function valid<T extends object>(condition: T | { error: string }): T {
  if ("error" in condition)
    throw new Error(`broken invariant: a rule was compiled before it was validated: ${condition.error}`);
  return condition;
}
