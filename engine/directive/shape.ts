import { isObject, isTextList, isWholeNumber, notTextList, notWhatIsExpected } from "../base/expected.ts";
import { type Directive, type Rule, STICKY_FIELDS } from "../contract/directive.ts";

/** What is wrong with one field; `rule` is the place in the list of rules, `undefined` for the directive's own fields. */
export interface FieldFault {
  readonly rule: number | undefined;
  readonly field: string;
  readonly message: string;
}

/** A rule whose fields have the right types; what they say is still to be checked. */
export type DraftRule = Omit<Rule, "sticky_different"> & { sticky_different: string };
export type DraftDirective = Omit<Directive, "rules"> & { rules: readonly DraftRule[] };

/** Largest value of the fields that Dsiem-rs holds in one byte: stage, reliability, priority. */
const MAX_BYTE = 255;
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;
const NOTHING: readonly never[] = [];

/**
 * One directive gets no more faults than about this many: nobody reads more, and a hostile one with millions of rules
 * must not cost gigabytes of messages.
 */
export const MAX_FAULTS = 10_000;

/** The `field` of a fault that is about a rule as a whole. */
export const WHOLE_RULE = "";

/**
 * Reads one parsed entry of a directive file by the types of `directiveSchema` (a test holds both equal: a schema
 * library costs ten times as much, and its messages aren't for people). Faults are added to `faults`; a field that has
 * one gets a value of the right type, so that everything else can still be checked and reported too. Unknown fields
 * are ignored.
 */
export function readDraft(
  value: Record<string, unknown>,
  faults: FieldFault[],
): { directive: DraftDirective; disabled: boolean } {
  const read = new FieldReader(faults, undefined);
  const directive = {
    id: read.number(value.id, "id", MAX_NUMBER, `a whole number from 0 to ${MAX_NUMBER}`),
    name: read.text(value.name, "name"),
    kingdom: read.text(value.kingdom, "kingdom"),
    category: read.text(value.category, "category"),
    priority: read.number(value.priority, "priority", MAX_BYTE, "a whole number from 1 to 5"),
    all_rules_always_active: read.flag(value.all_rules_always_active, "all_rules_always_active"),
    rules: readRules(value.rules, read, faults),
  };
  return { directive, disabled: read.flag(value.disabled, "disabled") };
}

function readRules(value: unknown, read: FieldReader, faults: FieldFault[]): readonly DraftRule[] {
  if (!Array.isArray(value)) {
    read.fault("rules", notWhatIsExpected(value, "a list of rules"));
    return NOTHING;
  }
  const rules: DraftRule[] = [];
  for (let i = 0; i < value.length && faults.length < MAX_FAULTS; i++) {
    const rule: unknown = value[i];
    if (!isObject(rule)) faults.push({ rule: i, field: WHOLE_RULE, message: notWhatIsExpected(rule, "a rule") });
    // What isn't a rule gets a place in the list all the same, so that places are those of the file.
    rules.push(isObject(rule) ? readDraftRule(rule, i, faults) : readDraftRule({}, i, []));
  }
  return rules;
}

/** Reads one rule, in the order of the fields that alarm records have (`Rule` of the contract). */
export function readDraftRule(value: Record<string, unknown>, place: number, faults: FieldFault[]): DraftRule {
  const read = new FieldReader(faults, place);
  return {
    name: read.text(value.name, "name"),
    type: read.type(value.type),
    stage: read.number(value.stage, "stage", MAX_BYTE, `a whole number from 1 to ${MAX_BYTE}`),
    plugin_id: read.optionalNumber(value.plugin_id, "plugin_id"),
    plugin_sid: read.numbers(value.plugin_sid, "plugin_sid"),
    product: read.texts(value.product, "product"),
    category: read.optionalText(value.category, "category"),
    subcategory: read.texts(value.subcategory, "subcategory"),
    occurrence: read.number(value.occurrence, "occurrence", MAX_NUMBER, "a whole number from 1"),
    from: read.text(value.from, "from"),
    to: read.text(value.to, "to"),
    port_from: read.text(value.port_from, "port_from"),
    port_to: read.text(value.port_to, "port_to"),
    protocol: read.text(value.protocol, "protocol"),
    reliability: read.number(value.reliability, "reliability", MAX_BYTE, "a whole number from 0 to 10"),
    timeout: read.number(value.timeout, "timeout", MAX_NUMBER, "a whole number of seconds"),
    sticky_different: read.optionalText(value.sticky_different, "sticky_different"),
    custom_data1: read.optionalText(value.custom_data1, "custom_data1"),
    custom_data2: read.optionalText(value.custom_data2, "custom_data2"),
    custom_data3: read.optionalText(value.custom_data3, "custom_data3"),
  };
}

/** Whether the one type that is narrower than the files' own, the sticky field, holds for every rule. */
export function isDirective(draft: DraftDirective): draft is Directive {
  return draft.rules.every(isRule);
}

export function isRule(draft: DraftRule): draft is Rule {
  return draft.sticky_different === "" || STICKY_FIELDS.some((field) => field === draft.sticky_different);
}

class FieldReader {
  readonly #faults: FieldFault[];
  readonly #rule: number | undefined;

  constructor(faults: FieldFault[], rule: number | undefined) {
    this.#faults = faults;
    this.#rule = rule;
  }

  fault(field: string, message: string): void {
    this.#faults.push({ rule: this.#rule, field, message });
  }

  text(value: unknown, field: string): string {
    if (typeof value === "string") return value;
    this.fault(field, notWhatIsExpected(value, "a text"));
    return "";
  }

  optionalText(value: unknown, field: string): string {
    return value === undefined ? "" : this.text(value, field);
  }

  flag(value: unknown, field: string): boolean {
    if (typeof value === "boolean") return value;
    if (value !== undefined) this.fault(field, notWhatIsExpected(value, "true or false"));
    return false;
  }

  number(value: unknown, field: string, max: number, expected: string): number {
    if (isWholeNumber(value, 0, max)) return value;
    this.fault(field, notWhatIsExpected(value, expected));
    return 0;
  }

  optionalNumber(value: unknown, field: string): number {
    return value === undefined ? 0 : this.number(value, field, MAX_NUMBER, `a whole number from 1 to ${MAX_NUMBER}`);
  }

  numbers(value: unknown, field: string): readonly number[] {
    if (value === undefined) return NOTHING;
    if (!Array.isArray(value)) {
      this.fault(field, notWhatIsExpected(value, "a list of whole numbers"));
      return NOTHING;
    }
    for (const each of value as unknown[]) {
      if (isWholeNumber(each, 0, MAX_NUMBER)) continue;
      this.fault(field, notWhatIsExpected(each, `a whole number from 1 to ${MAX_NUMBER}`));
      return NOTHING;
    }
    return value as number[];
  }

  texts(value: unknown, field: string): readonly string[] {
    if (value === undefined) return NOTHING;
    if (isTextList(value)) return value;
    this.fault(field, notTextList(value));
    return NOTHING;
  }

  type(value: unknown): Rule["type"] {
    if (value === "PluginRule" || value === "TaxonomyRule") return value;
    this.fault("type", notWhatIsExpected(value, '"PluginRule" or "TaxonomyRule"'));
    return "PluginRule";
  }
}
