import { alarmRecordOf } from "../alarm/alarm-record.ts";
import type { Backlog } from "../backlog/backlog.ts";
import { Correlator } from "../backlog/correlator.ts";
import { deadlineOf, fellDueMs } from "../backlog/expiry.ts";
import type { PopulationPlace } from "../backlog/population.ts";
import type { BacklogEnd, CorrelatorSink } from "../backlog/sink.ts";
import type { AlarmRecord } from "../contract/alarm.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { eventMs } from "./event-time.ts";
import { type FrozenBacklog, freezeBacklog, thawBacklog } from "./frozen-backlog.ts";
import { HeapGuard } from "./heap-guard.ts";
import { Held } from "./held.ts";
import type { ReplayConfig } from "./replay-config.ts";
import { REPLAY_LIMITS, type ReplayLimits } from "./replay-limits.ts";
import { PagedSlots, type SlotPages } from "./slot-pages.ts";

/** A backlog that lives no more. */
export interface ReplayEnd {
  readonly backlog: Backlog;
  readonly why: BacklogEnd;
  /** Milliseconds of the virtual clock. */
  readonly atMs: number;
}

/** Hears what happens, in order. Nothing is made for what nobody hears. */
export interface ReplayListener {
  recorded?: (backlog: Backlog, stage: number, event: NormalizedEvent) => void;
  stageFinished?: (backlog: Backlog, stage: number, riskBefore: number) => void;
  /** An alarm's record is due, for the first time or anew; its risk is above 0. */
  written?: (backlog: Backlog, isFirst: boolean) => void;
  /** The record, where alarms are rendered. */
  alarm?: (record: AlarmRecord, backlog: Backlog) => void;
  ended?: (end: ReplayEnd) => void;
}

/** What became of an event before any directive had it. */
export type StepEntry = "correlated" | "no directive" | "whitelisted";

/** What can be counted of a run. */
export interface ReplayFigures {
  readonly alarms: number;
  readonly highestRisk: number;
  /** Backlogs that became complete with risk 0, and those that expired. */
  readonly riskless: number;
  readonly expired: number;
}

/** An alarm as it stands: its last record, as siem_alarms.json would have it but for look-ups. */
export interface ReplayAlarm {
  readonly ordinal: number;
  readonly record: AlarmRecord;
}

/** What is kept of one ordinal: its backlog while it lives, and its alarm. */
interface Slot {
  readonly backlog: FrozenBacklog | undefined;
  readonly alarm: ReplayAlarm | undefined;
}

/** A moment of a run to which it can go back. It holds only what changed since the moment before, and shares the rest. */
export interface Checkpoint {
  readonly slots: SlotPages<Slot>;
  readonly place: PopulationPlace;
  readonly clock: ReplayClock;
  readonly figures: ReplayFigures;
  readonly held: number;
}

interface ReplayClock {
  /** Milliseconds since the epoch; before the first event there is none. */
  readonly nowMs: number | undefined;
  /** When expiry was looked at last. */
  readonly polledMs: number;
  readonly steps: number;
  readonly lastId: number;
}

export interface ReplayOptions {
  limits?: ReplayLimits;
  /** False for a run that never goes back: neither checkpoints nor alarms are kept, and memory doesn't grow with its length. */
  keeps?: boolean;
  /** False where alarms are only counted. */
  renders?: boolean;
  /** For events that all came at one moment, whatever their own times are: that moment, and how much time passes after them. */
  held?: { atMs: number; waitMs: number } | undefined;
}

/**
 * The real correlator on a virtual clock: now is the highest event time seen so far, and time expires backlogs before each
 * event, so that a recording of last year behaves as it did then. Ids are counted and not drawn: the same events always
 * give the same alarms.
 */
export class ReplayRun {
  readonly config: ReplayConfig;
  readonly correlator: Correlator;
  listener: ReplayListener = {};
  readonly #limits: ReplayLimits;
  readonly #keeps: boolean;
  readonly #renders: boolean;
  readonly #held: Held;
  readonly #heap = new HeapGuard();
  readonly #moment: ReplayOptions["held"];
  readonly #live = new Map<number, Backlog>();
  readonly #alarms = new Map<number, ReplayAlarm>();
  readonly #slots = new PagedSlots<Slot>();
  #figures = { alarms: 0, highestRisk: 0, riskless: 0, expired: 0 };
  #nowMs: number | undefined;
  #polledMs = 0;
  #steps = 0;
  #lastId = 0;
  /** Gathers what expires, to be told in an order that doesn't depend on how this moment was reached. */
  #expiring: Backlog[] | undefined;

