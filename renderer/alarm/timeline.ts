import type { StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { durationText } from "../ui/duration.ts";
import type { StageCard } from "./stages.ts";

/** Heights in pixels (design, screen 04). */
export const LANE_HEIGHT = 52;
export const HEAD_HEIGHT = 38;
const AXIS_HEIGHT = 26;
/** Left of it stand the names of the stages. */
export const LABEL_WIDTH = 92;
const RIGHT_PADDING = 18;
/** Events nearer to each other than this are one tick. */
const TICK_PITCH = 3;

export type TimelineEvent = Pick<StoredAlarmEvent, "seq" | "stage" | "at">;

export interface TimeScale {
  from: number;
  to: number;
  x: (ms: number) => number;
  /** The time at a place, kept within the scale. */
  at: (x: number) => number;
}

export interface Tick {
  x: number;
  count: number;
  /** The first of the events it stands for. */
  seq: number;
  /** It finished its stage. */
  closing: boolean;
}

export interface Lane {
  stage: number;
  label: string;
  progress: string;
  top: number;
  /** The time the stage was open. */
  open: { x: number; width: number } | undefined;
  /** The time it had; `expires` when its end is within the picture. */
  allowed: { x: number; width: number; expires: number | undefined } | undefined;
  ticks: Tick[];
  note: { x: number; text: string } | undefined;
}

export interface RiskStep {
  x: number;
  at: number;
  risk: number;
  /** The first record of the alarm was written here. */
  first: boolean;
}

export interface Timeline {
  scale: TimeScale;
  lanes: Lane[];
  steps: RiskStep[];
  axis: { x: number; at: number }[];
  height: number;
}

export interface TimelineSource {
  cards: readonly StageCard[];
  /** Seconds that each stage may take, by its number; missing where it has no limit. */
  timeouts: ReadonlyMap<number, number>;
  events: readonly TimelineEvent[];
}

/** Where everything goes in a picture so many pixels wide. Undefined when no time of the alarm is known. */
export function layOut({ cards: told, timeouts, events }: TimelineSource, width: number): Timeline | undefined {
  const cards = toTheMillisecond(told, events);
  const scale = scaleOf(cards, timeouts, events, width);
  if (scale === undefined) return undefined;
  const byStage = Map.groupBy(events, (event) => event.stage);
  const lanes = cards.map((card, index) =>
    laneOf(card, HEAD_HEIGHT + index * LANE_HEIGHT, byStage.get(card.stage) ?? [], timeouts.get(card.stage), scale),
  );
  return {
    scale,
    lanes,
    steps: stepsOf(cards, scale),
    axis: axisOf(scale, width),
    height: HEAD_HEIGHT + cards.length * LANE_HEIGHT + AXIS_HEIGHT,
  };
}

/**
 * Records tell when a stage began and ended in whole seconds, events in milliseconds: where an event stands within the
 * same second it says when that was, so that the closing event doesn't stand behind the end of its stage.
 */
function toTheMillisecond(cards: readonly StageCard[], events: readonly TimelineEvent[]): readonly StageCard[] {
  const byStage = Map.groupBy(events, (event) => event.stage);
  let before: number | undefined;
  return cards.map((card) => {
    const times = (byStage.get(card.stage) ?? []).map((event) => event.at);
    const last = times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
    const first = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
    const start = finer(card.start, before ?? first);
    const end = finer(card.end, last);
    before = end;
    return { ...card, start, end };
  });
}

function finer(told: number | undefined, at: number): number | undefined {
  return told !== undefined && at >= told && at - told < 1000 ? at : told;
}

function scaleOf(
  cards: readonly StageCard[],
  timeouts: ReadonlyMap<number, number>,
  events: readonly TimelineEvent[],
  width: number,
): TimeScale | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const see = (ms: number | undefined): void => {
    if (ms === undefined) return;
    first = Math.min(first, ms);
    last = Math.max(last, ms);
  };
  for (const card of cards) {
    see(card.start);
    see(card.end);
  }
  for (const event of events) see(event.at);
  if (first > last) return undefined;
  const happened = Math.max(last - first, 1000);
  // A limit of a day mustn't squeeze what happened in a minute: it may add a quarter to the picture.
  let to = last;
  for (const card of cards) {
    const limit = timeouts.get(card.stage);
    if (card.start === undefined || limit === undefined) continue;
    to = Math.max(to, Math.min(card.start + limit * 1000, last + happened / 4));
  }
  const padding = Math.max(to - first, 1000) * 0.04;
  return linearScale(first - padding, to + padding, LABEL_WIDTH, Math.max(LABEL_WIDTH + 40, width - RIGHT_PADDING));
}

function linearScale(from: number, to: number, left: number, right: number): TimeScale {
  const span = to - from;
  return {
    from,
    to,
    x: (ms) => left + (Math.min(Math.max(ms - from, 0), span) / span) * (right - left),
    at: (x) => from + (Math.min(Math.max(x - left, 0), right - left) / (right - left)) * span,
  };
}

