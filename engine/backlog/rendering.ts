import type { AlarmRule } from "../contract/alarm.ts";
import { type CompiledRule, RULE_FIELD } from "../directive/compile.ts";
import type { Backlog, StageState } from "./backlog.ts";

/** A rule with the state of its stage, as alarm records and saved backlogs print it (compat.md §2). */
export function renderRule({ rule }: CompiledRule, state: StageState): AlarmRule {
  return {
    name: rule.name,
    stage: rule.stage,
    occurrence: rule.occurrence,
    from: rule.from,
    to: rule.to,
    plugin_id: rule.plugin_id,
    ...(rule.plugin_sid.length > 0 && { plugin_sid: [...rule.plugin_sid] }),
    ...(rule.product.length > 0 && { product: [...rule.product] }),
    ...(rule.category !== "" && { category: rule.category }),
    ...(rule.subcategory.length > 0 && { subcategory: [...rule.subcategory] }),
    type: rule.type,
    port_from: rule.port_from,
    port_to: rule.port_to,
    protocol: rule.protocol,
    reliability: rule.reliability,
    timeout: rule.timeout,
    ...(state.startTime > 0 && { start_time: state.startTime }),
    ...(state.endTime > 0 && { end_time: state.endTime }),
    ...(state.status !== "" && { status: state.status }),
    ...(rule.sticky_different !== "" && { sticky_different: rule.sticky_different }),
    ...(rule.custom_data1 !== "" && { custom_data1: rule.custom_data1 }),
    ...(rule.custom_data2 !== "" && { custom_data2: rule.custom_data2 }),
    ...(rule.custom_data3 !== "" && { custom_data3: rule.custom_data3 }),
  };
}

/** The same with every reference replaced by what it is bound to, where it is bound (engine.md §8). */
export function renderBoundRule(compiled: CompiledRule, backlog: Backlog): AlarmRule {
  const rendered = renderRule(compiled, backlog.state(compiled.stage));
  for (const { field, stage } of compiled.references) {
    const value = backlog.firstEvent(stage)?.[field];
    if (value === undefined) continue;
    const target = RULE_FIELD[field];
    if (value === "" && target.startsWith("custom_data")) delete rendered[target as "custom_data1"];
    else rendered[target] = String(value);
  }
  return rendered;
}

/** The backlog's rules in the order in which its directive lists them. */
export function inFileOrder(backlog: Backlog): CompiledRule[] {
  return [...backlog.rules].sort((a, b) => a.position - b.position);
}
