import { afterEach, describe, expect, it, vi } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { correlatorOf } from "../backlog/testing/scenarios.ts";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import type { Position } from "../bus/bus.ts";
import { MemoryBus } from "../bus/memory.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { type EventOutcome, type OutcomeBatch, outcomeBatchSchema } from "../contract/outcomes.ts";
import { outcomesSubject } from "../contract/subjects.ts";
import { Inventory } from "../inventory/inventory.ts";
import { LossLedger } from "../telemetry/loss-ledger.ts";
import { EventIntake } from "./event-intake.ts";
import { OutcomeReporter } from "./outcome-reporter.ts";

const DIRECTIVES = [
  directive([rule(1), rule(2, { occurrence: 2, sticky_different: "SRC_PORT" }), rule(3), rule(4)]),
  directive([rule(1, { from: "44.0.0.0/8" }), rule(2)], { id: 2 }),
];

const NOW_MS = 1_700_000_000_000;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function reporting(
  options: { maxQueue?: number; maxPayload?: number; bootOf?: (position: Position) => string | undefined } = {},
) {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  stops.push(() => vi.useRealTimers());
  const clock = new ManualClock(NOW_MS);
  const inventory = new Inventory([
    { name: "lan", cidr: "10.0.0.0/8", value: 2 },
    { name: "scanner", cidr: "10.0.0.99", value: 2, whitelisted: true },
  ]);
  const correlator = correlatorOf(DIRECTIVES, [], { inventory });
  const bus = new MemoryBus(silentLogger(clock), 1000, options.maxPayload);
  const intake = new EventIntake({
    ...{ correlator, inventory, clock, log: silentLogger(clock), maxQueue: options.maxQueue ?? 100_000 },
    ledger: new LossLedger(clock),
    redelivered: true,
    ack: () => undefined,
    onDelay: () => undefined,
    isBlocked: () => false,
  });
  const reporter = new OutcomeReporter({
    ...{ correlator, intake, bus, node: "be1", clock },
    bootOf: options.bootOf ?? (() => undefined),
  });
  const batches: OutcomeBatch[] = [];
  bus.subscribe(outcomesSubject("be1"), (payload) =>
    batches.push(outcomeBatchSchema.parse(JSON.parse(Buffer.from(payload).toString()))),
  );
  let position = 0;
  const take = (...payloads: string[]): void => {
    for (const payload of payloads) intake.accept(Buffer.from(payload), ++position);
    intake.finish(10_000);
  };
  const pass = (milliseconds: number): void => {
    clock.advance(milliseconds);
    vi.advanceTimersByTime(milliseconds);
  };
  const outcomes = (): EventOutcome[] => batches.flatMap((batch) => batch.outcomes);
  return { reporter, correlator, intake, bus, batches, outcomes, take, pass };
}

/** As it is on the bus. */
function wire(sid: number, id: string, connId: number, change: Partial<NormalizedEvent> = {}): string {
  const { seconds, ...fields } = event(sid, id, { conn_id: connId, ...change });
  return JSON.stringify(fields);
}

describe("while nobody watches", () => {
  it("neither the correlator nor the intake is told of a listener, and nothing is published", () => {
    const { correlator, intake, bus, reporter, take, pass } = reporting();
    const publish = vi.spyOn(bus, "publish");
    const note = vi.spyOn(reporter, "skipped");
    const untold = (): void => {
      expect([correlator.onOutcome, intake.watcher, vi.getTimerCount()]).toEqual([undefined, undefined, 0]);
    };
    untold();
    take(wire(1, "a", 1), wire(9, "b", 2), "garbage");
    reporter.watch(5);
    expect([typeof correlator.onOutcome, intake.watcher]).toEqual(["function", reporter]);
    reporter.unwatch();
    untold();
    take(wire(1, "c", 3), wire(9, "d", 4), "garbage");
    pass(60_000);
    expect([publish.mock.calls.length, note.mock.calls.length]).toEqual([0, 0]);
  });

  it("a watch that isn't renewed is over by itself", () => {
    const { correlator, intake, reporter, take, pass, batches } = reporting();
    expect(reporter.watch(10)).toBe(NOW_MS + 10_000);
    pass(6000);
    expect(reporter.watch(5)).toBe(NOW_MS + 11_000);
    pass(4900);
    take(wire(1, "a", 1));
    pass(200);
    expect(reporter.watched).toBe(false);
    expect([correlator.onOutcome, intake.watcher]).toEqual([undefined, undefined]);
    expect(batches).toHaveLength(1);
    take(wire(1, "b", 2));
    pass(1000);
    expect(batches).toHaveLength(1);
  });

  it("a shorter wish takes nothing from a longer one", () => {
    const { reporter } = reporting();
    reporter.watch(30);
    expect(reporter.watch(1)).toBe(NOW_MS + 30_000);
  });
});

