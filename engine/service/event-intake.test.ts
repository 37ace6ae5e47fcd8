import { describe, expect, it } from "vitest";
import { directive, event, rule, taxonomyRule } from "../backlog/testing/builders.ts";
import { correlatorOf } from "../backlog/testing/scenarios.ts";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { LossCause } from "../contract/loss.ts";
import { Inventory } from "../inventory/inventory.ts";
import { LossLedger } from "../telemetry/loss-ledger.ts";
import { EventIntake, type IntakeCounters } from "./event-intake.ts";

const NOW_MS = 1_700_000_000_000;

/** Stages 1 and 2 by plugin; a second directive by product and category. */
const DIRECTIVES = [directive([rule(1), rule(2)]), directive([taxonomyRule(1), rule(9)], { id: 2 })];

function taking(options: { maxQueue?: number; redelivered?: boolean } = {}) {
  const trace: string[] = [];
  const lines: string[] = [];
  const acked: number[] = [];
  const delays: number[] = [];
  const disk = { blocked: false };
  const inventory = new Inventory([
    { name: "lan", cidr: "10.0.0.0/8", value: 2 },
    { name: "scanner", cidr: "10.0.0.99", value: 2, whitelisted: true },
  ]);
  const clock = new ManualClock(NOW_MS);
  const ledger = new LossLedger(clock);
  const intake = new EventIntake({
    ledger,
    redelivered: options.redelivered ?? true,
    correlator: correlatorOf(DIRECTIVES, trace, { inventory }),
    inventory,
    clock,
    log: createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) }),
    maxQueue: options.maxQueue ?? 1000,
    ack: (position) => acked.push(position),
    onDelay: (delayMs) => delays.push(delayMs),
    isBlocked: () => disk.blocked,
  });
  let position = 0;
  const accept = (...payloads: (string | Uint8Array)[]): void => {
    for (const payload of payloads) {
      position += 1;
      intake.accept(typeof payload === "string" ? Buffer.from(payload) : payload, position);
    }
  };
  return { intake, accept, trace, lines, acked, delays, disk, clock, ledger };
}

/** As it is on the bus, where nothing says `seconds`. */
function wire(sid: number, id: string, change: Partial<NormalizedEvent> = {}): string {
  const { seconds, carrier, ...fields } = event(sid, id, change);
  return JSON.stringify(fields);
}

/** Lets the slices run until the condition holds; throws when it doesn't within a second. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 1000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function skipped({ malformed, invalid, whitelisted, uninteresting }: IntakeCounters): number {
  return malformed + invalid + whitelisted + uninteresting;
}

/** The last sample of a cause. */
function sampleOf({ ledger }: ReturnType<typeof taking>, cause: LossCause) {
  return ledger.snapshot()[cause]?.samples.at(-1);
}

function addsUp(intake: EventIntake): boolean {
  const { received, dropped, correlated } = intake.counters;
  return received === skipped(intake.counters) + dropped + correlated + intake.queueLength;
}

