import type { NormalizedEvent } from "../contract/event.ts";
import type { CompiledRule } from "../directive/compile.ts";
import { isInOrder, isNewStickyValue, matchesEvent, type Subject, stickyValue } from "../match/checks.ts";
import { riskClassOf, riskOf } from "../match/risk.ts";
import { Backlog } from "./backlog.ts";
import type { Changeover, ChangeoverResult } from "./changeover.ts";
import type { DirectiveSlot } from "./directive-slot.ts";
import { isLive } from "./expiry.ts";
import { fewWith } from "./few.ts";
import type { LiveDirective } from "./live-directive.ts";
import type { Effect, Outcome } from "./outcome.ts";
import { Population, type PopulationOptions } from "./population.ts";
import type { BacklogEnd, BacklogWatcher, CorrelatorSink } from "./sink.ts";
import { titleOf } from "./title.ts";
import type { CorrelatorTrace } from "./trace.ts";

/** What the offer of an event came to. */
type Offer = "consumed" | "refused";

export interface CorrelatorOptions extends PopulationOptions {
  sink: CorrelatorSink;
  /** Ids of new alarms. */
  newAlarmId: () => string;
  medRiskMin: number;
  medRiskMax: number;
}

/**
 * The correlator (engine.md §7 and §8): what events and time do to the backlogs that live. It offers each event to the
 * live backlogs of the directives it concerns, begins new ones, and expires old ones. Pure computation: time, ids and
 * the inventory are given, changes go to the sink.
 *
 * The cost of an event is what its interest look-up finds plus the backlogs that consume it, not the number that live.
 */
export class Correlator extends Population {
  readonly #options: CorrelatorOptions;
  /** Scratch of `#offerToLive`, kept so that an event allocates none. */
  readonly #found: Backlog[] = [];
  #eventCount = 0;
  /** Backlogs that meet no event any more, because their directive isn't loaded, and whose end isn't told yet. */
  readonly #unloaded = new Set<Backlog>();
  /** Gets what each event did to each interested directive; while unset, no outcome is ever built. */
  onOutcome: ((outcome: Outcome, event: NormalizedEvent) => void) | undefined = undefined;
  /** Unset while nobody looks at the live backlogs. */
  watcher: BacklogWatcher | undefined = undefined;
  /** Unset while tracing is off. */
  trace: CorrelatorTrace | undefined = undefined;

  constructor(options: CorrelatorOptions) {
    super(options);
    this.#options = options;
  }

  /**
   * Correlates one event of a source that isn't whitelisted. Returns the number of directives that it matched: that
   * consumed it or began a backlog with it.
   */
  process(event: NormalizedEvent, nowMs: number): number {
    const interested = this.interestIndex.find(event);
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
    const expired = this.expiry.takeExpired(nowMs, most);
    for (const backlog of expired) {
      if (this.#unloaded.has(backlog)) this.#unload(backlog);
      else this.#end(backlog, "timeout", nowMs);
    }
    return expired.length;
  }

  /**
   * Goes on with another set of directives, from the next event on (engine.md §9: as after a restart with it). The
   * backlogs that can't go on meet no event any more; `endUnloaded` is to end them.
   */
  changeOver(changeover: Changeover, nowMs: number): ChangeoverResult {
    const result = this.takeOver(changeover, nowMs);
    for (const { backlog } of result.ended) this.#unloaded.add(backlog);
    return result;
  }

  /** Ends backlogs whose directive isn't loaded any more, at most so many; returns whether any are left. */
  endUnloaded(most = Number.POSITIVE_INFINITY): boolean {
    let left = most;
    for (const backlog of this.#unloaded) {
      if (left <= 0) return true;
      left -= 1;
      this.expiry.remove(backlog);
      this.#unload(backlog);
    }
    return false;
  }

  /** Ends a backlog before its time, as if it had expired now; false when it lives no more. */
  close(backlog: Backlog, nowMs: number): boolean {
    if (!isLive(backlog) || this.#unloaded.has(backlog)) return false;
    this.#end(backlog, "closed", nowMs);
    return true;
  }

  #end(backlog: Backlog, why: "timeout" | "closed", nowMs: number): void {
    backlog.state(backlog.stage).status = "timeout";
    this.#options.sink.recordDue(backlog, false);
    this.#remove(backlog, why, nowMs);
  }

  #unload(backlog: Backlog): void {
    this.#unloaded.delete(backlog);
    this.#options.sink.backlogRemoved(backlog, "unloaded");
    this.watcher?.ended(backlog, "unloaded");
  }

  #correlate(slot: DirectiveSlot, stages: readonly number[], subject: Subject, nowMs: number): boolean {
    // Where nothing lives, only an event that stage 1 names can do anything.
    if (slot.live === undefined && stages[0] !== 1) return false;
    const live = this.liven(slot, nowMs);
    const effects: Effect[] | undefined = this.onOutcome === undefined ? undefined : [];
    let created: Backlog | undefined;
    let matched = live.backlogCount > 0 && this.#offerToLive(live, stages, subject, nowMs, effects);
    const firstRule = live.own.rules[0];
    if (!matched && stages[0] === 1 && firstRule !== undefined && matchesEvent(firstRule, subject)) {
      created = this.#create(live, subject, nowMs);
      matched = true;
    }
    if (matched) slot.matched += 1;
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
    live.findOffered(stages, subject, this.#noteFound);
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
    const backlog = new Backlog(newAlarmId(), this.takeOrdinal(), live.header, live.own.rules, title, nowMs);
    this.trace?.backlogBegins(backlog.id);
    backlog.state(1).startTime = subject.event.seconds;
    this.enter(live, backlog);
    sink.backlogCreated(backlog, subject.event);
    this.#noteSticky(backlog, backlog.rule(1), subject.event);
    this.#record(live, backlog, subject, nowMs);
    this.trace?.backlogEnds();
    return backlog;
  }

  /** Records the event at the current stage; true when that finished the stage. */
  #record(live: LiveDirective, backlog: Backlog, subject: Subject, nowMs: number): boolean {
    const { stage } = backlog;
    backlog.record(stage, subject, Math.floor(nowMs / 1000));
    this.watcher?.changed(backlog);
    this.#options.sink.eventRecorded(backlog, stage, subject.event);
    const { occurrence } = backlog.rule(stage).rule;
    if (backlog.countWith(stage, subject.event.event_id) < occurrence) {
      this.expiry.put(backlog);
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
    this.watcher?.changed(backlog);
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
      this.expiry.put(backlog);
    }
    sink.stageFinished(backlog, stage, event, riskBefore);
    sink.recordDue(backlog, true);
    if (!last) return;
    if (backlog.risk === 0) this.noteRiskless(backlog, nowMs);
    this.#remove(backlog, "complete", nowMs);
  }

  #remove(backlog: Backlog, why: BacklogEnd, nowMs: number): void {
    this.leave(backlog, nowMs);
    this.#options.sink.backlogRemoved(backlog, why);
    this.watcher?.ended(backlog, why);
  }
}
