import type { Directive } from "../../contract/directive.ts";
import { type Finding, figure, type LintFacts } from "./finding.ts";

/** Values that assets may have (engine.md §5). */
const HIGHEST_POSSIBLE_VALUE = 255;

/** A directive that can't alarm whatever happens, and stages whose alarm is never written (engine.md §8). */
export function riskLint(directive: Directive, { highestValue }: LintFacts): Finding[] {
  const { priority, rules } = directive;
  const best = rules.reduce((most, { reliability }) => Math.max(most, reliability), 0);
  const product = `priority ${priority} × its highest reliability ${best} × the highest asset value ${highestValue} ÷ 25`;
  if (Math.floor((priority * best * highestValue) / 25) < 1) {
    const needed = best === 0 ? undefined : Math.ceil(25 / (priority * best));
    const detail =
      needed === undefined
        ? "A rule with a reliability above 0 is needed."
        : needed > HIGHEST_POSSIBLE_VALUE
          ? "Raise the priority or a reliability."
          : `It would alarm for an asset of value ${figure(needed)} or more; or raise the priority or a reliability.`;
    return [{ severity: "warning", text: `can never raise an alarm: ${product} is below 1`, detail }];
  }
  const ordered = rules.map((rule, place) => ({ rule, place })).sort((a, b) => a.rule.stage - b.rule.stage);
  const first = ordered.find(({ rule }) => Math.floor((priority * rule.reliability * highestValue) / 25) >= 1);
  if (first === undefined || first.rule.stage === 1) return [];
  return [
    {
      severity: "note",
      rule: first.place,
      field: "reliability",
      text: `Risk stays 0 until stage ${first.rule.stage} is finished, even for the most valuable asset.`,
      detail: `The highest value here is ${highestValue}, so no alarm is written before.`,
    },
  ];
}
