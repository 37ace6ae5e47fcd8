import type { ProblemFix } from "../base/problem.ts";
import type { DraftDirective, DraftRule } from "./shape.ts";

const OCCURRENCE = 5;
const TIMEOUT_SECONDS = 300;
/** What a second stage makes an alarm more reliable by. */
const MORE_RELIABLE = 2;

/**
 * What a directive of a single stage lacks: a second one that counts more of the same events between the addresses of
 * the first. `undefined` where the one rule isn't stage 1, so that something else is missing.
 */
export function secondRule({ rules }: DraftDirective): ProblemFix | undefined {
  const [first] = rules;
  if (first === undefined || rules.length > 1 || first.stage !== 1) return undefined;
  const value = {
    name: `${first.name}, more of it`,
    ...sameEvents(first),
    ...{ stage: 2, occurrence: OCCURRENCE, from: ":1", to: ":1", port_from: "ANY", port_to: "ANY", protocol: "ANY" },
    ...{ reliability: Math.min(10, first.reliability + MORE_RELIABLE), timeout: TIMEOUT_SECONDS },
  };
  return { label: "Add stage 2", path: ["rules", 1], value };
}

function sameEvents({ type, plugin_id, plugin_sid, product, category, subcategory }: DraftRule): object {
  if (type === "PluginRule") return { type, plugin_id, plugin_sid };
  return { type, product, category, ...(subcategory.length > 0 && { subcategory }) };
}
