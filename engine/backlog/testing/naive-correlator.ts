import type { Directive } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import { type CompiledRules, compileRules } from "../../directive/compile.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { type BacklogView, CHECKS, type ReferredEvent, type Subject, stickyValue } from "../../match/checks.ts";

interface NaiveStage {
  ids: string[];
  sticky: (string | number)[];
  first: NormalizedEvent | undefined;
  end: number;
  finished: boolean;
}

/** engine.md §8 read aloud, for tests: every event is held against every live backlog, and nothing is indexed. */
export class NaiveCorrelator {
  /** What happened, one line each, in the words of `tracingSink`. */
  readonly trace: string[] = [];
  readonly #inventory: Inventory;
  readonly #directives: { directive: Directive; rules: CompiledRules; backlogs: NaiveBacklog[] }[];
  #created = 0;

  constructor(inventory: Inventory, directives: readonly Directive[]) {
    this.#inventory = inventory;
    this.#directives = directives.map((directive) => ({
      directive,
      rules: compileRules(directive.rules),
      backlogs: [],
    }));
  }

  process(event: NormalizedEvent): void {
    const subject = {
      event,
      source: this.#inventory.facts(event.src_ip),
      destination: this.#inventory.facts(event.dst_ip),
    };
    for (const each of this.#directives) {
      let consumed = false;
      for (const backlog of [...each.backlogs]) {
        if (this.#offer(backlog, subject)) consumed = true;
        if (backlog.stages.every((stage) => stage.finished)) each.backlogs.splice(each.backlogs.indexOf(backlog), 1);
      }
      const fresh = new NaiveBacklog(`id${this.#created + 1}`, each.directive, each.rules, this.#inventory);
      if (consumed || !fresh.matches(1, subject)) continue;
      this.#created += 1;
      each.backlogs.push(fresh);
      this.trace.push(`created ${fresh.id} of ${each.directive.id} by ${event.event_id}`);
      this.#offer(fresh, subject);
    }
  }

  #offer(backlog: NaiveBacklog, subject: Subject): boolean {
    const { event } = subject;
    const current = backlog.current;
    if (!backlog.matches(current, subject)) {
      if (!backlog.directive.all_rules_always_active) return false;
      for (let stage = 1; stage < current; stage++) {
        if (!backlog.matches(stage, subject)) continue;
        this.#record(backlog, stage, subject);
        this.trace.push(`record ${backlog.id} risk ${backlog.risk} without look-ups`);
        return true;
      }
      return false;
    }
    if (!backlog.passes("sticky", current, subject)) return false;
    const state = backlog.at(current);
    const sticky = stickyValue(backlog.rule(current), event);
    const inOrder = backlog.passes("order", current, subject);
    if (sticky !== undefined) state.sticky.push(sticky);
    if (!inOrder) {
      this.trace.push(`discarded ${event.event_id} by ${backlog.id}`);
      return true;
    }
    this.#record(backlog, current, subject);
    if (state.ids.length < backlog.rule(current).rule.occurrence) return true;
    state.finished = true;
    state.end = event.seconds;
    const value = Math.max(...[...backlog.addresses].map((address) => this.#inventory.facts(address).value));
    backlog.risk = Number(
      (BigInt(backlog.directive.priority) * BigInt(backlog.rule(current).rule.reliability) * BigInt(value)) / 25n,
    );
    this.trace.push(`finished ${current} of ${backlog.id} risk ${backlog.risk}`);
    this.trace.push(`record ${backlog.id} risk ${backlog.risk} with look-ups`);
    if (current === backlog.stages.length) this.trace.push(`removed ${backlog.id}: complete`);
    return true;
  }

  #record(backlog: NaiveBacklog, stage: number, { event }: Subject): void {
    const state = backlog.at(stage);
    if (!state.ids.includes(event.event_id)) state.ids.push(event.event_id);
    state.first ??= event;
    backlog.addresses.add(event.src_ip).add(event.dst_ip);
    this.trace.push(`recorded ${event.event_id} at ${stage} of ${backlog.id}`);
  }
}

class NaiveBacklog implements BacklogView {
  readonly id: string;
  readonly directive: Directive;
  readonly rules: CompiledRules;
  readonly stages: NaiveStage[];
  readonly addresses = new Set<string>();
  readonly #inventory: Inventory;
  risk = 0;

  constructor(id: string, directive: Directive, rules: CompiledRules, inventory: Inventory) {
    this.id = id;
    this.directive = directive;
    this.rules = rules;
    this.#inventory = inventory;
    this.stages = rules.map(() => ({ ids: [], sticky: [], first: undefined, end: 0, finished: false }));
  }

  get current(): number {
    return this.stages.findIndex((stage) => !stage.finished) + 1;
  }

  get priority(): number {
    return this.directive.priority;
  }

  at(stage: number): NaiveStage {
    const found = this.stages[stage - 1];
    if (found === undefined) throw new Error(`no stage ${stage}`);
    return found;
  }

  rule(stage: number): CompiledRules[number] {
    const found = this.rules[stage - 1];
    if (found === undefined) throw new Error(`no rule ${stage}`);
    return found;
  }

  /** Whether everything holds that decides about matching, references included. */
  matches(stage: number, subject: Subject): boolean {
    return ["interest", "protocol", "from", "to", "ports", "references", "custom data"].every((name) =>
      this.passes(name, stage, subject),
    );
  }

  passes(name: string, stage: number, subject: Subject): boolean {
    const check = CHECKS.find((each) => each.name === name);
    if (check === undefined) throw new Error(`no check ${name}`);
    return check.passes(this.rule(stage), subject, this);
  }

  firstEvent(stage: number): ReferredEvent | undefined {
    return this.at(stage).first;
  }

  hasSticky(stage: number, value: string | number): boolean {
    return this.at(stage).sticky.includes(value);
  }

  latestEndBefore(stage: number): number {
    const earlier = this.stages.slice(0, stage - 1).filter((each) => each.finished);
    return Math.max(Number.NEGATIVE_INFINITY, ...earlier.map((each) => each.end));
  }

  countWith(stage: number, eventId: string): number {
    return new Set([...this.at(stage).ids, eventId]).size;
  }

  highestValueWith(subject: Subject): number {
    const addresses = [...this.addresses, subject.event.src_ip, subject.event.dst_ip];
    return Math.max(...addresses.map((address) => this.#inventory.facts(address).value));
  }
}
