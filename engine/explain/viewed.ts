import { Backlog, NO_ADDRESS } from "../backlog/backlog.ts";
import type { DirectiveSlot } from "../backlog/directive-slot.ts";
import { fewSize, fewValues } from "../backlog/few.ts";
import type { LiveDirective } from "../backlog/live-directive.ts";
import { type CompiledRules, compileRules } from "../directive/compile.ts";
import type { BacklogView, Subject } from "../match/checks.ts";

/** With more addresses than these a backlog's asset value is only worked out where the answer hangs on it. */
const MAX_VALUED_ADDRESSES = 2_000;

/** A backlog that doesn't exist yet: nothing was seen, nothing is bound. */
export class NoBacklog implements BacklogView {
  readonly priority: number;

  constructor(priority: number) {
    this.priority = priority;
  }

  firstEvent(): undefined {
    return undefined;
  }

  hasSticky(): boolean {
    return false;
  }

  latestEndBefore(): number {
    return Number.NEGATIVE_INFINITY;
  }

  countWith(): number {
    return 1;
  }

  highestValueWith({ source, destination }: Subject): number {
    return Math.max(source.value, destination.value);
  }
}

export type View = Backlog | NoBacklog;

/** Distinct events of a stage so far. */
export function countedAt(view: View, stage: number): number {
  return view instanceof Backlog ? fewSize(view.state(stage).eventIds) : 0;
}

/** Whether the asset value of all addresses can be worked out in no time. */
export function isCheaplyValued(view: View): boolean {
  return !(view instanceof Backlog) || fewSize(view.sources) + fewSize(view.destinations) <= MAX_VALUED_ADDRESSES;
}

/** Addresses that count for the risk once the event is recorded. */
export function addressesWith(view: View, { source, destination }: Subject): string[] {
  const all = new Set([source.text, destination.text]);
  if (view instanceof Backlog) {
    for (const address of [...fewValues(view.sources), ...fewValues(view.destinations)]) all.add(address);
  }
  if (all.size > 1) all.delete(NO_ADDRESS);
  return [...all];
}

/** A directive as an explanation sees it: brought to life, or compiled for the occasion. */
export interface ViewedDirective {
  readonly id: number;
  readonly name: string;
  readonly priority: number;
  readonly alwaysActive: boolean;
  /** Today's. */
  readonly rules: CompiledRules;
  readonly live: LiveDirective | undefined;
}

export function viewedDirective({ id, live, parse }: Readonly<DirectiveSlot>): ViewedDirective {
  if (live !== undefined) {
    const { priority, alwaysActive } = live.header;
    return { id, name: live.name, priority, alwaysActive, rules: live.own.rules, live };
  }
  const { name, priority, all_rules_always_active, rules } = parse();
  return { id, name, priority, alwaysActive: all_rules_always_active, rules: compileRules(rules), live };
}
