import type { Directive } from "../contract/directive.ts";
import type { LiveDirective } from "./live-directive.ts";

/** A loaded directive: its text can be parsed again, its live state exists only while it is needed. */
export interface DirectiveSlot {
  /** Its place among the loaded ones. */
  ordinal: number;
  readonly id: number;
  /** Parses the directive anew; it was validated when it was loaded. */
  parse: () => Directive;
  live: LiveDirective | undefined;
  /** Events that it matched since the start. */
  matched: number;
  /** Its backlogs that became complete with risk 0, and so without an alarm. */
  completedWithoutRisk: number;
}

/** A directive that has just come in. */
export function newSlot(
  { id, parse }: { readonly id: number; readonly parse?: (() => Directive) | undefined },
  ordinal: number,
): DirectiveSlot {
  if (parse === undefined) throw new Error(`broken invariant: directive ${id} is new and has no text`);
  return { ...{ ordinal, id, parse }, live: undefined, matched: 0, completedWithoutRisk: 0 };
}