describe("what becomes of an event", () => {
  const good = wire(1, "a");
  const ofSid1 = (text: string): string => good.replace('"TCP"', text);
  it.each<[string, string | Uint8Array, keyof IntakeCounters]>([
    ["of interest", good, "correlated"],
    ["of interest by its product", wire(7, "a", { product: "p", category: "c" }), "correlated"],
    ["that a later stage names", wire(2, "a"), "correlated"],
    ["of another plugin", wire(1, "a", { plugin_id: 5 }), "uninteresting"],
    ["of another sid", wire(3, "a"), "uninteresting"],
    ["of another category", wire(7, "a", { product: "p", category: "d" }), "uninteresting"],
    [
      "that no scan is sure of, and nobody wants",
      wire(3, "a").replace("plugin_id", "plugin\\u005fid"),
      "uninteresting",
    ],
    ["that no scan is sure of", good.replace("plugin_id", "plugin\\u005fid"), "correlated"],
    ["of a whitelisted source", wire(1, "a", { src_ip: "10.0.0.99" }), "whitelisted"],
    ["to a whitelisted destination", wire(1, "a", { dst_ip: "10.0.0.99" }), "correlated"],
    ["that is nothing", "", "malformed"],
    ["that is no JSON at all", "hello", "malformed"],
    ["that is a list", `[${good}]`, "malformed"],
    ["that ends early", `${good.slice(0, -2)}}`, "malformed"],
    ["of bytes that aren't text", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), "malformed"],
    ["with a field of a wrong type", ofSid1("5"), "malformed"],
    ["with a port that is none", good.replace("1000", "70000"), "malformed"],
    ["with an address that is none", good.replace("10.0.0.2", "10.0.0.256"), "malformed"],
    ["with a timestamp that is none", good.replace("2023-11", "2023-13"), "malformed"],
    ["without an id", good.replace('"event_id":"a"', '"event_id":""'), "invalid"],
    ["without a sensor", good.replace('"sensor":"s"', '"sensor":""'), "invalid"],
    ["with fields that nobody knows", good.replace("{", '{"__proto__":{"x":1},"constructor":1,'), "correlated"],
    ["nested to death", good.replace("{", `{"x":${"[".repeat(100_000)}${"]".repeat(100_000)},`), "correlated"],
  ])("%s", async (_, payload, counter) => {
    const { intake, accept, acked, lines } = taking();
    accept(payload);
    await until(() => acked.length > 0);
    expect(intake.counters).toMatchObject({ received: 1, [counter]: 1 });
    expect(addsUp(intake)).toBe(true);
    expect(acked).toEqual([1]);
    expect(lines).toHaveLength(counter === "malformed" ? 1 : 0);
  });

  it("is shown in the ledger, for each way in which it wasn't correlated", () => {
    const at = NOW_MS;
    const taken = taking({ maxQueue: 1 });
    const { intake, accept } = taken;
    accept("garb\u0000age");
    expect(sampleOf(taken, "malformed")).toEqual({ at, text: "it isn't an object in braces: garb\\u0000age" });
    accept(wire(3, "nobody's"));
    expect(sampleOf(taken, "uninteresting")).toMatchObject({ at, event_id: "nobody's" });
    accept(wire(1, "taken"), wire(1, "too many"));
    expect(sampleOf(taken, "queue_full")).toMatchObject({ at, event_id: "too many" });
    intake.finish(1000);
    accept(good.replace('"event_id":"a"', '"event_id":""'));
    intake.finish(1000);
    expect(sampleOf(taken, "invalid")?.text).toContain('"event_id":""');
    accept(wire(1, "scan", { src_ip: "10.0.0.99", conn_id: 42 }));
    intake.finish(1000);
    expect(sampleOf(taken, "whitelisted")).toMatchObject({ at, event_id: "scan", conn_id: 42 });
    accept(good.replace('"TCP"', "5"));
    intake.finish(1000);
    expect(sampleOf(taken, "malformed")?.text).toMatch(/^protocol.*: \{"event_id":"a"/);
    expect(taken.ledger.counts()).toEqual({
      malformed: 2,
      uninteresting: 1,
      queue_full: 1,
      invalid: 1,
      whitelisted: 1,
    });
    expect(addsUp(intake)).toBe(true);
  });

  it("counts the directives that matched, and says how late what they consumed was", () => {
    const { intake, accept, delays } = taking();
    const received = (NOW_MS - 5000) * 1e6;
    accept(
      wire(1, "a", { rcvd_time: received }),
      wire(1, "both", { product: "p", category: "c", rcvd_time: received }),
      wire(2, "consumed"),
      wire(2, "of interest, but consumed by nobody", { rcvd_time: received }),
    );
    intake.finish(1000);
    expect(intake.counters.matched).toBe(4);
    expect(delays.map(Math.round)).toEqual([5000, 5000]);
  });

  it("doesn't let the sender's text into the log as it is", () => {
    const { intake, accept, lines } = taking();
    accept('{"plugin_id":1,"plugin_sid":1,\n"\u001b[2J\u009b":}');
    intake.finish(1000);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe("the queue", () => {
  it("drops the newest when it is full, and says so at most once a second", async () => {
    const { intake, accept, trace, lines, acked } = taking({ maxQueue: 3 });
    for (const id of ["a", "b", "c", "d", "e", "f"]) accept(wire(1, id));
    accept(wire(3, "of no interest, and so no matter"));
    expect(intake.counters).toMatchObject({ received: 7, dropped: 3, uninteresting: 1 });
    expect(addsUp(intake)).toBe(true);
    await until(() => intake.queueLength === 0);
    expect(trace.filter((line) => line.startsWith("created"))).toHaveLength(3);
    expect(acked.at(-1)).toBe(7);
    const said = (): string[] => lines.filter((line) => line.includes("lagged"));
    expect(said()).toHaveLength(1);
    expect(said()[0]).toMatch(/ WARN t: filtering lagged and skipped 1 events\n$/);
    // What was dropped after the first is told, too.
    intake.finish(0);
    expect(said()).toHaveLength(2);
    expect(said()[1]).toContain("filtering lagged and skipped 2 events");
    expect(addsUp(intake)).toBe(true);
  });

  it("copies what comes when much waits already, so that it doesn't hold all that the socket read", () => {
    const { intake, accept, disk } = taking({ maxQueue: 3000 });
    disk.blocked = true;
    const read = Buffer.from(wire(1, "a"));
    for (let i = 0; i < 1500; i++) accept(read);
    const both = new Uint8Array(read);
    accept(both);
    read.fill(0);
    both.fill(0);
    disk.blocked = false;
    intake.finish(1000);
    // The bus never writes to a payload again; this test does, to see who still looks at it.
    expect(intake.counters).toMatchObject({ malformed: 1024, correlated: 477, processed: 1501 });
  });

  it("tells of what was dropped once the second is over", async () => {
    const { intake, accept, lines } = taking({ maxQueue: 1 });
    accept(wire(1, "a"), wire(1, "b"), wire(1, "c"));
    const deadline = performance.now() + 3000;
    while (lines.length < 2 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lines.map((line) => /skipped \d+ events/.exec(line)?.[0])).toEqual(["skipped 1 events", "skipped 1 events"]);
    intake.finish(0);
  });
});

describe("acknowledgement", () => {
  it("never comes before an event was processed, nor before those in front of it", async () => {
    const { intake, accept, acked, trace, disk } = taking();
    disk.blocked = true;
    accept(wire(3, "of no interest"), wire(1, "a"), wire(3, "of no interest"), "garbage");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(trace).toEqual([]);
    expect(acked).toEqual([]);
    expect(intake.queueLength).toBe(1);
    disk.blocked = false;
    await until(() => acked.length > 0);
    expect(trace[0]).toBe("created id1 of 1 by a");
    expect(acked).toEqual([4]);
  });

  it("of what needs no processing doesn't wait for the disk", async () => {
    const { accept, acked, disk } = taking();
    disk.blocked = true;
    accept(wire(3, "of no interest"), "garbage");
    await until(() => acked.length > 0);
    expect(acked).toEqual([2]);
  });

  it("follows slice by slice, always to the last event that was processed", async () => {
    const { intake, accept, acked, clock, trace } = taking();
    // Time passes with every event, so that a slice ends after the 32 events between two looks at the clock.
    const now = clock.monotonic.bind(clock);
    clock.monotonic = () => {
      clock.advance(1);
      return now();
    };
    for (let i = 1; i <= 100; i++) accept(wire(1, `e${i}`), wire(3, "of no interest"));
    await until(() => intake.queueLength === 0);
    expect(acked.at(-1)).toBe(200);
    expect(acked.length).toBeGreaterThan(1);
    // Up to there and no further: every second position is an event of interest.
    expect(acked.slice(0, -1).every((position) => position % 2 === 1)).toBe(true);
    expect(trace.filter((line) => line.startsWith("created"))).toHaveLength(100);
  });
});

describe("a stop", () => {
  it("processes and acknowledges what waits", () => {
    const { intake, accept, acked, trace } = taking();
    accept(wire(1, "a"), wire(2, "b"), wire(3, "of no interest"));
    expect(intake.finish(1000)).toBe(0);
    expect(trace).toContain("removed id1: complete");
    expect(acked).toEqual([3]);
  });

  it("leaves behind, unacknowledged, what the disk doesn't take", () => {
    const { intake, accept, acked, trace, disk } = taking();
    disk.blocked = true;
    accept(wire(3, "of no interest"), wire(1, "a"), wire(1, "b"));
    expect(intake.finish(1000)).toBe(2);
    expect(trace).toEqual([]);
    expect(acked).toEqual([]);
    expect(addsUp(intake)).toBe(true);
  });

  it("counts as dropped what the bus can't deliver again", () => {
    const taken = taking({ redelivered: false });
    const { intake, accept, disk, ledger } = taken;
    disk.blocked = true;
    accept(wire(1, "a"), wire(1, "b"));
    expect(intake.finish(1000)).toBe(2);
    expect(ledger.counts()).toEqual({ left_in_queue: 2 });
    expect(sampleOf(taken, "left_in_queue")).toMatchObject({ event_id: "a" });
    const { received, correlated, dropped } = intake.counters;
    expect([received, correlated, dropped, intake.queueLength]).toEqual([2, 0, 2, 0]);
  });

  it("leaves behind what there is no time for", () => {
    const { intake, accept, acked, clock } = taking();
    const now = clock.monotonic.bind(clock);
    clock.monotonic = () => {
      clock.advance(100);
      return now();
    };
    for (let i = 1; i <= 1000; i++) accept(wire(1, `e${i}`));
    const left = intake.finish(150);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(1000);
    expect(acked).toEqual([1000 - left]);
    expect(addsUp(intake)).toBe(true);
  });
});
