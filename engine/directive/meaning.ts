import { quoted } from "../base/expected.ts";
import { STICKY_FIELDS } from "../contract/directive.ts";
import {
  type ConditionFault,
  parseAddressCondition,
  parseCustomCondition,
  parsePortCondition,
  parseProtocolCondition,
} from "./conditions.ts";
import { type DraftDirective, type DraftRule, type FieldFault, MAX_FAULTS, WHOLE_RULE } from "./shape.ts";

const WHY_TWO =
  "a directive with fewer than two rules will never expire: stage 1 is over with its first event, and only a stage after it can wait for more, count them and time out; add a rule of stage 2";

/**
 * Checks what the fields of a directive say (engine.md §6), adding everything that is wrong to `faults`. Fields that
 * have a fault already, because their type is wrong, are left alone.
 */
export function checkMeaning(directive: DraftDirective, faults: FieldFault[]): void {
  const checker = new MeaningChecker(faults);
  for (const field of ["name", "kingdom", "category"] as const) {
    if (directive[field] === "") checker.add(undefined, field, "is empty; expected a text");
  }
  const { priority, rules } = directive;
  if (priority < 1 || priority > 5) {
    checker.add(undefined, "priority", `is ${priority}; expected a whole number from 1 to 5`);
  }
  if (rules.length < 2) {
    const count = rules.length === 0 ? "no rule" : "only one rule";
    checker.add(undefined, "rules", `there is ${count}; ${WHY_TWO}`);
  }
  checker.stages(rules);
  const highest = rules.reduce((most, rule) => Math.max(most, rule.stage), 0);
  for (let place = 0; place < rules.length && faults.length < MAX_FAULTS; place++) {
    const rule = rules[place];
    if (rule !== undefined) checker.rule(rule, place, highest);
  }
}

/** The same for one rule alone, of a directive (or a saved backlog) whose highest stage is given. */
export function checkRuleMeaning(rule: DraftRule, highestStage: number, faults: FieldFault[]): void {
  new MeaningChecker(faults).rule(rule, 0, highestStage);
}

class MeaningChecker {
  readonly #faults: FieldFault[];
  /** `rule.field` of what has a fault of its type; `undefined` when nothing has, which is nearly always. */
  readonly #faulty: ReadonlySet<string> | undefined;

  constructor(faults: FieldFault[]) {
    this.#faults = faults;
    this.#faulty = faults.length === 0 ? undefined : new Set(faults.map(({ rule, field }) => `${rule}.${field}`));
  }

  add(rule: number | undefined, field: string, message: string): void {
    if (!this.#isFaulty(rule, field)) this.#faults.push({ rule, field, message });
  }

  /** Stages are 1 to n, each once: a directive whose stages have a gap would never get past it (MUST DIFFER). */
  stages(rules: readonly DraftRule[]): void {
    if (rules.every((rule, place) => rule.stage === place + 1)) return;
    const seen = new Map<number, number>();
    for (const [place, { stage }] of rules.entries()) {
      if (this.#faults.length >= MAX_FAULTS) return;
      if (this.#isFaulty(place, "stage") || this.#isFaulty(place, WHOLE_RULE)) return;
      if (stage === 0) this.add(place, "stage", "is 0; stages are counted from 1");
      else if (seen.has(stage)) this.add(place, "stage", `two rules have stage ${stage}; each stage has one rule`);
      else seen.set(stage, place);
    }
    if (this.#isFaulty(undefined, "rules")) return;
    const ascending = [...seen.keys()].sort((a, b) => a - b);
    const gap = ascending.findIndex((stage, i) => stage !== i + 1);
    if (gap < 0) return;
    const after = seen.get(ascending[gap] ?? 0);
    this.add(after, "stage", `there is no stage ${gap + 1} before it; stages are numbered 1, 2, 3, … without a gap`);
  }

  rule(rule: DraftRule, place: number, highestStage: number): void {
    if (this.#isFaulty(place, WHOLE_RULE)) return;
    this.#occurrence(rule, place);
    if (rule.type === "PluginRule") this.#plugin(rule, place);
    else this.#taxonomy(rule, place);
    if (rule.reliability > 10) {
      this.add(place, "reliability", `is ${rule.reliability}; expected a whole number from 0 to 10`);
    }
    this.#conditions(rule, place, highestStage);
    const sticky = rule.sticky_different;
    if (sticky !== "" && !STICKY_FIELDS.some((field) => field === sticky)) {
      this.add(place, "sticky_different", `${quoted(sticky)} isn't known; expected one of ${STICKY_FIELDS.join(", ")}`);
    }
  }

  #occurrence({ stage, occurrence }: DraftRule, place: number): void {
    if (stage === 1 && occurrence !== 1) {
      this.add(place, "occurrence", `is ${occurrence}; in stage 1 it is 1, as the first event opens the backlog`);
    } else if (occurrence < 1) {
      this.add(place, "occurrence", `is ${occurrence}; expected a whole number from 1`);
    }
  }

  #plugin(rule: DraftRule, place: number): void {
    if (this.#isFaulty(place, "type")) return;
    if (rule.plugin_id < 1) this.add(place, "plugin_id", "a PluginRule needs a whole number from 1");
    if (rule.plugin_sid.length === 0)
      this.add(place, "plugin_sid", "a PluginRule needs a list of whole numbers from 1");
    else if (rule.plugin_sid.includes(0)) this.add(place, "plugin_sid", "0 is not a whole number from 1");
  }

  #taxonomy(rule: DraftRule, place: number): void {
    if (rule.product.length === 0) this.add(place, "product", "a TaxonomyRule needs a list of product names");
    if (rule.category === "") this.add(place, "category", "a TaxonomyRule needs a category");
  }

  #conditions(rule: DraftRule, place: number, highestStage: number): void {
    const check = (field: keyof DraftRule, condition: { kind: string; stage?: number } | ConditionFault): void => {
      if ("error" in condition) this.add(place, field, condition.error);
      else if (condition.stage !== undefined && !this.#isFaulty(place, "stage")) {
        const fault = referenceFault(condition.stage, rule.stage, highestStage);
        if (fault !== undefined) this.add(place, field, fault);
      }
    };
    check("from", parseAddressCondition(rule.from));
    check("to", parseAddressCondition(rule.to));
    check("port_from", parsePortCondition(rule.port_from));
    check("port_to", parsePortCondition(rule.port_to));
    check("protocol", parseProtocolCondition(rule.protocol));
    check("custom_data1", parseCustomCondition(rule.custom_data1));
    check("custom_data2", parseCustomCondition(rule.custom_data2));
    check("custom_data3", parseCustomCondition(rule.custom_data3));
  }

  #isFaulty(rule: number | undefined, field: string): boolean {
    return this.#faulty?.has(`${rule}.${field}`) ?? false;
  }
}

/** A reference leads to an earlier stage (MUST DIFFER: Dsiem-rs takes its own and later ones too, which never match). */
function referenceFault(referred: number, own: number, highest: number): string | undefined {
  if (referred < own || own === 0) return undefined;
  if (own === 1) return `:${referred} is a reference, and stage 1 has no earlier stage to refer to`;
  if (referred > highest) return `there is no stage ${referred} to refer to; the highest is ${highest}`;
  return `:${referred} refers to ${referred === own ? "its own" : "a later"} stage; only earlier stages can be referred to`;
}
