import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { holds } from "../base/testing/property.ts";
import { bytes, Cleanup, freePort, TcpProxy, until } from "./bus.fixture.ts";
import { BusFullError } from "./bus.ts";
import { backend, caughtUp, frontend, joined, numbers, send, TOKEN } from "./link.fixture.ts";
import { LINK_PATH, LINK_PROTOCOL, newNonce, proofOf, readHello } from "./link-handshake.ts";
import { RESUME_PROPERTIES } from "./testing/resume-property.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

describe("a backend that is restarted with its state", () => {
  it("goes on behind what the state has, though none of it was acknowledged", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the events");
    const resume = old.bus.streamPosition(7);
    expect(resume?.sequence).toBe(7);
    await old.stop();
    expect(fe.bus.status().buffered).toBe(10);
    const again = backend(cleanup, fe.door.url, { acks: false, resume });
    await until(() => again.got.length === 3, "the rest");
    expect(again.got).toEqual(numbers(7, 10));
    expect(again.positions).toEqual([8, 9, 10]);
    // Joining acknowledges what the state has.
    await until(() => fe.bus.status().buffered === 3, "the buffer to let go of it");
    expect(again.bus.streamPosition(9)).toEqual({ stream: resume?.stream, sequence: 9 });
    again.bus.ack(10);
    await until(() => fe.bus.status().buffered === 0, "the acknowledgement");
    await send(fe.bus, ["next"]);
    await until(() => again.got.includes("next"), "the next event");
    expect(fe.log.lines.join("")).not.toContain("ERROR");
  });

  it("goes on behind what was acknowledged when that is more: events without effect leave no trace in a state", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the events");
    const resume = old.bus.streamPosition(4);
    old.bus.ack(8);
    await until(() => fe.bus.status().buffered === 2, "the acknowledgement");
    await old.stop();
    const again = backend(cleanup, fe.door.url, { resume });
    await until(() => again.got.length === 2, "the rest");
    expect(again.got).toEqual(numbers(8, 10));
    expect(again.positions).toEqual([9, 10]);
    await until(() => fe.bus.status().buffered === 0, "the acknowledgements");
  });

  it("has everything and gets what comes then", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the events");
    const resume = old.bus.streamPosition(10);
    await old.stop();
    const again = backend(cleanup, fe.door.url, { resume });
    await until(() => fe.bus.status().buffered === 0, "the buffer to let go of all");
    await send(fe.bus, ["next"]);
    await until(() => again.got.length === 1, "the next event");
    expect([again.got, again.positions]).toEqual([["next"], [11]]);
  });

  it("keeps its place when its first connection breaks before an event came", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 5));
    await until(() => old.got.length === 5, "the events");
    const resume = old.bus.streamPosition(5);
    await old.stop();
    const proxy = cleanup.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
    const again = backend(cleanup, `http://127.0.0.1:${proxy.port}`, { resume, acks: false });
    await joined(again);
    proxy.refuse(true);
    await until(() => fe.log.count("be0 is away") === 2, "the loss to be seen");
    await send(fe.bus, numbers(5, 8));
    proxy.refuse(false);
    await until(() => again.got.length === 3, "what was missed");
    expect([again.got, again.positions]).toEqual([numbers(5, 8), [6, 7, 8]]);
  });

  it("takes what another run of the frontend has for it, whatever its own numbers say", async () => {
    const port = await freePort();
    const first = await frontend(cleanup, {}, port);
    const old = backend(cleanup, `http://127.0.0.1:${port}`, { acks: false });
    await joined(old);
    await send(first.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the events");
    const resume = old.bus.streamPosition(10);
    await old.stop();
    await first.stop();
    const second = await frontend(cleanup, {}, port);
    await send(second.bus, numbers(10, 13));
    const again = backend(cleanup, `http://127.0.0.1:${port}`, { acks: false, resume });
    await until(() => again.got.length === 3, "the events of the second run");
    expect(again.got).toEqual(numbers(10, 13));
    const position = again.positions[1] ?? 0;
    expect(again.bus.streamPosition(position)?.sequence).toBe(2);
    expect(again.bus.streamPosition(position)?.stream).not.toBe(resume?.stream);
  });

  it("names no place in a run of the frontend that has ended, nor of what didn't come", async () => {
    const port = await freePort();
    const first = await frontend(cleanup, {}, port);
    const be = backend(cleanup, `http://127.0.0.1:${port}`, { acks: false });
    expect(be.bus.streamPosition(0)).toBeUndefined();
    await joined(be);
    await send(first.bus, numbers(0, 5));
    await until(() => be.got.length === 5, "the events");
    const stream = be.bus.streamPosition(5)?.stream;
    expect(be.bus.streamPosition(6)).toBeUndefined();
    await first.stop();
    const second = await frontend(cleanup, {}, port);
    await send(second.bus, numbers(5, 8));
    await until(() => be.got.length === 8, "the events of the second run");
    expect(be.bus.streamPosition(5)).toBeUndefined();
    expect(be.bus.streamPosition(6)?.sequence).toBe(1);
    expect(be.bus.streamPosition(6)?.stream).not.toBe(stream);
    expect(first.bus.streamPosition(1)).toBeUndefined();
  });

  it("is refused when its state has events that the frontend never had", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url);
    await joined(old);
    await send(fe.bus, numbers(0, 3));
    await until(() => old.got.length === 3, "the events");
    const stream = old.bus.streamPosition(3)?.stream ?? "";
    await old.stop();
    const again = backend(cleanup, fe.door.url, { resume: { stream, sequence: 4 } });
    await until(() => again.log.count("events which it cannot have") > 0, "the refusal");
    expect(again.bus.status().state).toBe("disconnected");
  });

  it("is sent no more than its queue takes, wherever it goes on", async () => {
    const fe = await frontend(cleanup);
    const old = backend(cleanup, fe.door.url, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 100));
    await until(() => old.got.length === 100, "the events");
    const resume = old.bus.streamPosition(50);
    await old.stop();
    const again = backend(cleanup, fe.door.url, { maxQueue: 10, acks: false, resume });
    await until(() => again.got.length === 10, "its credit to be used up");
    await caughtUp(fe.bus, again.bus);
    expect(again.got).toEqual(numbers(50, 60));
    again.bus.ack(53);
    await until(() => again.got.length === 13, "more for what it acknowledged");
    await caughtUp(fe.bus, again.bus);
    expect(again.got).toEqual(numbers(50, 63));
  });
});

