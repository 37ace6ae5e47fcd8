import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { bytes, Cleanup, freePort, published, recordingLogger, TcpProxy, text, until } from "./bus.fixture.ts";
import { type Bus, BusFullError, type BusLoss } from "./bus.ts";
import { backend, caughtUp, frontend, joined, numbers, send, TOKEN } from "./link.fixture.ts";
import { connectLink } from "./link-client.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const HOUR_MS = 60 * 60 * 1000;

/** How many of `count` single events are taken. */
function taken(bus: Bus, count: number): number {
  let done = 0;
  for (let i = 0; i < count; i++) {
    try {
      bus.publishEvents([bytes("x")], (error) => {
        if (error === undefined) done += 1;
      });
    } catch (error) {
      expect(error).toBeInstanceOf(BusFullError);
    }
  }
  return done;
}

describe("who gets which events", () => {
  it("gives the first to join what waited, and later ones what comes after they joined", async () => {
    const fe = await frontend(cleanup, { maxBuffered: 20 });
    await send(fe.bus, numbers(0, 15));
    expect(() => fe.bus.publishEvents(numbers(0, 6).map(bytes), () => undefined)).toThrow(BusFullError);
    expect(taken(fe.bus, 200)).toBe(5);
    expect(fe.bus.status()).toMatchObject({ state: "connecting", buffered: 20 });
    const first = backend(cleanup, fe.door.url);
    await until(() => first.got.length === 20, "what waited");
    expect(first.got.slice(0, 15)).toEqual(numbers(0, 15));
    await until(() => fe.bus.status().buffered === 0, "the acknowledgements");
    const second = backend(cleanup, fe.door.url, { node: "be1" });
    await joined(second);
    await send(fe.bus, numbers(15, 30));
    await until(() => first.got.length === 35 && second.got.length === 15, "the later events");
    expect(first.got.slice(20)).toEqual(numbers(15, 30));
    expect(second.got).toEqual(numbers(15, 30));
    expect(await fe.bus.drain(1000)).toBe(0);
  });

  it("keeps what a known node misses, up to the buffer, and gives it once: a cut connection", async () => {
    const fe = await frontend(cleanup, { maxBuffered: 50 });
    const proxy = cleanup.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
    const be = backend(cleanup, `http://127.0.0.1:${proxy.port}`, { acks: false });
    await joined(be);
    await send(fe.bus, numbers(0, 10));
    await until(() => be.got.length === 10, "the first events");
    proxy.refuse(true);
    await until(() => fe.bus.status().state === "disconnected", "the loss to be seen");
    await send(fe.bus, numbers(10, 30));
    expect(taken(fe.bus, 100)).toBe(20);
    proxy.refuse(false);
    await until(() => be.got.length === 50, "what was missed");
    expect(be.got.slice(0, 30)).toEqual(numbers(0, 30));
    expect(be.positions).toEqual(numbers(1, 51).map(Number));
    be.bus.ack(50);
    await until(() => fe.bus.status().buffered === 0, "the acknowledgement");
    expect(be.log.count("is lost")).toBe(1);
    expect(fe.log.count("be0 is away")).toBe(1);
    expect(fe.log.count("be0 is back")).toBe(1);
  });

  it("gives a restarted backend what its node hasn't acknowledged", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the events");
    old.bus.ack(4);
    await old.stop();
    const again = backend(cleanup, fe.door.url);
    await until(() => again.got.length === 6, "the rest");
    expect(again.got).toEqual(numbers(4, 10));
    expect(again.positions).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it("goes on with growing positions when the frontend was restarted", async () => {
    const port = await freePort();
    const first = await frontend(cleanup, {}, port);
    const be = backend(cleanup, `http://127.0.0.1:${port}`, { acks: false });
    await joined(be);
    await send(first.bus, numbers(0, 5));
    await until(() => be.got.length === 5, "the first events");
    await first.stop();
    const second = await frontend(cleanup, {}, port);
    await send(second.bus, numbers(5, 10));
    await until(() => be.got.length === 10, "the events of the second run");
    expect(be.got).toEqual(numbers(0, 10));
    expect(be.positions).toEqual(numbers(1, 11).map(Number));
    be.bus.ack(5);
    be.bus.ack(7);
    await until(() => second.bus.status().buffered === 3, "the acknowledgement");
    be.bus.ack(10);
    await until(() => second.bus.status().buffered === 0, "the last acknowledgement");
  });

  it("gives every event exactly once, in order, while the connection is cut at random under load", async () => {
    const cuts = fc.array(
      fc.record({ afterMs: fc.integer({ min: 1, max: 120 }), batch: fc.integer({ min: 1, max: 60 }) }),
      {
        minLength: 4,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (rounds, pauses) => {
        const own = new Cleanup();
        try {
          const fe = await frontend(cleanup, { maxBuffered: 1_000_000 });
          const proxy = own.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
          const be = backend(cleanup, `http://127.0.0.1:${proxy.port}`, { maxQueue: 500 });
          await joined(be);
          const pausing = be.bus.subscribeEvents(() => undefined);
          let next = 0;
          for (const { afterMs, batch } of rounds) {
            const cutAt = performance.now() + afterMs;
            while (performance.now() < cutAt) {
              await published(fe.bus, numbers(next, next + batch).map(bytes));
              next += batch;
              await new Promise((resolve) => setTimeout(resolve, 1));
            }
            if (pauses) pausing.pause();
            proxy.cut();
            if (pauses) pausing.resume();
          }
          await until(() => be.got.length >= next, `all ${next} events`);
          expect(await fe.bus.drain(2000)).toBe(0);
          expect(be.got).toEqual(numbers(0, next));
          expect(be.positions).toEqual(numbers(1, next + 1).map(Number));
        } finally {
          await own.run();
          await cleanup.run();
        }
      }),
      { numRuns: 4, seed: 7 },
    );
  }, 30_000);

  it("forgets a node that was away for an hour, and counts what it discards", async () => {
    const losses: BusLoss[] = [];
    const fe = await frontend(cleanup, { onLoss: (loss) => losses.push(loss) });
    const staying = backend(cleanup, fe.door.url, { node: "stays" });
    const leaving = backend(cleanup, fe.door.url, { node: "leaves" });
    await joined(staying);
    await joined(leaving);
    await leaving.stop();
    await until(() => fe.log.count("leaves is away") === 1, "it to be away");
    await send(fe.bus, numbers(0, 30));
    await until(() => staying.got.length === 30, "the events");
    fe.clock.advance(HOUR_MS - 1);
    await send(fe.bus, ["x"]);
    await until(() => staying.got.length === 31, "the event");
    expect(fe.bus.status().buffered).toBe(31);
    fe.clock.advance(1);
    await send(fe.bus, ["y"]);
    await until(() => fe.bus.status().buffered === 0, "the others to be all that counts");
    const text = "backend leaves stayed away for an hour";
    expect(losses).toEqual([{ cause: "away_too_long", events: 31, text }]);
    expect(fe.log.lines.join("")).toContain("leaves stayed away for an hour");
    expect(fe.log.lines.join("")).toContain("discarded=31");
    const back = backend(cleanup, fe.door.url, { node: "leaves" });
    await joined(back);
    await send(fe.bus, ["z"]);
    await until(() => back.got.length > 0, "the next event");
    expect(back.got).toEqual(["z"]);
  });

  it("is in the same place as before the first joined once the last known node is forgotten", async () => {
    const losses: BusLoss[] = [];
    const fe = await frontend(cleanup, { maxBuffered: 10, onLoss: (loss) => losses.push(loss) });
    const be = backend(cleanup, fe.door.url);
    await joined(be);
    await be.stop();
    await until(() => fe.bus.status().state === "disconnected", "it to be away");
    expect(taken(fe.bus, 20)).toBe(10);
    fe.clock.advance(HOUR_MS);
    expect(taken(fe.bus, 20)).toBe(10);
    expect(losses.map(({ cause, events }) => [cause, events])).toEqual([["away_too_long", 10]]);
    const next = backend(cleanup, fe.door.url);
    await until(() => next.got.length === 10, "what waited for the first to join");
  });

  it("says how many events nobody had taken when it stops", async () => {
    const losses: BusLoss[] = [];
    const fe = await frontend(cleanup, { onLoss: (loss) => losses.push(loss) });
    const be = backend(cleanup, fe.door.url, { acks: false });
    await joined(be);
    await send(fe.bus, numbers(0, 5));
    await until(() => be.got.length === 5, "the events");
    be.bus.ack(2);
    await until(() => fe.bus.status().buffered === 3, "the acknowledgement");
    await fe.stop();
    expect(losses).toEqual([{ cause: "left_in_frontend", events: 3, text: "the frontend stopped: joined by be0" }]);
  });

  it("taps events for the frontend's own process", async () => {
    const fe = await frontend(cleanup);
    const got: [string, number][] = [];
    const tap = fe.bus.subscribeEvents((payload, position) => got.push([text(payload), position]));
    await send(fe.bus, ["a", "b"]);
    tap.close();
    await send(fe.bus, ["c"]);
    expect(got).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });
});

describe("back-pressure", () => {
  it("sends no more than the backend's queue takes unacknowledged, and fills the frontend's buffer", async () => {
    const fe = await frontend(cleanup, { maxBuffered: 2000 });
    const be = backend(cleanup, fe.door.url, { maxQueue: 10, acks: false });
    await joined(be);
    expect(taken(fe.bus, 3000)).toBe(2000);
    await until(() => be.got.length === 10, "its credit to be used up");
    await caughtUp(fe.bus, be.bus);
    expect(be.got.length).toBe(10);
    be.bus.ack(3);
    await until(() => be.got.length === 13, "more for what it acknowledged");
    expect(fe.bus.status().buffered).toBe(1997);
    expect(taken(fe.bus, 10)).toBe(3);
  });

  it("counts what the backend still has of the frontend's run before", async () => {
    const port = await freePort();
    const first = await frontend(cleanup, {}, port);
    const be = backend(cleanup, `http://127.0.0.1:${port}`, { maxQueue: 10, acks: false });
    await joined(be);
    await send(first.bus, numbers(0, 10));
    await until(() => be.got.length === 10, "its queue to be full");
    await first.stop();
    const second = await frontend(cleanup, {}, port);
    await send(second.bus, numbers(10, 20));
    await until(() => second.bus.status().state === "connected", "the backend to be back");
    await caughtUp(second.bus, be.bus);
    expect(be.got.length).toBe(10);
    be.bus.ack(4);
    await until(() => be.got.length === 14, "more for what is done with of the first run");
    await caughtUp(second.bus, be.bus);
    expect(be.got.length).toBe(14);
    be.bus.ack(12);
    await until(() => be.got.length === 20, "the rest");
    expect(be.got).toEqual(numbers(0, 20));
    expect(be.positions).toEqual(numbers(1, 21).map(Number));
    be.bus.ack(20);
    await until(() => second.bus.status().buffered === 0, "the acknowledgements");
  });

  it("takes a request larger than the buffer when nothing waits and everybody is there", async () => {
    const fe = await frontend(cleanup, { maxBuffered: 0 });
    expect(taken(fe.bus, 1)).toBe(0);
    const be = backend(cleanup, fe.door.url);
    await joined(be);
    await published(fe.bus, numbers(0, 3000).map(bytes));
    expect(() => fe.bus.publishEvents(numbers(0, 3000).map(bytes), () => undefined)).toThrow(BusFullError);
    await until(() => be.got.length === 3000, "all of it");
  });

  it("bounds the bytes that wait, too", async () => {
    const fe = await frontend(cleanup, { maxBuffered: 100_000 });
    const megabyte = Buffer.alloc(1024 * 1024);
    await published(
      fe.bus,
      Array.from({ length: 256 }, () => megabyte),
    );
    expect(taken(fe.bus, 1)).toBe(0);
  });

  it("delivers nothing while the subscription pauses, and everything after", async () => {
    const fe = await frontend(cleanup);
    const bus = cleanup.add(
      connectLink({ url: fe.door.url, token: TOKEN, node: "be0", maxQueue: 100, logger: recordingLogger().logger }),
      (opened) => opened.close(),
    );
    await joined({ bus });
    await send(fe.bus, numbers(0, 10));
    await caughtUp(fe.bus, bus);
    const got: string[] = [];
    // Nothing was sent while nobody subscribed.
    expect(bus.status().buffered).toBe(0);
    const subscription = bus.subscribeEvents((payload, position) => {
      got.push(text(payload));
      bus.ack(position);
      if (got.length === 5) subscription.pause();
    });
    await until(() => got.length === 5, "the first five");
    // The frontend knows of the pause.
    await caughtUp(bus, fe.bus);
    await send(fe.bus, numbers(10, 50));
    await caughtUp(fe.bus, bus);
    expect(got.length).toBe(5);
    expect(bus.status().buffered).toBe(5);
    subscription.resume();
    await until(() => got.length === 50, "the rest");
    expect(got).toEqual(numbers(0, 50));
  });

  it("lets events pass the small messages that wait", async () => {
    const fe = await frontend(cleanup);
    const be = backend(cleanup, fe.door.url);
    await joined(be);
    const order: string[] = [];
    let ready = false;
    be.bus.subscribe("probe", () => {
      ready = true;
    });
    be.bus.subscribe("big", (payload) => order.push(`message of ${payload.length}`));
    be.bus.subscribeEvents((payload) => order.push(text(payload)));
    await until(() => {
      fe.bus.publish("probe", bytes(""));
      return ready;
    }, "the subscriptions to be known");
    const megabyte = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 12; i++) fe.bus.publish("big", megabyte);
    await send(fe.bus, ["event"]);
    await until(() => order.length === 13, "everything");
    // At most a third of a megabyte was ahead of it.
    expect(order.indexOf("event")).toBe(0);
    // Beyond what may wait, messages are dropped, and events aren't.
    for (let i = 0; i < 40; i++) fe.bus.publish("big", megabyte);
    await send(fe.bus, ["event 2"]);
    await until(() => order.includes("event 2"), "the second event");
    expect(fe.log.count("a message is dropped")).toBeGreaterThan(0);
  });
});
