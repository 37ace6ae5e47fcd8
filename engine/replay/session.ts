import type { Backlog } from "../backlog/backlog.ts";
import { isLive } from "../backlog/expiry.ts";
import { summaryOf } from "../backlog/view.ts";
import { DsiemError } from "../base/errors.ts";
import type { ReplayRow, ReplaySide, ReplayStep, ReplayTicks } from "../contract/console/replay.ts";
import type { EventInput, NormalizedEvent } from "../contract/event.ts";
import type { Explanation } from "../contract/explain.ts";
import type { BacklogSummary } from "../contract/live-backlog.ts";
import type { ReplayCalls, ReplayPosition, ReplayRecordingState, ReplaySetting } from "../contract/replay-thread.ts";
import { explainEnd } from "../explain/end.ts";
import { ExpiredBacklogs, type LastExpired } from "../explain/expired.ts";
import { explainEvent } from "../explain/explain.ts";
import { writeCase } from "./case-writing.ts";
import { withFates } from "./fate.ts";
import type { Mark } from "./marks.ts";
import { Playback } from "./playback.ts";
import { Recording } from "./recording.ts";
import { loadReplayConfig } from "./replay-config.ts";
import { type ReplayLimits, SESSION_LIMITS } from "./replay-limits.ts";
import { eventTicks } from "./ticks.ts";

/** Live backlogs and alarms that a step shows. */
const SHOWN_BACKLOGS = 200;
const SHOWN_ALARMS = 50;
/** Rows of one answer. */
const MAX_ROWS = 1_000;
/** Characters of a text in a row: a hundred events of a megabyte each would be no page. */
const ROW_CHARACTERS = 512;
/** The clock is looked at once in so many steps. */
const STEPS_PER_LOOK = 32;

type Advance = ReplayCalls["advance"];

/** One replay: a recording, and one or two sides that are stepped through it together. Pure but for the clock it is given. */
export class Session {
  readonly recording = new Recording();
  readonly #now: () => number;
  readonly #limits: ReplayLimits;
  #setting: ReplaySetting;
  #sides: { side: ReplaySide; playback: Playback }[];

  /**
   * `now`: milliseconds of a clock that never goes back, for how long work takes.
   * @throws ReplayConfigError when the directives or assets can't be loaded
   */
  constructor(setting: ReplaySetting, now: () => number, limits: ReplayLimits = SESSION_LIMITS) {
    this.#now = now;
    this.#limits = limits;
    this.#setting = setting;
    this.#sides = this.#open(setting);
  }