  constructor(config: ReplayConfig, options: ReplayOptions = {}) {
    const { limits = REPLAY_LIMITS, keeps = true, renders = true, held } = options;
    this.config = config;
    this.#moment = held;
    this.#limits = limits;
    this.#keeps = keeps;
    this.#renders = renders;
    this.correlator = new Correlator({
      inventory: config.inventory,
      sink: this.#sink(),
      newAlarmId: () => this.#newId(),
      idleDirectivesMs: Number.POSITIVE_INFINITY,
      ...config.flags,
    });
    for (const { directive } of config.directives) this.correlator.addDirective(directive, () => directive);
    this.#held = new Held(this.correlator, config.directives, limits);
  }

  /** Of the virtual clock, milliseconds since the epoch; `undefined` before the first event. */
  get clockMs(): number | undefined {
    return this.#nowMs;
  }

  get figures(): ReplayFigures {
    return this.#figures;
  }

  /** The alarms as they stand, in the order in which their backlogs began. */
  alarms(): ReplayAlarm[] {
    return [...this.#alarms.values()].sort((a, b) => a.ordinal - b.ordinal);
  }

  alarmOf(ordinal: number): ReplayAlarm | undefined {
    return this.#alarms.get(ordinal);
  }

  /**
   * The next event happens.
   * @throws ReplayLimitError when more would be live than the limits allow: the event has been correlated, and the run can
   * only go back.
   */
  step(event: NormalizedEvent): StepEntry {
    this.#steps += 1;
    const now = this.advanceTo(eventMs(event));
    if (!this.correlator.interest.concerns(event)) return "no directive";
    if (this.config.inventory.facts(event.src_ip).whitelisted) return "whitelisted";
    this.correlator.process(event, now);
    const { liveBacklogs, held } = this.#limits;
    if (this.correlator.liveBacklogs > liveBacklogs || this.#held.count > held) this.#held.check(this.#steps);
    const megabytes = this.#heap.exceeded();
    if (megabytes !== undefined) throw this.#held.memoryError(this.#steps, megabytes);
    return "correlated";
  }

  /** An event at that time came that concerns nobody. */
  stepOver(atMs: number): void {
    this.#steps += 1;
    this.advanceTo(atMs);
  }

  /** Time passes until no backlog lives, each expiring when it is due. */
  settle(): void {
    this.#steps += 1;
    if (this.#moment !== undefined) {
      this.#goTo(this.#moment.atMs + this.#moment.waitMs);
      return;
    }
    let last = this.#nowMs;
    for (const backlog of this.correlator.backlogs()) last = Math.max(last ?? 0, deadlineOf(backlog) * 1000);
    if (last !== undefined) this.advanceTo(last);
  }

  /** Time passes, at least to there: the clock never goes back. Returns what it is then. */
  advanceTo(atMs: number): number {
    return this.#goTo(this.#moment === undefined ? Math.max(this.#nowMs ?? atMs, atMs) : this.#moment.atMs);
  }

  #goTo(now: number): number {
    const before = this.#nowMs;
    this.#nowMs = now;
    if (now !== before) this.#expire(now);
    return now;
  }

  /** This moment, to come back to. Costs what happened since the checkpoint before: `changed` backlogs and alarms. */
  checkpoint(): { checkpoint: Checkpoint; changed: number } {
    const changed = this.#slots.touched;
    const slots = this.#slots.save((ordinal, before) => {
      const live = this.#live.get(ordinal);
      const backlog = live === undefined ? undefined : freezeBacklog(live, before?.backlog);
      const alarm = this.#alarms.get(ordinal);
      return backlog === undefined && alarm === undefined ? undefined : { backlog, alarm };
    });
    const checkpoint = {
      slots,
      place: this.correlator.place,
      clock: { nowMs: this.#nowMs, polledMs: this.#polledMs, steps: this.#steps, lastId: this.#lastId },
      figures: { ...this.#figures },
      held: this.#held.count,
    };
    return { checkpoint, changed };
  }

  /** Goes to a checkpoint of this run, earlier or later. Costs what is different there. */
  restore({ slots, place, clock, figures, held }: Checkpoint): void {
    const gone: Backlog[] = [];
    const back: Backlog[] = [];
    for (const [ordinal, slot] of this.#slots.moveTo(slots)) {
      const live = this.#live.get(ordinal);
      if (live !== undefined) gone.push(live);
      this.#live.delete(ordinal);
      if (slot?.backlog !== undefined) {
        const thawed = thawBacklog(slot.backlog);
        this.#live.set(ordinal, thawed);
        back.push(thawed);
      }
      if (slot?.alarm === undefined) this.#alarms.delete(ordinal);
      else this.#alarms.set(ordinal, slot.alarm);
    }
    this.correlator.rewind(place, gone, back, clock.nowMs ?? 0);
    this.#nowMs = clock.nowMs;
    this.#polledMs = clock.polledMs;
    this.#steps = clock.steps;
    this.#lastId = clock.lastId;
    this.#figures = { ...figures };
    this.#held.count = held;
  }

  #newId(): string {
    this.#lastId += 1;
    return `r${String(this.#lastId).padStart(8, "0")}`;
  }