function laneOf(
  card: StageCard,
  top: number,
  events: readonly TimelineEvent[],
  timeout: number | undefined,
  scale: TimeScale,
): Lane {
  const firstAt = events.reduce((least, event) => Math.min(least, event.at), Number.POSITIVE_INFINITY);
  const lastAt = events.reduce((most, event) => Math.max(most, event.at), Number.NEGATIVE_INFINITY);
  const start = card.start ?? (events.length > 0 ? firstAt : undefined);
  const end = card.end ?? (events.length > 0 ? lastAt : start);
  const expires = start !== undefined && timeout !== undefined ? start + timeout * 1000 : undefined;
  return {
    stage: card.stage,
    label: `Stage ${card.stage}`,
    progress: `${shortCount(card.events)} of ${shortCount(card.occurrence)}`,
    top,
    open: start === undefined || end === undefined ? undefined : stretch(start, end, scale),
    allowed:
      start === undefined || expires === undefined
        ? undefined
        : { ...stretch(start, expires, scale), expires: expires < scale.to ? expires : undefined },
    ticks: ticksOf(events, card, scale),
    note: noteOf(card, start, firstAt, scale),
  };
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** There is little room before the lanes: `120K`. */
function shortCount(count: number): string {
  return count < 10_000 ? String(count) : compact.format(count);
}

function stretch(from: number, to: number, scale: TimeScale): { x: number; width: number } {
  const x = scale.x(from);
  return { x, width: Math.max(0, scale.x(to) - x) };
}

function ticksOf(events: readonly TimelineEvent[], card: StageCard, scale: TimeScale): Tick[] {
  const closingSeq = card.state === "finished" ? events.at(-1)?.seq : undefined;
  const ticks = new Map<number, Tick>();
  for (const event of events) {
    const slot = Math.round(scale.x(event.at) / TICK_PITCH);
    const tick = ticks.get(slot);
    if (tick === undefined) {
      ticks.set(slot, { x: slot * TICK_PITCH, count: 1, seq: event.seq, closing: event.seq === closingSeq });
    } else {
      tick.count += 1;
      tick.closing ||= event.seq === closingSeq;
    }
  }
  return [...ticks.values()];
}

/** A long silence before the first event is worth words: the empty bar alone doesn't say what it means. */
function noteOf(card: StageCard, start: number | undefined, firstAt: number, scale: TimeScale): Lane["note"] {
  if (start === undefined) return card.state === "waiting" ? { x: LABEL_WIDTH + 8, text: "not begun" } : undefined;
  if (card.stage === 1 && card.occurrence <= 1) return { x: scale.x(start) + 10, text: "opens the backlog" };
  const silence = firstAt - start;
  const wide = Number.isFinite(silence) && scale.x(firstAt) - scale.x(start) > 220;
  return wide ? { x: scale.x(start) + 14, text: `no event for ${durationText(silence)}` } : undefined;
}

/** Where the risk of the alarm rose: what a finished stage gave it, when that is more than before. */
function stepsOf(cards: readonly StageCard[], scale: TimeScale): RiskStep[] {
  const steps: RiskStep[] = [];
  let risk = 0;
  for (const card of cards) {
    if (card.state !== "finished" || card.end === undefined || card.arithmetic.kind === "unknown") continue;
    if (card.arithmetic.risk === risk) continue;
    const first = steps.length === 0;
    risk = card.arithmetic.risk;
    steps.push({ x: scale.x(card.end), at: card.end, risk, first });
  }
  return steps;
}

const STEPS_SECONDS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 2_592_000, 31_536_000,
];

/** Times on whole steps, so far apart that their labels have room. */
function axisOf(scale: TimeScale, width: number): { x: number; at: number }[] {
  const most = Math.max(2, Math.floor((width - LABEL_WIDTH) / 100));
  const span = scale.to - scale.from;
  const step = (STEPS_SECONDS.find((seconds) => span / (seconds * 1000) <= most) ?? span / 1000 / most) * 1000;
  const marks: { x: number; at: number }[] = [];
  for (let at = Math.ceil(scale.from / step) * step; at <= scale.to; at += step) marks.push({ x: scale.x(at), at });
  return marks;
}

export interface Brush {
  from: number;
  to: number;
}

/** The time between two places of the picture, whichever way it was drawn; a click alone is no brush. */
export function brushOf(scale: TimeScale, x1: number, x2: number): Brush | undefined {
  if (Math.abs(x1 - x2) < 4) return undefined;
  return { from: scale.at(Math.min(x1, x2)), to: scale.at(Math.max(x1, x2)) };
}

export function within(event: TimelineEvent, brush: Brush | undefined): boolean {
  return brush === undefined || (event.at >= brush.from && event.at <= brush.to);
}