  /** @throws DsiemError when the recording is full; what came before stays */
  append(text: Uint8Array): ReplayRecordingState {
    for (const { playback } of this.#sides) playback.reopen();
    this.recording.append(text);
    return this.recordingState();
  }

  recordingState(): ReplayRecordingState {
    const { count, refused, problems, firstMs, highestMs } = this.recording;
    return {
      events: count,
      ...(firstMs !== undefined && { first: atMs(firstMs) }),
      ...(highestMs !== undefined && { last: atMs(highestMs) }),
      refused,
      problems: [...problems],
    };
  }

  /** The same events with other directives; the step is kept. */
  directives(setting: ReplaySetting): ReplayPosition {
    const step = this.#step;
    this.#sides = this.#open(setting);
    this.#setting = setting;
    return this.goTo(step);
  }

  goTo(step: number): ReplayPosition {
    const target = Math.min(step, this.recording.count + 1);
    for (const { playback } of this.#sides) playback.goTo(target);
    // One of them may have met a limit: the others wait there.
    const reached = this.#step;
    for (const { playback } of this.#sides) playback.goTo(reached);
    return this.position(reached < target);
  }

  advance({ untilMs, step, mostMs, breakOn }: Advance["request"]): Advance["answer"] {
    const deadline = this.#now() + mostMs;
    const target = Math.min(step ?? Number.POSITIVE_INFINITY, this.recording.count + 1);
    for (let made = 1; this.#step < target; made++) {
      if (untilMs !== undefined && this.#nextMs() > untilMs) break;
      const held = this.#next();
      if (held === undefined) return { ...this.position(true), held: false };
      const mark = held.find(({ kind }) =>
        kind === "alarm" ? breakOn.alarm || breakOn.stageChange : breakOn.stageChange && kind === "stage",
      );
      if (mark !== undefined)
        return { ...this.position(false), reason: `Held at event ${mark.step}: ${mark.sentence}`, held: true };
      if (made % STEPS_PER_LOOK === 0 && this.#now() >= deadline) break;
    }
    return { ...this.position(false), held: false };
  }

  /** `wanted`: it was to go further. */
  position(wanted: boolean): ReplayPosition {
    const step = this.#step;
    const limit = this.#sides
      .map(({ playback }) => playback.limit)
      .find((each) => each !== undefined && each.step <= step);
    const first = this.#sides[0]?.playback;
    const clock = first?.run.clockMs;
    return {
      step,
      ...(clock !== undefined && step > 0 && { clock: atMs(clock) }),
      ...(wanted && limit !== undefined && { reason: limit.reason, stopped: true }),
      marks: [...(first?.known.marks ?? [])],
      sides: this.#sides.map(({ side, playback }) => ({
        side,
        alarms: playback.run.figures.alarms,
        highestRisk: playback.run.figures.highestRisk,
        liveBacklogs: playback.run.correlator.liveBacklogs,
        ...(playback.alarmsAtEnd !== undefined && { alarmsAtEnd: playback.alarmsAtEnd }),
      })),
    };
  }

  rows({ from, limit, side }: ReplayCalls["rows"]["request"]): ReplayCalls["rows"]["answer"] {
    const { known } = this.#playback(side);
    const rows: ReplayRow[] = [];
    const first = Math.max(1, from);
    const end = Math.min(this.recording.count, first + Math.min(limit, MAX_ROWS) - 1);
    for (let step = first; step <= end; step++) {
      const outcome = known.outcomeOf(step);
      rows.push({
        step,
        event: cutTexts(wireEvent(this.recording.eventAt(step - 1))),
        ...(outcome !== undefined && { outcome }),
      });
    }
    return { rows, total: this.recording.count };
  }

  /** A step in full. Where the replay is doesn't change. */
  step({ step, side, directive }: ReplayCalls["step"]["request"]): ReplayStep {
    const playback = this.#playback(side);
    if (step > playback.lastStep)
      throw new DsiemError("REPLAY_STEP", `There is no step ${step}: the last one is ${playback.lastStep}.`);
    const back = playback.step;
    let explanation: Explanation | undefined;
    playback.goTo(Math.max(0, step - 1));
    if (step > 0) {
      playback.next((event) => {
        const lastExpired = lastExpiredAt(playback, step);
        explanation = explainEvent(playback.run.correlator, event, { directiveId: directive, lastExpired });
      });
    }
    const view = playback.step === step ? stepView(playback, side, explanation) : undefined;
    playback.goTo(back);
    if (view === undefined)
      throw new DsiemError("REPLAY_STEP", playback.limit?.reason ?? "The replay doesn't get there.");
    return view;
  }

  ticks(parts: number): ReplayTicks {
    return eventTicks(this.recording, parts);
  }

  /** @throws DsiemError when the folder is there already, or the events concern no directive */
  keep({ folder, description, side, replace }: ReplayCalls["keep"]["request"]): ReplayCalls["keep"]["answer"] {
    const { config } = this.#playback(side).run;
    const { assets } = this.#setting;
    const { recording } = this;
    return { alarms: writeCase(folder, { description, recording, config, assets, replace }) };
  }

  /** All sides are at the same step, unless one of them met a limit on its way. */
  get #step(): number {
    return Math.min(...this.#sides.map(({ playback }) => playback.step));
  }

  /** The virtual clock after the next step; the time after the last event comes with it. */
  #nextMs(): number {
    const step = this.#step;
    const clock = this.#sides[0]?.playback.run.clockMs ?? Number.NEGATIVE_INFINITY;
    return step < this.recording.count ? Math.max(clock, this.recording.timeOf(step)) : clock;
  }

  /** All sides make a step; what is worth stopping at, or `undefined` when one of them can't. */
  #next(): Mark[] | undefined {
    if (this.#sides.some(({ playback }) => playback.limit !== undefined && playback.limit.step <= playback.step))
      return undefined;
    const marks: Mark[] = [];
    for (const { playback } of this.#sides) if (playback.next()) marks.push(...playback.report.marks);
    return marks;
  }

  #playback(side: ReplaySide): Playback {
    const found = this.#sides.find((each) => each.side === side) ?? this.#sides[0];
    if (found === undefined) throw new DsiemError("REPLAY_SIDE", "This replay has no directives.");
    return found.playback;
  }

  #open({ sides, assets, only, ...flags }: ReplaySetting): { side: ReplaySide; playback: Playback }[] {
    const limits = {
      liveBacklogs: Math.floor(this.#limits.liveBacklogs / sides.length),
      held: Math.floor(this.#limits.held / sides.length),
    };
    return sides.map(({ side, directives }) => {
      const config = loadReplayConfig({ directives, assets, only }, flags);
      return { side, playback: new Playback(config, this.recording, limits) };
    });
  }
}

/** What expired before a step's event: also when time went on to it, which is part of the step. */
function lastExpiredAt({ report, known }: Playback, step: number): LastExpired {
  const now = new ExpiredBacklogs();
  for (const { backlog, why, atMs } of report.ended) now.note(backlog, why, atMs, step);
  return (directiveId, stage) => now.last(directiveId, stage) ?? known.expired.last(directiveId, stage, step - 1);
}

function stepView(playback: Playback, side: ReplaySide, explanation: Explanation | undefined): ReplayStep {
  const { run, report, step, touched, known } = playback;
  const alarms = run.alarms().sort((a, b) => b.record.update_time - a.record.update_time || b.ordinal - a.ordinal);
  return {
    step,
    side,
    ...(explanation !== undefined && { explanation: withFates(explanation, touched, (id) => known.fateOf(id)) }),
    backlogs: shownBacklogs(playback),
    liveBacklogs: run.correlator.liveBacklogs,
    ended: report.ended.map(({ backlog, why, atMs }) => ({
      id: backlog.id,
      title: backlog.title,
      sentence: explainEnd(backlog, why, atMs),
    })),
    alarms: alarms.slice(0, SHOWN_ALARMS).map(({ record }) => record),
  };
}

/** Those that the step changed first, then those that expire first. */
function shownBacklogs({ run, touched }: Playback): BacklogSummary[] {
  const shown = new Map<string, Backlog>();
  for (const backlog of touched) if (isLive(backlog)) shown.set(backlog.id, backlog);
  for (const backlog of run.correlator.soonest()) {
    if (shown.size >= SHOWN_BACKLOGS) break;
    shown.set(backlog.id, backlog);
  }
  return [...shown.values()].map(summaryOf);
}

/** Of a moment, in whole milliseconds; before 1970 there is no time. */
function atMs(ms: number): number {
  return Math.max(0, Math.floor(ms));
}

/** As the door publishes it: what is empty is left out. */
function wireEvent({ seconds: _, carrier: __, conn_id: ___, rcvd_time: ____, ...event }: NormalizedEvent): EventInput {
  const { event_id, timestamp, sensor, title, src_ip, dst_ip, ...optional } = event;
  const rest = Object.entries(optional).filter(([, value]) => value !== "" && value !== 0);
  return { event_id, timestamp, sensor, title, src_ip, dst_ip, ...Object.fromEntries(rest) };
}

/** A row shows the beginning of a text. */
function cutTexts(event: EventInput): EventInput {
  const isLong = (value: unknown): value is string => typeof value === "string" && value.length > ROW_CHARACTERS;
  const long = Object.entries(event).flatMap(([field, value]) =>
    isLong(value) ? [[field, value.slice(0, ROW_CHARACTERS).toWellFormed()]] : [],
  );
  return long.length === 0 ? event : { ...event, ...Object.fromEntries(long) };
}
