import { expect, test } from "vitest";
import { stageCards } from "./stages.ts";
import { bruteForce, T0 } from "./testing/brute-force.ts";
import {
  brushOf,
  HEAD_HEIGHT,
  LABEL_WIDTH,
  LANE_HEIGHT,
  layOut,
  type Timeline,
  type TimelineEvent,
  within,
} from "./timeline.ts";

const TIMEOUTS = new Map([
  [2, 300],
  [3, 1800],
]);
const EVENTS: TimelineEvent[] = [
  { seq: 1, stage: 1, at: T0 },
  ...Array.from({ length: 10 }, (_, index) => ({ seq: 2 + index, stage: 2, at: T0 + (index + 1) * 10_956 })),
  { seq: 12, stage: 3, at: T0 + 1_203_096 },
];

function laidOut(width = 1344, events = EVENTS): Timeline {
  const timeline = layOut({ cards: stageCards(bruteForce()), timeouts: TIMEOUTS, events }, width);
  if (timeline === undefined) throw new Error("nothing was laid out");
  return timeline;
}

test("each stage has a lane with its events, the closing one marked", () => {
  const { lanes } = laidOut();
  expect(lanes.map((lane) => lane.top)).toEqual([
    HEAD_HEIGHT,
    HEAD_HEIGHT + LANE_HEIGHT,
    HEAD_HEIGHT + 2 * LANE_HEIGHT,
  ]);
  expect(lanes.map((lane) => lane.ticks.reduce((sum, tick) => sum + tick.count, 0))).toEqual([1, 10, 1]);
  expect(lanes.map((lane) => lane.ticks.filter((tick) => tick.closing).length)).toEqual([1, 1, 1]);
});

test("a limit that ends within the picture says when, one beyond is cut", () => {
  const [, second, third] = laidOut().lanes;
  expect(second?.allowed?.expires).toBe(T0 + 300_000);
  expect(third?.allowed?.expires).toBeUndefined();
  expect(third?.note?.text).toBe("no event for 18 min 13 s");
});

test("the risk steps where a finished stage changed it", () => {
  expect(laidOut().steps.map(({ at, risk, first }) => ({ at, risk, first }))).toEqual([
    { at: T0 + 109_564, risk: 3, first: true },
    { at: T0 + 1_203_096, risk: 7, first: false },
  ]);
});

test("everything stays within the picture, times of the axis on whole steps", () => {
  for (const width of [300, 700, 1344, 1900]) {
    const { lanes, axis, scale } = laidOut(width);
    for (const lane of lanes) {
      for (const { x } of lane.ticks) {
        expect(x).toBeGreaterThanOrEqual(LABEL_WIDTH - 3);
        expect(x).toBeLessThanOrEqual(Math.max(width, LABEL_WIDTH + 40));
      }
    }
    expect(axis.length).toBeGreaterThan(0);
    expect(axis.length).toBeLessThan(width / 60);
    expect(axis.every(({ at }) => at % 100 === 0 && at >= scale.from && at <= scale.to)).toBe(true);
  }
});

test("a hundred thousand events become as many ticks as there is room for", () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({ seq: index, stage: 2, at: T0 + index }));
  const lane = laidOut(1344, many).lanes[1];
  expect(lane?.ticks.length).toBeLessThan(1344 / 3);
  expect(lane?.ticks.reduce((sum, tick) => sum + tick.count, 0)).toBe(100_000);
});

test("all at one instant is a picture too, nothing known is none", () => {
  const alarm = bruteForce();
  const instant = alarm.stageFacts.slice(0, 1);
  expect(
    layOut({ cards: stageCards({ ...alarm, stageFacts: instant }), timeouts: new Map(), events: [] }, 800)?.lanes,
  ).toHaveLength(1);
  const unknown = alarm.stageFacts.map(({ start: _start, end: _end, ...rest }) => rest);
  expect(
    layOut({ cards: stageCards({ ...alarm, stageFacts: unknown }), timeouts: TIMEOUTS, events: [] }, 800),
  ).toBeUndefined();
});

test("a stage that is told in whole seconds ends with its closing event", () => {
  const alarm = bruteForce();
  const whole = (ms: number | undefined): number => Math.floor((ms ?? 0) / 1000) * 1000;
  alarm.stageFacts = alarm.stageFacts.map((fact) => ({ ...fact, start: whole(fact.start), end: whole(fact.end) }));
  const timeline = layOut({ cards: stageCards(alarm), timeouts: TIMEOUTS, events: EVENTS }, 1344);
  expect(timeline?.steps.map(({ at }) => at)).toEqual([EVENTS[10]?.at, T0 + 1_203_096]);
  const [, second, third] = timeline?.lanes ?? [];
  expect((second?.open?.x ?? 0) + (second?.open?.width ?? 0)).toBeCloseTo(third?.open?.x ?? 0);
});

test("a brush picks the events of its time, whichever way it was drawn", () => {
  const { scale } = laidOut();
  const left = scale.x(T0 + 5_000);
  const right = scale.x(T0 + 60_000);
  const brush = brushOf(scale, right, left);
  expect(brush).toEqual(brushOf(scale, left, right));
  expect(EVENTS.filter((event) => within(event, brush)).map((event) => event.seq)).toEqual([2, 3, 4, 5, 6]);
  expect(brushOf(scale, left, left + 2)).toBeUndefined();
  expect(EVENTS.every((event) => within(event, undefined))).toBe(true);
});