  #expire(now: number): void {
    this.#expiring = [];
    this.correlator.expire(now);
    const expired = this.#expiring;
    this.#expiring = undefined;
    const polled = this.#polledMs;
    this.#polledMs = now;
    if (expired.length === 0) return;
    const { minAlarmLifetimeSeconds } = this.config.flags;
    const ends = expired.map((backlog) => ({ backlog, atMs: fellDueMs(backlog, minAlarmLifetimeSeconds, polled) }));
    ends.sort((a, b) => a.atMs - b.atMs || a.backlog.ordinal - b.backlog.ordinal);
    for (const { backlog, atMs } of ends) {
      this.#write(backlog);
      this.#end(backlog, "timeout", atMs);
    }
  }

  #sink(): CorrelatorSink {
    return {
      backlogCreated: (backlog) => {
        if (!this.#keeps) return;
        this.#live.set(backlog.ordinal, backlog);
        this.#slots.touch(backlog.ordinal);
      },
      eventRecorded: (backlog, stage, event) => {
        this.#held.count += 1;
        if (this.#keeps) this.#slots.touch(backlog.ordinal);
        this.listener.recorded?.(backlog, stage, event);
      },
      stickySeen: (backlog) => {
        this.#held.count += 1;
        if (this.#keeps) this.#slots.touch(backlog.ordinal);
      },
      eventDiscarded: () => undefined,
      stageFinished: (backlog, stage, _event, riskBefore) => {
        this.listener.stageFinished?.(backlog, stage, riskBefore);
      },
      recordDue: (backlog) => {
        if (this.#expiring === undefined) this.#write(backlog);
      },
      backlogRemoved: (backlog, why) => {
        if (this.#expiring !== undefined) this.#expiring.push(backlog);
        else this.#end(backlog, why, this.#nowMs ?? 0);
      },
    };
  }

  /** The alarm's record is due. */
  #write(backlog: Backlog): void {
    if (backlog.risk === 0) return;
    const isFirst = backlog.createdTime === 0;
    const figures = this.#figures;
    if (isFirst) figures.alarms += 1;
    if (backlog.risk > figures.highestRisk) figures.highestRisk = backlog.risk;
    this.listener.written?.(backlog, isFirst);
    if (!this.#renders) {
      // Rendering would fix it: the first record is the beginning of the alarm.
      if (isFirst) backlog.createdTime = backlog.updateTime;
      return;
    }
    const record = alarmRecordOf(backlog);
    if (record === undefined) return;
    if (this.#keeps) {
      this.#alarms.set(backlog.ordinal, { ordinal: backlog.ordinal, record });
      this.#slots.touch(backlog.ordinal);
    }
    this.listener.alarm?.(record, backlog);
  }

  #end(backlog: Backlog, why: BacklogEnd, atMs: number): void {
    if (why === "timeout") this.#figures.expired += 1;
    else if (backlog.risk === 0) this.#figures.riskless += 1;
    if (this.#keeps) {
      this.#live.delete(backlog.ordinal);
      this.#slots.touch(backlog.ordinal);
    }
    this.listener.ended?.({ backlog, why, atMs });
  }
}
