import type { NormalizedEvent } from "../contract/event.ts";
import type { CompiledRule, CompiledRules, ReferenceField } from "../directive/compile.ts";
import type { Backlog } from "./backlog.ts";

/** What the referenced fields of a rule are bound to; one field is its own key, several are joined. */
type ReferenceKey = string | number;

/** One backlog is kept bare, because most keys have just one. */
type Bucket = Backlog | Set<Backlog>;

/** The key of a rule that refers to nothing: all backlogs of its stage share it. */
const UNBOUND = "";

/**
 * Finds the live backlogs of one set of rules that an event may advance, without looking at the others: for each
 * stage a map from what the backlogs' references are bound to, to the backlogs waiting there (architecture.md §3).
 *
 * The invariant: a backlog is in the map of its current stage, and when its directive keeps all rules active also in
 * those of all earlier stages, under the key of its bindings; where a binding is missing it is in no map, because such
 * a rule can't match.
 */
export class LiveIndex {
  readonly rules: CompiledRules;
  readonly #byStage: readonly Map<ReferenceKey, Bucket>[];
  #backlogCount = 0;

  constructor(rules: CompiledRules) {
    this.rules = rules;
    this.#byStage = rules.map(() => new Map());
  }

  /** Backlogs added and not removed, whether or not any map holds them. */
  get backlogCount(): number {
    return this.#backlogCount;
  }

  /** Whether any backlog waits at this stage, so that the rule is worth holding against the event. */
  anyAt(stage: number): boolean {
    return (this.#byStage[stage - 1]?.size ?? 0) > 0;
  }

  /** Adds the backlogs whose references this event meets at this stage. */
  find(rule: CompiledRule, event: NormalizedEvent, visit: (backlog: Backlog, stage: number) => void): void {
    const bucket = this.#byStage[rule.stage - 1]?.get(eventKey(rule, event));
    if (bucket === undefined) return;
    if (bucket instanceof Set) {
      for (const backlog of bucket) visit(backlog, rule.stage);
    } else {
      visit(bucket, rule.stage);
    }
  }

  /** Puts the backlog where the invariant wants it. */
  add(backlog: Backlog): void {
    this.#backlogCount += 1;
    const from = backlog.header.alwaysActive ? 1 : backlog.stage;
    for (let stage = from; stage <= backlog.stage; stage++) this.#insert(backlog, stage);
  }

  /** Takes the backlog out of every map it is in; call it before what its keys depend on changes. */
  remove(backlog: Backlog): void {
    this.#backlogCount -= 1;
    const from = backlog.header.alwaysActive ? 1 : backlog.stage;
    for (let stage = from; stage <= backlog.stage; stage++) this.#delete(backlog, stage);
  }

  /** The backlog has gone from the stage before to its present one. */
  advanced(backlog: Backlog): void {
    if (!backlog.header.alwaysActive) this.#delete(backlog, backlog.stage - 1);
    this.#insert(backlog, backlog.stage);
  }

  #insert(backlog: Backlog, stage: number): void {
    const map = this.#byStage[stage - 1];
    const key = bindingKey(backlog.rule(stage), backlog);
    if (map === undefined || key === undefined) return;
    const bucket = map.get(key);
    if (bucket === undefined) map.set(key, backlog);
    else if (bucket instanceof Set) bucket.add(backlog);
    else if (bucket !== backlog) map.set(key, new Set([bucket, backlog]));
  }

  #delete(backlog: Backlog, stage: number): void {
    const map = this.#byStage[stage - 1];
    const key = bindingKey(backlog.rule(stage), backlog);
    if (map === undefined || key === undefined) return;
    const bucket = map.get(key);
    if (bucket === backlog) {
      map.delete(key);
    } else if (bucket instanceof Set) {
      bucket.delete(backlog);
      if (bucket.size === 0) map.delete(key);
    }
  }
}

function eventKey(rule: CompiledRule, event: NormalizedEvent): ReferenceKey {
  const { references } = rule;
  const only = references[0];
  if (only === undefined) return UNBOUND;
  if (references.length === 1) return event[only.field];
  let key = "";
  for (const { field } of references) key += keyPart(field, event[field]);
  return key;
}

/** `undefined` when a stage that is referred to has no first event. */
function bindingKey(rule: CompiledRule, backlog: Backlog): ReferenceKey | undefined {
  const { references } = rule;
  const only = references[0];
  if (only === undefined) return UNBOUND;
  if (references.length === 1) return backlog.firstEvent(only.stage)?.[only.field];
  let key = "";
  for (const { field, stage } of references) {
    const value = backlog.firstEvent(stage)?.[field];
    if (value === undefined) return undefined;
    key += keyPart(field, value);
  }
  return key;
}

/** Addresses and ports can't hold a blank; free text goes in with its length, so that no two bindings share a key. */
function keyPart(field: ReferenceField, value: string | number): string {
  switch (field) {
    case "src_ip":
    case "dst_ip":
    case "src_port":
    case "dst_port":
      return `${value} `;
    default:
      return `${String(value).length}:${value}`;
  }
}
