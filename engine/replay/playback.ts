import type { Backlog } from "../backlog/backlog.ts";
import { fewSize } from "../backlog/few.ts";
import type { Outcome } from "../backlog/outcome.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { eventMs } from "./event-time.ts";
import { KnownSteps, rowOutcome, type StepReport } from "./known-steps.ts";
import type { Mark } from "./marks.ts";
import { Moments } from "./moments.ts";
import type { Recording } from "./recording.ts";
import type { ReplayConfig } from "./replay-config.ts";
import { ReplayLimitError, type ReplayLimits, SESSION_LIMITS } from "./replay-limits.ts";
import { type ReplayEnd, ReplayRun, type StepEntry } from "./replay-run.ts";

/** Why a playback goes no further. */
export interface Limit {
  readonly step: number;
  readonly reason: string;
}

/**
 * A recording that is played with one set of directives, forwards and back. Steps are counted from 0, where nothing has
 * happened yet; step n is the moment after event n, and one more than there are events is the time after them all.
 */
export class Playback {
  readonly run: ReplayRun;
  readonly known = new KnownSteps();
  readonly #recording: Recording;
  readonly #moments = new Moments();
  #step = 0;
  #limit: Limit | undefined;
  #alarmsAtEnd: number | undefined;
  /** Of the step that is being made. */
  #report: StepReport = { ended: [], marks: [] };
  #outcomes: Outcome[] = [];
  #touched: Backlog[] = [];

  constructor(config: ReplayConfig, recording: Recording, limits: ReplayLimits = SESSION_LIMITS) {
    this.run = new ReplayRun(config, { limits });
    this.#recording = recording;
    this.#keepMoment();
    this.run.listener = {
      recorded: (backlog) => this.#touched.push(backlog),
      stageFinished: (backlog, stage, riskBefore) => this.#stageFinished(backlog, stage, riskBefore),
      ended: (end) => this.#ended(end),
    };
  }

  get step(): number {
    return this.#step;
  }

  /** Where it can't go beyond. */
  get limit(): Limit | undefined {
    return this.#limit;
  }

  /** How many alarms there are after all; known once it has been at its end. */
  get alarmsAtEnd(): number | undefined {
    return this.#alarmsAtEnd;
  }

  /** The step behind the last event. */
  get lastStep(): number {
    return this.#recording.count + 1;
  }

  /** What the step that was made last did. */
  get report(): StepReport {
    return this.#report;
  }

  /** Backlogs that the step that was made last counted its event in. */
  get touched(): readonly Backlog[] {
    return this.#touched;
  }

  /**
   * Makes the next step; false where there is none, or a limit is in the way. `look` is called when time has gone on to the
   * event and before it is correlated.
   */
  next(look?: (event: NormalizedEvent) => void): boolean {
    if (this.#step >= Math.min(this.lastStep, this.#limit?.step ?? this.lastStep)) return false;
    const isNew = this.#step >= this.known.upTo;
    this.#report = { ended: [], marks: [] };
    this.#outcomes = [];
    this.#touched = [];
    this.#step += 1;
    const isOver = this.#step === this.lastStep;
    this.run.correlator.onOutcome = isNew && !isOver ? (outcome) => this.#outcomes.push(outcome) : undefined;
    try {
      const entry = isOver ? this.#settle() : this.#make(this.#recording.eventAt(this.#step - 1), look);
      if (isNew) this.known.add(rowOutcome(entry, this.#outcomes, this.#touched), this.#report);
    } catch (error) {
      if (!(error instanceof ReplayLimitError)) throw error;
      this.#limit = { step: this.#step, reason: error.message };
      if (isNew) this.known.add(rowOutcome("correlated", this.#outcomes, this.#touched), this.#report);
    }
    if (isOver) this.#alarmsAtEnd = this.run.figures.alarms;
    else if (this.#moments.wants(this.#step)) this.#keepMoment();
    return true;
  }

  #make(event: NormalizedEvent, look: ((event: NormalizedEvent) => void) | undefined): StepEntry {
    this.run.advanceTo(eventMs(event));
    look?.(event);
    return this.run.step(event);
  }

  #settle(): StepEntry {
    this.run.settle();
    return "correlated";
  }

  /** Goes there, forwards or back, or as far as a limit lets it. */
  goTo(step: number): void {
    this.#jump(step);
    while (this.#step < step && this.next());
  }

  /** As near before a step as is possible at once. */
  #jump(step: number): void {
    const moment = this.#moments.before(step);
    if (moment === undefined || (this.#step <= step && this.#step >= moment.step)) return;
    this.run.restore(moment.checkpoint);
    this.#step = moment.step;
    this.#report = { ended: [], marks: [] };
    this.#touched = [];
  }

  /** Events will be put behind the last one: the time after them hasn't come yet. */
  reopen(): void {
    const { count } = this.#recording;
    if (this.#step > count) this.goTo(count);
    this.known.forgetBehind(count);
    this.#alarmsAtEnd = undefined;
  }

  #keepMoment(): void {
    const { checkpoint, changed } = this.run.checkpoint();
    this.#moments.add(this.#step, checkpoint, changed);
  }

  #stageFinished(backlog: Backlog, stage: number, riskBefore: number): void {
    const { title, risk, rules } = backlog;
    const finished = `tage ${stage} of ${rules.length} (${backlog.rule(stage).rule.name})`;
    if (risk === riskBefore) this.#mark("stage", `S${finished} of “${title}” finished.`);
    else if (riskBefore === 0) this.#mark("alarm", `Alarm “${title}” with risk ${risk}: s${finished} finished.`);
    else this.#mark("alarm", `Alarm “${title}” has risk ${risk} now, not ${riskBefore}: s${finished} finished.`);
  }

  #ended(end: ReplayEnd): void {
    this.#report.ended.push(end);
    if (end.why !== "timeout") return;
    const { backlog } = end;
    const { occurrence } = backlog.rule(backlog.stage).rule;
    const had = fewSize(backlog.state(backlog.stage).eventIds);
    const place = `stage ${backlog.stage} of ${backlog.rules.length}`;
    this.#mark("expired", `“${backlog.title}” expired at ${place} with ${had} of ${occurrence} events.`, end.atMs);
  }

  #mark(kind: Mark["kind"], sentence: string, atMs: number | undefined = this.run.clockMs): void {
    this.#report.marks.push({ step: this.#step, at: Math.max(0, Math.floor(atMs ?? 0)), kind, sentence });
  }
}