describe("what became of an event", () => {
  it("is told with its number, for every way it can end", () => {
    const { reporter, take, pass, outcomes } = reporting();
    take(wire(1, "before", 1));
    reporter.watch(10);
    take(
      wire(9, "nobody", 2),
      wire(9, "unsure, nobody", 3).replace("plugin_id", "plugin\\u005fid"),
      "not even in braces",
      wire(1, "cut", 5).replace(',"title"', ""),
      wire(1, "", 6),
      wire(1, "white", 7, { src_ip: "10.0.0.99" }),
    );
    pass(200);
    const told = outcomes().map(({ conn_id, event_id, outcome }) => [conn_id, event_id, outcome]);
    // Those that the scan sees through come at once, the others once it is their turn.
    expect(told).toEqual([
      [2, "nobody", "uninteresting"],
      [0, "", "malformed"],
      [3, "unsure, nobody", "uninteresting"],
      [0, "", "malformed"],
      [6, "", "invalid"],
      [7, "white", "whitelisted"],
    ]);
  });

  it("is told for each directive that has anything to say", () => {
    const { reporter, take, pass, outcomes } = reporting();
    reporter.watch(10);
    take(
      wire(1, "begins", 1),
      wire(2, "recorded", 2, { src_port: 7 }),
      wire(2, "sticky", 3, { src_port: 7 }),
      wire(2, "finishes", 4, { src_port: 8 }),
      wire(3, "late", 5, { seconds: 1_600_000_000 }),
      wire(4, "not matched", 6),
      wire(1, "of two", 7, { src_ip: "44.1.1.1" }),
    );
    pass(200);
    const told = outcomes();
    expect(told.map((each) => (each.outcome === "correlated" ? each.matched : each.outcome))).toEqual([
      1, 1, 0, 1, 1, 0, 2,
    ]);
    const directives = told.map((each) => ("directives" in each ? each.directives : undefined));
    const effect = (kind: string, stage: number, more = {}) => [
      { directiveId: 1, effects: [{ kind, backlogId: "id1", stage, ...more }] },
    ];
    expect(directives).toEqual([
      [{ directiveId: 1, effects: [], createdBacklogId: "id1" }],
      effect("recorded", 2),
      effect("sticky value seen", 2),
      effect("stage finished", 2, { complete: false, risk: 2 }),
      effect("out of order", 3),
      [],
      [
        { directiveId: 1, effects: [], createdBacklogId: "id2" },
        { directiveId: 2, effects: [], createdBacklogId: "id3" },
      ],
    ]);
  });

  it("names the frontend's run: from the bus, else as the event carries it, else not", () => {
    const { reporter, take, pass, outcomes } = reporting({ bootOf: (position) => (position < 3 ? "link" : undefined) });
    reporter.watch(10);
    const carrier = { dsiem_boot: "carried", traceparent: "00-1" };
    take(wire(9, "a", 1, { carrier }), wire(1, "b", 2, { carrier }), wire(9, "c", 3, { carrier }));
    take(wire(1, "d", 4, { carrier }), wire(1, "e", 5));
    pass(200);
    expect(Object.fromEntries(outcomes().map((each) => [each.event_id, each.boot]))).toEqual({
      a: "link",
      b: "link",
      c: "carried",
      d: "carried",
      e: "",
    });
  });

  it("is told of what the full queue drops", () => {
    const { reporter, intake, pass, outcomes } = reporting({ maxQueue: 1 });
    reporter.watch(10);
    for (const [i, id] of ["a", "b"].entries()) intake.accept(Buffer.from(wire(1, id, i + 1)), i + 1);
    intake.finish(1000);
    pass(200);
    expect(outcomes().map(({ event_id, outcome }) => [event_id, outcome])).toEqual([
      ["b", "queue_full"],
      ["a", "correlated"],
    ]);
  });

  it.each([
    '{"conn_id":-1,"event_id":5,"carrier":[]}',
    '{"conn_id":"7","carrier":{"dsiem_boot":{"toString":1}}}',
    '{"__proto__":{"conn_id":9,"event_id":"x"}}',
    '{"conn_id":1e300,"carrier":null}',
    `{"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
  ])("says nothing of itself when it is %.40s", (payload) => {
    const { reporter, take, pass, outcomes } = reporting();
    reporter.watch(10);
    take(payload);
    pass(200);
    expect(outcomes()).toMatchObject([{ conn_id: 0, event_id: "", boot: "" }]);
  });
});

describe("a batch", () => {
  it("has its number, and comes every 200 ms if there is anything", () => {
    const { reporter, take, pass, batches } = reporting();
    reporter.watch(30);
    pass(1000);
    take(wire(1, "a", 1));
    pass(1000);
    take(wire(1, "b", 2));
    pass(200);
    expect(batches.map(({ node, batch, outcomes }) => [node, batch, outcomes.length])).toEqual([
      ["be1", 1, 1],
      ["be1", 2, 1],
    ]);
  });

  it("holds no more than it may, counts the rest, and keeps room for what was correlated", () => {
    const { reporter, take, pass, batches, outcomes } = reporting();
    reporter.watch(30);
    const parse = vi.spyOn(JSON, "parse");
    stops.push(() => parse.mockRestore());
    take(...Array.from({ length: 20_000 }, (_, i) => wire(9, `n${i}`, i)));
    expect(parse.mock.calls.length).toBe(4000);
    parse.mockRestore();
    take(...Array.from({ length: 1200 }, (_, i) => wire(1, `c${i}`, 20_000 + i)));
    pass(200);
    expect(outcomes()).toHaveLength(5000);
    expect(outcomes().filter((each) => each.outcome === "correlated")).toHaveLength(1000);
    expect(batches.reduce((sum, batch) => sum + batch.dropped, 0)).toBe(16_200);
    pass(200);
    take(wire(1, "again", 1));
    pass(200);
    expect(batches.at(-1)).toMatchObject({ dropped: 0, outcomes: [{ event_id: "again" }] });
  });

  it("is divided by what the bus takes, and counts what doesn't fit at all", () => {
    const { reporter, take, pass, bus, batches } = reporting({ maxPayload: 2000 });
    const sizes: number[] = [];
    bus.subscribe(outcomesSubject("be1"), (payload) => sizes.push(payload.length));
    reporter.watch(30);
    // Forty backlogs, each of which takes the last event: its outcome is larger than the bus takes.
    for (let i = 0; i < 40; i++) take(wire(1, `é${i}`, i));
    take(wire(2, "of all", 99));
    pass(200);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2000);
    expect(batches.map(({ batch }) => batch)).toEqual(sizes.map((_, i) => i + 1));
    expect(batches.flatMap((batch) => batch.outcomes)).toHaveLength(40);
    expect(batches.map((batch) => batch.dropped)).toEqual(sizes.map((_, i) => (i === 0 ? 1 : 0)));
  });

  it("names so many effects of an event and counts the others", () => {
    const { reporter, take, pass, outcomes } = reporting();
    for (let i = 0; i < 40; i++) take(wire(1, `e${i}`, i));
    reporter.watch(30);
    take(wire(2, "of all", 99));
    pass(200);
    expect(outcomes()).toMatchObject([{ matched: 1, directives: [{ directiveId: 1, moreEffects: 8 }] }]);
  });
});
