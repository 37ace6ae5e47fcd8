import type { Directive, Rule } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { SavedBacklog } from "../contract/saved-backlog.ts";
import type { StateChange } from "../contract/state-change.ts";
import type { CompiledRule } from "../directive/compile.ts";
import { InterestIndex } from "../directive/interest-index.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { isInOrder, isNewStickyValue, matchesEvent, type Subject, stickyValue } from "../match/checks.ts";
import { riskClassOf, riskOf } from "../match/risk.ts";
import { Backlog } from "./backlog.ts";
import { ExpiryQueue } from "./expiry.ts";
import { fewWith } from "./few.ts";
import { LiveDirective } from "./live-directive.ts";
import type { LiveIndex } from "./live-index.ts";
import type { Effect, Outcome } from "./outcome.ts";
import { type Rebuilt, rebuildBacklogs } from "./rebuild.ts";
import { restoreBacklog, saveBacklog } from "./saved.ts";
import type { CorrelatorSink } from "./sink.ts";
import { titleOf } from "./title.ts";
import type { CorrelatorTrace } from "./trace.ts";

export interface CorrelatorOptions {
  inventory: Inventory;
  sink: CorrelatorSink;
  /** Ids of new alarms. */
  newAlarmId: () => string;
  medRiskMin: number;
  medRiskMax: number;
  /** Status and tag of new alarms. */
  status: string;
  tag: string;
  minAlarmLifetimeSeconds: number;
  /** Without backlogs for this long, a directive's compiled rules are dropped again. */
  idleDirectivesMs: number;
}

/** A loaded directive: its text can be parsed again, its live state exists only while it is needed. */
interface DirectiveSlot {
  readonly ordinal: number;
  readonly id: number;
  /** Parses the directive anew; it was validated when it was loaded. */
  readonly parse: () => Directive;
  live: LiveDirective | undefined;
}

/** What the offer of an event came to. */
type Offer = "consumed" | "refused";

/**
 * The correlator (engine.md §7 and §8): offers each event to the live backlogs of the directives it concerns, begins
 * new backlogs, and expires old ones. Pure computation: time, ids and the inventory are given, changes go to the sink.
 *
 * The cost of an event is what its interest look-up finds plus the backlogs that consume it, not the number that live.
 */
export class Correlator {
  readonly #options: CorrelatorOptions;
  readonly #surroundings: Pick<CorrelatorOptions, "inventory" | "status" | "tag">;
  readonly #interest = new InterestIndex<DirectiveSlot>();
  readonly #slots = new Map<number, DirectiveSlot>();
  readonly #expiry: ExpiryQueue;
  readonly #active = new Set<DirectiveSlot>();
  /** Scratch of `#offerToLive`, kept so that an event allocates none. */
  readonly #found: Backlog[] = [];
  #eventCount = 0;
  #nextOrdinal = 1;
  #liveBacklogs = 0;
  #preloaded = false;
  /** Gets what each event did to each interested directive; while unset, no outcome is ever built. */
  onOutcome: ((outcome: Outcome, event: NormalizedEvent) => void) | undefined = undefined;
  /** Unset while tracing is off. */
  trace: CorrelatorTrace | undefined = undefined;

  constructor(options: CorrelatorOptions) {
    const { inventory, status, tag } = options;
    this.#options = options;
    this.#surroundings = { inventory, status, tag };
    this.#expiry = new ExpiryQueue(options.minAlarmLifetimeSeconds);
  }

  /** Who is interested in what: for the scan that spares the parsing of events which concern nobody. */
  get interest(): Pick<InterestIndex<DirectiveSlot>, "concerns" | "hasPlugin" | "taxonomies"> {
    return this.#interest;
  }

  hasDirective(directiveId: number): boolean {
    return this.#slots.has(directiveId);
  }

  get loadedDirectives(): number {
    return this.#slots.size;
  }

  /** Directives with a live backlog. */
  get activeDirectives(): number {
    let active = 0;
    for (const slot of this.#active) {
      if (slot.live !== undefined && slot.live.backlogCount > 0) active += 1;
    }
    return active;
  }

  /** Directives whose compiled rules are in memory. */
  get compiledDirectives(): number {
    return this.#active.size;
  }

  get liveBacklogs(): number {
    return this.#liveBacklogs;
  }

