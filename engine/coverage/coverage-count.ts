import type { CoverageAnswer, SeenKind } from "../contract/console/coverage.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { type CompiledRules, compileRules } from "../directive/compile.ts";
import { InterestIndex } from "../directive/interest-index.ts";
import type { AddressFacts, Inventory } from "../inventory/inventory.ts";
import { concerns, matchesEvent, type Subject } from "../match/checks.ts";
import { kindKey, kindOf } from "./event-kind.ts";

/** A directive with where it stands. */
export interface CoveredDirective {
  readonly directive: Directive;
  readonly file: string;
  readonly node: string;
}

/** Entries of each list that are told, unless all are asked for. */
const SHOWN = 500;
/** Different kinds and addresses that are told apart: a scan of a whole /8 mustn't fill the memory. */
const MOST_APART = 200_000;
const UNSPECIFIED: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

interface StageTally {
  stage: number;
  name: string;
  interested: number;
  matched: number;
}

/** What a directive's rules had to do with the events; its rules are compiled when the first event concerns it. */
class DirectiveTally {
  readonly ordinal: number;
  readonly covered: CoveredDirective;
  readonly stages: readonly StageTally[];
  matched = 0;
  #rules: CompiledRules | undefined;

  constructor(ordinal: number, covered: CoveredDirective) {
    this.ordinal = ordinal;
    this.covered = covered;
    this.stages = covered.directive.rules
      .map(({ stage, name }) => ({ stage, name, interested: 0, matched: 0 }))
      .sort((a, b) => a.stage - b.stage);
  }

  /** True when one of its rules names the event; the interest index looks at less than a rule does. */
  see(stages: readonly number[], subject: Subject): boolean {
    this.#rules ??= compileRules(this.covered.directive.rules);
    let interested = false;
    let matched = false;
    for (const stage of stages) {
      const rule = this.#rules[stage - 1];
      const tally = this.stages[stage - 1];
      if (rule === undefined || tally === undefined || !concerns(rule, subject)) continue;
      interested = true;
      tally.interested += 1;
      if (!matchesEvent(rule, subject)) continue;
      matched = true;
      tally.matched += 1;
    }
    if (matched) this.matched += 1;
    return interested;
  }
}

/** A strange address, and what it did. */
interface AddressTally {
  ip: string;
  asSource: number;
  asTarget: number;
  last: number;
}

/**
 * Holds events and directives against each other (console.md §2, Coverage): kinds of events that nobody looks at, rules
 * that no event met, addresses that no asset holds. References, sticky values and order are left aside: they are a
 * backlog's, and the question here is whether an event could ever be the right one.
 */
export class CoverageCount {
  readonly #inventory: Inventory;
  readonly #index = new InterestIndex<DirectiveTally>();
  readonly #directives: readonly DirectiveTally[];
  readonly #uncovered = new Map<string, SeenKind>();
  readonly #addresses = new Map<string, AddressTally>();
  #events = 0;
  #covered = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  /** Events whose kind, and addresses, that came when too many were told apart already. */
  #kindsLeftOut = 0;
  #addressesLeftOut = 0;

  constructor(directives: readonly CoveredDirective[], inventory: Inventory) {
    this.#inventory = inventory;
    this.#directives = directives.map((each, i) => new DirectiveTally(i, each));
    for (const tally of this.#directives) this.#index.add(tally, tally.covered.directive.rules);
  }

  /** Counts one event in: `id` is the console's number for it, `at` when it came, in milliseconds since the epoch. */
  see(event: NormalizedEvent, id: number, at: number): void {
    this.#events += 1;
    this.#from = Math.min(this.#from, at);
    this.#to = Math.max(this.#to, at);
    const source = this.#inventory.facts(event.src_ip);
    const destination = this.#inventory.facts(event.dst_ip);
    const subject: Subject = { event, source, destination };
    let covered = false;
    for (const { owner, stages } of this.#index.find(event)) covered = owner.see(stages, subject) || covered;
    if (covered) this.#covered += 1;
    else this.#noteUncovered(event, id, at);
    this.#noteAddress(source, "asSource", at);
    this.#noteAddress(destination, "asTarget", at);
  }

  /** What came of it; `all` leaves nothing out. */
  answer(all = false): CoverageAnswer {
    const shown = all ? Number.POSITIVE_INFINITY : SHOWN;
    const uncovered = Array.from(this.#uncovered.values()).sort((a, b) => b.count - a.count || b.last - a.last);
    const directives = this.#directives
      .filter(({ stages }) => stages.some(({ matched }) => matched === 0))
      .sort((a, b) => a.matched - b.matched || a.covered.directive.id - b.covered.directive.id);
    const addresses = Array.from(this.#addresses.values()).sort((a, b) => total(b) - total(a) || b.last - a.last);
    return {
      events: this.#events,
      ...(this.#events > 0 && { from: this.#from, to: this.#to }),
      covered: this.#covered,
      uncovered: uncovered.slice(0, shown),
      directives: directives.slice(0, shown).map(({ covered, matched, stages }) => ({
        id: covered.directive.id,
        name: covered.directive.name,
        file: covered.file,
        node: covered.node,
        matched,
        stages: stages.map((stage) => ({ ...stage })),
      })),
      addresses: addresses.slice(0, shown),
      more: {
        uncovered: Math.max(0, uncovered.length - shown) + this.#kindsLeftOut,
        directives: Math.max(0, directives.length - shown),
        addresses: Math.max(0, addresses.length - shown) + this.#addressesLeftOut,
      },
    };
  }

  #noteUncovered(event: NormalizedEvent, id: number, at: number): void {
    const key = kindKey(event);
    const seen = this.#uncovered.get(key);
    if (seen !== undefined) {
      seen.count += 1;
      seen.last = at;
      seen.example = id;
      seen.title = event.title;
    } else if (this.#uncovered.size < MOST_APART) {
      this.#uncovered.set(key, { is: kindOf(event), title: event.title, count: 1, last: at, example: id });
    } else {
      this.#kindsLeftOut += 1;
    }
  }

  #noteAddress({ text, value }: AddressFacts, role: "asSource" | "asTarget", at: number): void {
    if (value > 0 || UNSPECIFIED.has(text)) return;
    let tally = this.#addresses.get(text);
    if (tally === undefined) {
      if (this.#addresses.size >= MOST_APART) {
        this.#addressesLeftOut += 1;
        return;
      }
      tally = { ip: text, asSource: 0, asTarget: 0, last: at };
      this.#addresses.set(text, tally);
    }
    tally[role] += 1;
    tally.last = at;
  }
}

function total({ asSource, asTarget }: AddressTally): number {
  return asSource + asTarget;
}
