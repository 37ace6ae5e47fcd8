import { isObject } from "../base/expected.ts";
import type { Rule } from "../contract/directive.ts";
import { checkRuleMeaning } from "./meaning.ts";
import { type FieldFault, isRule, readDraftRule } from "./shape.ts";

/**
 * The rule that a saved backlog brings along (engine.md §9), held to the same standard as one of a directive file, with
 * `highestStage` stages in all; or, in words, why it can't be used. Fields that only saved backlogs have are ignored.
 */
export function ruleFrom(value: unknown, highestStage: number): Rule | string {
  if (!isObject(value)) return "it isn't an object";
  const faults: FieldFault[] = [];
  const draft = readDraftRule(value, 0, faults);
  checkRuleMeaning(draft, highestStage, faults);
  if (faults.length === 0 && isRule(draft)) return draft;
  return faults.map(({ field, message }) => `${field} ${message}`).join("; ");
}