  /** Takes a validated directive in; only its interests are kept until an event concerns it. */
  addDirective(directive: Directive, parse: () => Directive): void {
    const slot: DirectiveSlot = { ordinal: this.#slots.size, id: directive.id, parse, live: undefined };
    this.#slots.set(directive.id, slot);
    this.#interest.add(slot, directive.rules);
  }

  /** Compiles every directive at once, to stay in memory (`--preload-all-directives`). */
  preload(nowMs: number): void {
    this.#preloaded = true;
    for (const slot of this.#slots.values()) this.#liven(slot, nowMs);
  }

  /** Drops the compiled rules of directives that have had no backlog for long; returns how many. */
  dropIdle(nowMs: number): number {
    if (this.#preloaded) return 0;
    let dropped = 0;
    for (const slot of this.#active) {
      const { live } = slot;
      if (live === undefined || live.backlogCount > 0) continue;
      if (nowMs - live.idleSinceMs < this.#options.idleDirectivesMs) continue;
      slot.live = undefined;
      this.#active.delete(slot);
      dropped += 1;
    }
    return dropped;
  }

  /**
   * Correlates one event of a source that isn't whitelisted. Returns the number of directives that it matched: that
   * consumed it or began a backlog with it.
   */
  process(event: NormalizedEvent, nowMs: number): number {
    const interested = this.#interest.find(event);
    if (interested.length === 0) return 0;
    const { inventory } = this.#options;
    const subject: Subject = {
      event,
      source: inventory.facts(event.src_ip),
      destination: inventory.facts(event.dst_ip),
    };
    this.#eventCount += 1;
    const { trace } = this;
    let matched = 0;
    for (const { owner, stages } of interested) {
      if (trace !== undefined) trace.directiveBegins(owner.id);
      if (this.#correlate(owner, stages, subject, nowMs)) matched += 1;
      if (trace !== undefined) trace.directiveEnds();
    }
    return matched;
  }

  /**
   * Expires what was found overdue by its last check at or before `nowMs`, at most so many backlogs; returns how many
   * ended so.
   */
  expire(nowMs: number, most = Number.POSITIVE_INFINITY): number {
    const expired = this.#expiry.takeExpired(nowMs, most);
    for (const backlog of expired) {
      backlog.state(backlog.stage).status = "timeout";
      this.#options.sink.recordDue(backlog, false);
      this.#remove(backlog, "timeout", nowMs);
    }
    return expired.length;
  }

  /** Live backlogs by directive in the order of loading, then by age; it goes on unharmed while they come and go. */
  *backlogs(fromDirectiveId?: number): Generator<Backlog> {
    const from = fromDirectiveId === undefined ? 0 : (this.#slots.get(fromDirectiveId)?.ordinal ?? 0);
    for (const { ordinal, live } of this.#slots.values()) {
      if (live !== undefined && ordinal >= from) yield* live.backlogs();
    }
  }

  /** Those of one directive, by age. */
  backlogsOf(directiveId: number): Iterable<Backlog> {
    return this.#slots.get(directiveId)?.live?.backlogs() ?? [];
  }

  /** The live backlogs by directive, in the form in which they are saved: enough to go on as if nothing had been. */
  snapshot(): Map<number, SavedBacklog[]> {
    const saved = new Map<number, SavedBacklog[]>();
    for (const slot of this.#active) {
      const { live } = slot;
      if (live !== undefined && live.backlogCount > 0) saved.set(slot.id, Array.from(live.backlogs(), saveBacklog));
    }
    return saved;
  }

  /**
   * Puts saved backlogs of one directive back. Returns why each unusable one was left out: another title than the
   * directive's name allows, no unfinished stage, or rules that don't validate (engine.md §9).
   */
  restore(
    directiveId: number,
    saved: readonly SavedBacklog[],
    nowMs: number,
    onRestored: (backlog: Backlog, saved: SavedBacklog) => void = () => undefined,
  ): string[] {
    const slot = this.#slots.get(directiveId);
    if (slot === undefined) return saved.map(() => `there is no directive ${directiveId}`);
    const problems: string[] = [];
    for (const each of saved) {
      const live = this.#liven(slot, nowMs);
      const restored = restoreBacklog(each, {
        header: live.header,
        name: live.name,
        compile: (rules) => live.compiled(rules),
        ordinal: this.#nextOrdinal,
        nowMs,
      });
      if (typeof restored === "string") {
        problems.push(restored);
        continue;
      }
      this.#nextOrdinal += 1;
      this.#adopt(slot, live, restored);
      onRestored(restored, each);
    }
    return problems;
  }

  /**
   * Goes on from what the changes say that lived (`rebuild.ts`), but for the backlogs of directives that `wanted` is
   * false for. Returns what can't go on, and why. Before the first event and before `restore`.
   */
  rebuild(
    changes: Iterable<StateChange>,
    rules: ReadonlyMap<string, readonly Rule[]>,
    wanted: (directiveId: number) => boolean,
    nowMs: number,
  ): Pick<Rebuilt, "left" | "reasons"> {
    const { inventory } = this.#options;
    const liven = (directiveId: number): LiveDirective | undefined => {
      const slot = this.#slots.get(directiveId);
      return slot === undefined ? undefined : this.#liven(slot, nowMs);
    };
    const facts = (address: string) => inventory.facts(address);
    const rebuilt = rebuildBacklogs(changes, { directive: liven, rules, facts, nowMs });
    this.#nextOrdinal = Math.max(this.#nextOrdinal, rebuilt.highestOrdinal + 1);
    const left = [...rebuilt.left];
    for (const backlog of rebuilt.backlogs) {
      const slot = this.#slots.get(backlog.header.directiveId);
      if (slot?.live === undefined || !wanted(slot.id)) left.push(backlog.ordinal);
      else this.#adopt(slot, slot.live, backlog);
    }
    return { left, reasons: rebuilt.reasons };
  }

  /** Takes a backlog of before in. */
  #adopt(slot: DirectiveSlot, live: LiveDirective, backlog: Backlog): void {
    // What the rules of a variant name may be of no interest to today's.
    if (!this.#enter(live, backlog)) return;
    const rules = backlog.rules.map((rule) => rule.rule);
    this.#interest.add(slot, rules);
  }

  #liven(slot: DirectiveSlot, nowMs: number): LiveDirective {
    if (slot.live === undefined) {
      slot.live = new LiveDirective(slot.parse(), this.#surroundings, nowMs);
      this.#active.add(slot);
    }
    return slot.live;
  }

  #correlate(slot: DirectiveSlot, stages: readonly number[], subject: Subject, nowMs: number): boolean {
    // Where nothing lives, only an event that stage 1 names can do anything.
    if (slot.live === undefined && stages[0] !== 1) return false;
    const live = this.#liven(slot, nowMs);
    const effects: Effect[] | undefined = this.onOutcome === undefined ? undefined : [];
    let created: Backlog | undefined;
    let matched = live.backlogCount > 0 && this.#offerToLive(live, stages, subject, nowMs, effects);
    const firstRule = live.own.rules[0];
    if (!matched && stages[0] === 1 && firstRule !== undefined && matchesEvent(firstRule, subject)) {
      created = this.#create(live, subject, nowMs);
      matched = true;
    }
    if (effects !== undefined) {
      this.onOutcome?.({ directiveId: slot.id, effects, createdBacklogId: created?.id, matched }, subject.event);
    }
    return matched;
  }

  /** Offers the event to every live backlog of the directive; true when at least one consumed it. */
  #offerToLive(
    live: LiveDirective,
    stages: readonly number[],
    subject: Subject,
    nowMs: number,
    effects: Effect[] | undefined,
  ): boolean {
    const found = this.#found;
    for (const stage of stages) this.#findAt(live.own, stage, subject);
    if (live.hasVariants) {
      for (const variant of live.variants()) {
        for (const rule of variant.rules) this.#findAt(variant, rule.stage, subject);
      }
    }
    if (found.length === 0) return false;
    if (found.length > 1) found.sort((a, b) => a.ordinal - b.ordinal);
    const { trace } = this;
    let consumed = false;
    for (const backlog of found) {
      if (trace !== undefined) trace.backlogBegins(backlog.id);
      if (this.#offer(live, backlog, subject, nowMs, effects) === "consumed") consumed = true;
      if (trace !== undefined) trace.backlogEnds();
    }
    found.length = 0;
    return consumed;
  }

  #findAt(index: LiveIndex, stage: number, subject: Subject): void {
    if (!index.anyAt(stage)) return;
    const rule = index.rules[stage - 1];
    if (rule === undefined || !matchesEvent(rule, subject)) return;
    index.find(rule, subject.event, this.#noteFound);
  }

  /**
   * A backlog whose directive keeps all rules active may be found at several stages; its current stage comes first,
   * then the lowest (engine.md §8).
   */
  readonly #noteFound = (backlog: Backlog, stage: number): void => {
    if (backlog.foundBy !== this.#eventCount) {
      backlog.foundBy = this.#eventCount;
      backlog.foundStage = stage;
      this.#found.push(backlog);
    } else if (stage === backlog.stage) {
      backlog.foundStage = stage;
    }
  };

  /** The rule of `backlog.foundStage` matches the event, references included; what is left is the backlog's own say. */
  #offer(live: LiveDirective, backlog: Backlog, subject: Subject, nowMs: number, effects: Effect[] | undefined): Offer {
    const stage = backlog.foundStage;
    const rule = backlog.rule(stage);
    if (stage < backlog.stage) {
      this.#recordEarlier(live, backlog, stage, subject, nowMs);
      effects?.push({ kind: "recorded earlier", backlogId: backlog.id, stage });
      return "consumed";
    }
    if (!isNewStickyValue(rule, subject, backlog)) {
      effects?.push({ kind: "sticky value seen", backlogId: backlog.id, stage });
      return "refused";
    }
    const inOrder = isInOrder(rule, subject, backlog);
    this.#noteSticky(backlog, rule, subject.event);
    if (!inOrder) {
      this.#options.sink.eventDiscarded(backlog, subject.event);
      effects?.push({ kind: "out of order", backlogId: backlog.id, stage });
      return "consumed";
    }
    const finished = this.#record(live, backlog, subject, nowMs);
    effects?.push(
      finished
        ? {
            kind: "stage finished",
            backlogId: backlog.id,
            stage,
            complete: stage === backlog.rules.length,
            risk: backlog.risk,
          }
        : { kind: "recorded", backlogId: backlog.id, stage },
    );
    return "consumed";
  }

  #noteSticky(backlog: Backlog, rule: CompiledRule, event: NormalizedEvent): void {
    const value = stickyValue(rule, event);
    if (value === undefined) return;
    if (backlog.hasSticky(rule.stage, value)) return;
    const state = backlog.state(rule.stage);
    state.stickyValues = fewWith(state.stickyValues, value);
    this.#options.sink.stickySeen(backlog, rule.stage, value);
  }

  #create(live: LiveDirective, subject: Subject, nowMs: number): Backlog {
    const { newAlarmId, sink } = this.#options;
    const title = titleOf(live.name, subject);
    const backlog = new Backlog(newAlarmId(), this.#nextOrdinal, live.header, live.own.rules, title, nowMs);
    this.#nextOrdinal += 1;
    this.trace?.backlogBegins(backlog.id);
    backlog.state(1).startTime = subject.event.seconds;
    this.#enter(live, backlog);
    sink.backlogCreated(backlog, subject.event);
    this.#noteSticky(backlog, backlog.rule(1), subject.event);
    this.#record(live, backlog, subject, nowMs);
    this.trace?.backlogEnds();
    return backlog;
  }

  /** True when the backlog's rules are a variant that wasn't live before. */
  #enter(live: LiveDirective, backlog: Backlog): boolean {
    const isNewVariant = live.enter(backlog);
    this.#expiry.put(backlog);
    this.#liveBacklogs += 1;
    return isNewVariant;
  }

  /** Records the event at the current stage; true when that finished the stage. */
  #record(live: LiveDirective, backlog: Backlog, subject: Subject, nowMs: number): boolean {
    const { stage } = backlog;
    backlog.record(stage, subject, Math.floor(nowMs / 1000));
    this.#options.sink.eventRecorded(backlog, stage, subject.event);
    const { occurrence } = backlog.rule(stage).rule;
    if (backlog.countWith(stage, subject.event.event_id) < occurrence) {
      this.#expiry.put(backlog);
      return false;
    }
    this.#finishStage(live, backlog, subject.event, nowMs);
    return true;
  }