describe("while a backend is dead", () => {
  it("takes events up to the buffer, refuses the rest, and gives its successor each that was taken", async () => {
    const fe = await frontend(cleanup, { maxBuffered: 30 });
    const proxy = cleanup.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
    const old = backend(cleanup, `http://127.0.0.1:${proxy.port}`, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the first events");
    const resume = old.bus.streamPosition(10);
    proxy.refuse(true);
    await old.stop();
    await until(() => fe.bus.status().state === "disconnected", "the loss to be seen");
    // Its ten are in its state, which nobody can know before it is back: they use up the buffer until then.
    await send(fe.bus, numbers(10, 30));
    expect(() => fe.bus.publishEvents([bytes("refused")], () => undefined)).toThrow(BusFullError);
    expect(fe.bus.status().detail).toContain("waiting for be0 to come back");
    const again = backend(cleanup, fe.door.url, { resume });
    await until(() => again.got.length === 20, "what was taken meanwhile");
    expect(again.got).toEqual(numbers(10, 30));
    await until(() => fe.bus.status().buffered === 0, "the acknowledgements");
    await send(fe.bus, ["next"]);
  });

  it("keeps what its late predecessor acknowledges after it has been replaced", async () => {
    const fe = await frontend(cleanup);
    const proxy = cleanup.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
    const old = backend(cleanup, `http://127.0.0.1:${proxy.port}`, { acks: false });
    await joined(old);
    await send(fe.bus, numbers(0, 10));
    await until(() => old.got.length === 10, "the events");
    const resume = old.bus.streamPosition(4);
    proxy.stall(true);
    const again = backend(cleanup, fe.door.url, { acks: false, resume });
    await until(() => again.got.length === 6, "the rest");
    // It hasn't heard yet that it was replaced, and its word arrives only now.
    old.bus.ack(10);
    await old.bus.drain(8000);
    proxy.stall(false);
    await until(() => old.log.count("took over") > 0, "it to be told");
    await caughtUp(fe.bus, again.bus);
    expect(fe.bus.status().buffered).toBe(6);
    again.bus.ack(10);
    await until(() => fe.bus.status().buffered === 0, "the acknowledgement of the one that counts");
  });
});

it("drains until what comes late was acknowledged, and counts what wasn't in time", async () => {
  const fe = await frontend(cleanup);
  const be = backend(cleanup, fe.door.url, { acks: false });
  await joined(be);
  await send(fe.bus, numbers(0, 10));
  await until(() => be.got.length === 10, "the events");
  expect(await fe.bus.drain(30)).toBe(10);
  let drained: number | undefined;
  const draining = fe.bus.drain(8000).then((left) => {
    drained = left;
  });
  be.bus.ack(6);
  await until(() => fe.bus.status().buffered === 4, "the first commit");
  await caughtUp(fe.bus, be.bus);
  expect(drained).toBeUndefined();
  be.bus.ack(10);
  await draining;
  expect(drained).toBe(0);
});

it("leaves a frontend that would give it again what it has", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: LINK_PATH });
  cleanup.add(server, () => new Promise((resolve) => server.close(() => resolve())));
  await until(() => server.address() !== null, "the frontend to listen");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const run = { boot: "run", nonce: newNonce() };
  server.on("connection", (ws) => {
    ws.on("message", (data) => {
      const hello = readHello(String(data));
      if (hello === undefined) return ws.send(JSON.stringify({ type: "welcome", next: 7 }));
      const proof = proofOf(TOKEN, "frontend", hello, run);
      return ws.send(JSON.stringify({ type: "challenge", protocol: LINK_PROTOCOL, ...run, proof }));
    });
  });
  const be = backend(cleanup, `http://127.0.0.1:${port}`, { resume: { stream: "run", sequence: 7 } });
  await until(() => be.log.count("before what this backend has") === 1, "it to leave");
  expect(be.bus.status().state).toBe("disconnected");
});

it.each(RESUME_PROPERTIES)(
  "$says (property $number)",
  async (property) => {
    await holds(property, 12);
  },
  60_000,
);
