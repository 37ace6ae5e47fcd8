import type { Directive, Rule } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";

/** Rules, directives and events of which a test names only what it is about. */

/** 2023-11-14T22:13:20Z. */
const EPOCH = 1_700_000_000;

/** A rule of plugin 1 whose sid is the stage, which takes any event of it. */
export function rule(stage: number, change: Partial<Rule> = {}): Rule {
  return {
    name: `rule ${stage}`,
    type: "PluginRule",
    stage,
    plugin_id: 1,
    plugin_sid: [stage],
    product: [],
    category: "",
    subcategory: [],
    occurrence: 1,
    from: "ANY",
    to: "ANY",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "ANY",
    reliability: 5,
    timeout: 600,
    sticky_different: "",
    custom_data1: "",
    custom_data2: "",
    custom_data3: "",
    ...change,
  };
}

export function taxonomyRule(stage: number, change: Partial<Rule> = {}): Rule {
  const taxonomy = { type: "TaxonomyRule", plugin_id: 0, plugin_sid: [], product: ["p"], category: "c" } as const;
  return rule(stage, { ...taxonomy, ...change });
}

export function directive(rules: readonly Rule[], change: Partial<Directive> = {}): Directive {
  return {
    id: 1,
    name: "d",
    kingdom: "k",
    category: "c",
    priority: 5,
    all_rules_always_active: false,
    rules,
    ...change,
  };
}

/** An event of plugin 1 from 10.0.0.2 to 10.0.0.3; `sid` and `id` are all that most tests tell apart. */
export function event(sid: number, id: string, change: Partial<NormalizedEvent> = {}): NormalizedEvent {
  const seconds = change.seconds ?? EPOCH;
  return {
    event_id: id,
    timestamp: new Date(seconds * 1000).toISOString(),
    sensor: "s",
    title: "t",
    src_ip: "10.0.0.2",
    dst_ip: "10.0.0.3",
    plugin_id: 1,
    plugin_sid: sid,
    product: "",
    category: "",
    subcategory: "",
    protocol: "TCP",
    src_port: 1000,
    dst_port: 80,
    custom_label1: "",
    custom_data1: "",
    custom_label2: "",
    custom_data2: "",
    custom_label3: "",
    custom_data3: "",
    src_index_pattern: "",
    conn_id: 0,
    rcvd_time: 0,
    carrier: undefined,
    seconds,
    ...change,
  };
}