  #recordEarlier(live: LiveDirective, backlog: Backlog, stage: number, subject: Subject, nowMs: number): void {
    const { sink } = this.#options;
    const rebind = backlog.firstEvent(stage) === undefined;
    const index = live.indexOf(backlog);
    // A stage that Dsiem-rs saved without its first event gets one now, and with it what refers to it a key.
    if (rebind) index.remove(backlog);
    backlog.record(stage, subject, Math.floor(nowMs / 1000));
    if (rebind) index.add(backlog);
    sink.eventRecorded(backlog, stage, subject.event);
    sink.recordDue(backlog, false);
  }

  #finishStage(live: LiveDirective, backlog: Backlog, event: NormalizedEvent, nowMs: number): void {
    const { medRiskMin, medRiskMax, sink } = this.#options;
    const { stage } = backlog;
    const rule = backlog.rule(stage);
    const state = backlog.state(stage);
    state.status = "finished";
    state.endTime = event.seconds;
    const riskBefore = backlog.risk;
    backlog.risk = riskOf(backlog.priority, rule.rule.reliability, backlog.highestValue());
    if (backlog.risk !== riskBefore) backlog.riskClass = riskClassOf(backlog.risk, medRiskMin, medRiskMax);
    const last = stage === backlog.rules.length;
    if (!last) {
      backlog.stage = stage + 1;
      backlog.state(backlog.stage).startTime = event.seconds;
      live.indexOf(backlog).advanced(backlog);
      this.#expiry.put(backlog);
    }
    sink.stageFinished(backlog, stage, event, riskBefore);
    sink.recordDue(backlog, true);
    if (last) this.#remove(backlog, "complete", nowMs);
  }

  #remove(backlog: Backlog, why: "complete" | "timeout", nowMs: number): void {
    const live = this.#slots.get(backlog.header.directiveId)?.live;
    if (live === undefined) throw new Error(`broken invariant: the directive of backlog ${backlog.id} isn't live`);
    live.leave(backlog, nowMs);
    this.#expiry.remove(backlog);
    this.#liveBacklogs -= 1;
    this.#options.sink.backlogRemoved(backlog, why);
  }
}
