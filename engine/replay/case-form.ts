import type { AlarmRecord, AlarmRule } from "../contract/alarm.ts";
import type { Directive, Rule } from "../contract/directive.ts";
import type { ExpectedRecord } from "../contract/test-case.ts";

/**
 * A record as a test case expects it: lists in an order of their own, times as whole seconds after `baseSeconds`, and of each
 * rule only what the directive's own rule doesn't say.
 */
export function caseRecord(record: AlarmRecord, directive: Directive, baseSeconds: number): ExpectedRecord {
  return {
    status: record.status,
    tag: record.tag,
    risk: record.risk,
    class: record.risk_class,
    rules: record.rules.map((rule, index) => caseRule(rule, directive.rules[index], baseSeconds)),
    src: record.src_ips.toSorted(),
    dst: record.dst_ips.toSorted(),
    nets: record.networks.toSorted(),
    ...(record.custom_data !== undefined && {
      custom: record.custom_data.map(({ label, content }): [string, string] => [label, content]).sort(byText),
    }),
  };
}

/** An empty field and one left out are the same. */
function caseRule(rule: AlarmRule, own: Rule | undefined, baseSeconds: number): Record<string, unknown> {
  const normal: Record<string, unknown> = {};
  const ofRecord = new Map<string, unknown>(Object.entries(rule));
  const ofDirective = new Map<string, unknown>(Object.entries(own ?? {}));
  for (const key of new Set([...ofRecord.keys(), ...ofDirective.keys()])) {
    const value = ofRecord.get(key);
    if (key === "start_time" || key === "end_time") normal[key.slice(0, -"_time".length)] = Number(value) - baseSeconds;
    else if (JSON.stringify(full(value)) !== JSON.stringify(full(ofDirective.get(key)))) normal[key] = value ?? "";
  }
  return normal;
}

function full(value: unknown): unknown {
  return value === "" || (Array.isArray(value) && value.length === 0) ? undefined : value;
}

/** An order for values that have none. */
export function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
