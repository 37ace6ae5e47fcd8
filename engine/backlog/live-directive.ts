import type { Directive, Rule } from "../contract/directive.ts";
import { type CompiledRules, compileRules } from "../directive/compile.ts";
import { matchesEvent, type Subject } from "../match/checks.ts";
import type { Backlog, BacklogHeader } from "./backlog.ts";
import { LiveIndex } from "./live-index.ts";
import { titleFits } from "./title.ts";

type Surroundings = Pick<BacklogHeader, "inventory" | "status" | "tag">;

/** Another version of a directive, with all that can be made of it before the directive becomes it. */
export interface NextVersion {
  readonly name: string;
  readonly header: BacklogHeader;
  /** Its rules, where they aren't the same as before. */
  readonly rules: { readonly index: LiveIndex; readonly text: string; readonly textBefore: string } | undefined;
}

/** What exists of a directive from its first matching event until it has idled (engine.md §10). */
export class LiveDirective {
  /** One for all its backlogs, so that they follow at once when the directive becomes another version of itself. */
  readonly header: BacklogHeader;
  name: string;
  /** Of the backlogs with today's rules. */
  own: LiveIndex;
  /**
   * Of loaded backlogs whose rules aren't today's: they keep their own (engine.md §9). Keyed by the rules' text, so
   * that ten thousand backlogs of the rules of yesterday share one; an index that holds none any more is dropped.
   */
  readonly #variants = new Map<string, LiveIndex>();
  /** In order of creation, each with the index it is in. */
  readonly #backlogs = new Map<Backlog, LiveIndex>();
  /** While it has no backlog: when the last one ended, or the directive came to life. */
  idleSinceMs: number;

  constructor(directive: Directive, surroundings: Surroundings, nowMs: number) {
    this.header = headerOf(directive, surroundings);
    this.name = directive.name;
    this.own = new LiveIndex(compileRules(directive.rules));
    this.idleSinceMs = nowMs;
  }

  /** What `become` takes, made while events still meet the version of before. */
  nextVersion(directive: Directive): NextVersion {
    const text = JSON.stringify(directive.rules);
    const textBefore = textOf(this.own.rules);
    const isSame = text === textBefore;
    return {
      name: directive.name,
      header: headerOf(directive, this.header),
      rules: isSame ? undefined : { index: new LiveIndex(compileRules(directive.rules)), text, textBefore },
    };
  }

  /**
   * Becomes another version of its directive, as after a restart with it (engine.md §9): live backlogs go on with the
   * rules that they began with and take all else from the new version; those whose title its name doesn't allow are left
   * out and returned. What that costs doesn't follow the number of backlogs, unless the name changes or whether all rules
   * are always active.
   */
  become({ name, header, rules }: NextVersion, nowMs: number): Backlog[] {
    const unfit: Backlog[] = [];
    if (name !== this.name) {
      for (const backlog of this.#backlogs.keys()) if (!titleFits(backlog.title, name)) unfit.push(backlog);
    }
    if (unfit.length === this.#backlogs.size) {
      this.#clear(nowMs);
    } else {
      for (const backlog of unfit) this.leave(backlog, nowMs);
    }
    // Which stages a backlog waits at depends on it.
    const isReindexed = header.alwaysActive !== this.header.alwaysActive;
    if (isReindexed) for (const [backlog, index] of this.#backlogs) index.remove(backlog);
    this.name = name;
    Object.assign(this.header, header);
    if (isReindexed) for (const [backlog, index] of this.#backlogs) index.add(backlog);
    if (rules !== undefined) this.#takeRules(rules);
    return unfit;
  }

  #clear(nowMs: number): void {
    this.#backlogs.clear();
    this.#variants.clear();
    this.own = new LiveIndex(this.own.rules);
    this.idleSinceMs = nowMs;
  }

  #takeRules({ index, text, textBefore }: NonNullable<NextVersion["rules"]>): void {
    const before = this.own;
    this.own = this.#variants.get(text) ?? index;
    this.#variants.delete(text);
    if (before.backlogCount > 0) this.#variants.set(textBefore, before);
  }

  get backlogCount(): number {
    return this.#backlogs.size;
  }

  backlogs(): Iterable<Backlog> {
    return this.#backlogs.keys();
  }

  get hasVariants(): boolean {
    return this.#variants.size > 0;
  }

  variants(): Iterable<LiveIndex> {
    return this.#variants.values();
  }

  /**
   * Visits every backlog that the event is to be offered to, with each stage whose rule matches it, references
   * included; `stages` are those of today's rules that name the event.
   */
  findOffered(stages: readonly number[], subject: Subject, visit: (backlog: Backlog, stage: number) => void): void {
    for (const stage of stages) findAt(this.own, stage, subject, visit);
    if (!this.hasVariants) return;
    for (const variant of this.#variants.values()) {
      for (const rule of variant.rules) findAt(variant, rule.stage, subject, visit);
    }
  }

  /** These rules compiled: today's when they are the same, or those of a variant that is live already. */
  compiled(rules: readonly Rule[]): CompiledRules {
    const text = JSON.stringify(rules);
    if (text === textOf(this.own.rules)) return this.own.rules;
    return this.#variants.get(text)?.rules ?? compileRules(rules);
  }

  /** Takes a backlog in; true when its rules are a variant that wasn't live before. */
  enter(backlog: Backlog): boolean {
    const { rules } = backlog;
    let index = rules === this.own.rules ? this.own : [...this.#variants.values()].find((each) => each.rules === rules);
    const isNew = index === undefined;
    if (index === undefined) {
      index = new LiveIndex(rules);
      this.#variants.set(textOf(rules), index);
    }
    this.#backlogs.set(backlog, index);
    index.add(backlog);
    return isNew;
  }

  /** The index that a live backlog is in. */
  indexOf(backlog: Backlog): LiveIndex {
    const index = this.#backlogs.get(backlog);
    if (index === undefined) throw new Error(`broken invariant: backlog ${backlog.id} isn't live`);
    return index;
  }

  leave(backlog: Backlog, nowMs: number): void {
    const index = this.indexOf(backlog);
    index.remove(backlog);
    this.#backlogs.delete(backlog);
    this.idleSinceMs = nowMs;
    if (index === this.own || index.backlogCount > 0) return;
    for (const [text, variant] of this.#variants) {
      if (variant === index) this.#variants.delete(text);
    }
  }
}

function findAt(
  index: LiveIndex,
  stage: number,
  subject: Subject,
  visit: (backlog: Backlog, stage: number) => void,
): void {
  if (!index.anyAt(stage)) return;
  const rule = index.rules[stage - 1];
  if (rule === undefined || !matchesEvent(rule, subject)) return;
  index.find(rule, subject.event, visit);
}

function headerOf(directive: Directive, { inventory, status, tag }: Surroundings): BacklogHeader {
  return {
    directiveId: directive.id,
    kingdom: directive.kingdom,
    category: directive.category,
    priority: directive.priority,
    alwaysActive: directive.all_rules_always_active,
    ...{ inventory, status, tag },
  };
}

/** The rules as their directive lists them, to tell whether two sets of rules are the same. */
function textOf(rules: CompiledRules): string {
  const inFileOrder = [...rules].sort((a, b) => a.position - b.position);
  return JSON.stringify(inFileOrder.map((each) => each.rule));
}
