import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { SystemClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { LIVE_PATH, LIVE_PROTOCOL, MAX_LIVE_MESSAGE_BYTES } from "../../contract/console/live.ts";
import { ApiFault } from "../api-fault.ts";
import { LiveHub } from "./hub.ts";
import type { LiveFeed, LiveSink, LiveTopics } from "./topic.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A hub on a server of its own, with a topic whose feeds the test drives. */
async function opened(topics: LiveTopics) {
  const clock = new SystemClock();
  const hub = new LiveHub(() => topics, silentLogger(clock), clock);
  const server = createServer();
  hub.attach(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(
    () => hub.close(),
    () => server.close().closeAllConnections(),
  );
  return { hub, port: (server.address() as AddressInfo).port };
}

interface Said {
  type: string;
  id?: number;
  seq?: number;
  data?: { lines: { text: string }[]; notShown?: number };
  error?: string;
}

async function client(port: number, protocols = [LIVE_PROTOCOL]) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${LIVE_PATH}`, protocols);
  ends.push(() => socket.terminate());
  const said: (Said & { at: number; bytes: number })[] = [];
  socket.on("message", (data) => {
    const text = data.toString();
    said.push({ ...(JSON.parse(text) as Said), at: performance.now(), bytes: Buffer.byteLength(text) });
  });
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  const say = (message: object) => socket.send(JSON.stringify(message));
  return { socket, said, say, closed };
}

const line = (text: string, id = 1) => ({ id, at: 0, service: "s", level: "INFO" as const, text });

/** Gathers lines and counts how it is used. */
class TestFeed implements LiveFeed {
  readonly sink: LiveSink<"log">;
  waiting: string[] = [];
  flushes = 0;
  snapshots = 0;
  closed = false;

  constructor(sink: LiveSink<"log">) {
    this.sink = sink;
    this.resnapshot();
  }

  resnapshot(): void {
    this.snapshots += 1;
    this.waiting = [];
    this.sink.snapshot({ lines: [line(`snapshot ${this.snapshots}`)] });
  }

  flush(): void {
    this.flushes += 1;
    if (this.waiting.length === 0) return;
    this.sink.delta({ lines: this.waiting.map((text) => line(text)), notShown: 0 });
    this.waiting = [];
  }

  close(): void {
    this.closed = true;
  }
}

function logTopic() {
  const feeds: TestFeed[] = [];
  const topics: LiveTopics = {
    log: {
      open: (params, sink) => {
        if (params.service === "unknown") throw new ApiFault(400, "There is no such service.", { column: 3 });
        const feed = new TestFeed(sink);
        feeds.push(feed);
        return feed;
      },
    },
  };
  return { feeds, topics };
}

test("a subscriber gets a snapshot, then numbered deltas, at most ten a second", async () => {
  const { feeds, topics } = logTopic();
  const { port } = await opened(topics);
  const { said, say } = await client(port);
  say({ type: "subscribe", id: 7, topic: "log" });
  await expect.poll(() => said.length).toBe(1);
  const started = performance.now();
  const writing = setInterval(() => feeds[0]?.waiting.push("x"), 1);
  ends.push(() => clearInterval(writing));
  await expect.poll(() => said.length, { timeout: 5000 }).toBeGreaterThan(8);
  const seconds = (performance.now() - started) / 1000;
  expect(said.map(({ type, id, seq }) => [type, id, seq])).toEqual(
    said.map((_, i) => [i === 0 ? "snapshot" : "delta", 7, i]),
  );
  expect(said.length - 1).toBeLessThanOrEqual(seconds * 10 + 1);
});

test("a feed ends with its subscription, and with its client", async () => {
  const { feeds, topics } = logTopic();
  const { port } = await opened(topics);
  const { say, socket, said } = await client(port);
  say({ type: "subscribe", id: 1, topic: "log" });
  say({ type: "subscribe", id: 2, topic: "log" });
  await expect.poll(() => said.length).toBe(2);
  say({ type: "unsubscribe", id: 1 });
  await expect.poll(() => feeds.map(({ closed }) => closed)).toEqual([true, false]);
  socket.terminate();
  await expect.poll(() => feeds[1]?.closed).toBe(true);
  const flushes = feeds[1]?.flushes;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(feeds[1]?.flushes).toBe(flushes);
});

test("a feed that sends faster than it may has its client get a snapshot", async () => {
  let sink: LiveSink<"job"> | undefined;
  let done = 0;
  const state = () => ({ done, total: 1000, finished: false });
  const { port } = await opened({
    job: {
      open: (_params, own) => {
        sink = own;
        own.snapshot(state());
        return { close: () => undefined, resnapshot: () => own.snapshot(state()) };
      },
    },
  });
  const { said, say } = await client(port);
  say({ type: "subscribe", id: 1, topic: "job", params: { id: "j" } });
  await expect.poll(() => said.length).toBe(1);
  for (; done < 1000; done++) sink?.delta(state());
  await expect.poll(() => said.at(-1)?.data).toMatchObject({ done: 1000 });
  expect(said.map(({ type, seq }) => [type, seq])).toEqual([
    ["snapshot", 0],
    ["delta", 1],
    ["snapshot", 2],
  ]);
});

test("what is asked wrongly is refused under its number", async () => {
  const { topics } = logTopic();
  const { port } = await opened(topics);
  const { said, say } = await client(port);
  say({ type: "subscribe", id: 1, topic: "nothing" });
  say({ type: "subscribe", id: 2, topic: "alarms" });
  say({ type: "subscribe", id: 3, topic: "log", params: { level: "LOUD" } });
  say({ type: "subscribe", id: 4, topic: "log", params: { service: "unknown" } });
  for (let id = 10; id < 43; id++) say({ type: "subscribe", id, topic: "log" });
  say({ type: "subscribe", id: 10, topic: "log" });
  await expect.poll(() => said.length).toBe(38);
  const errors = said.filter(({ type }) => type === "error");
  expect(errors.map(({ id, error }) => [id, error])).toEqual(
    [
      [1, "There is no topic of this name."],
      [2, "This frontend doesn't offer this topic."],
      [3, expect.stringMatching(/^level can't be taken: /)],
      [42, "A connection may have 32 subscriptions; end one first."],
      [10, "There is a subscription 10 already."],
      [4, "There is no such service."],
    ].toSorted((a, b) => errors.findIndex(({ id }) => id === a[0]) - errors.findIndex(({ id }) => id === b[0])),
  );
  expect(errors.find(({ id }) => id === 4)).toMatchObject({ column: 3 });
});

test("what isn't a message ends the connection", async () => {
  const { port } = await opened({});
  const bad = await client(port);
  bad.socket.send("{");
  expect(await bad.closed).toBe(1007);
  const binary = await client(port);
  binary.socket.send(Buffer.from("{}"));
  expect(await binary.closed).toBe(1007);
  const large = await client(port);
  large.socket.send("x".repeat(200_000));
  expect(await large.closed).toBe(1009);
  const loud = await client(port);
  for (let i = 0; i < 200; i++) loud.say({ type: "unsubscribe", id: 1 });
  expect(await loud.closed).toBe(1008);
});

test("no message is larger than it may be: lists are divided, a single entry is shortened", async () => {
  const { feeds, topics } = logTopic();
  const { port } = await opened(topics);
  const { said, say } = await client(port);
  say({ type: "subscribe", id: 1, topic: "log" });
  await expect.poll(() => said.length).toBe(1);
  const texts = Array.from({ length: 50 }, (_, i) => `${i} ${"é".repeat(50_000)}`);
  feeds[0]?.waiting.push(...texts);
  const received = () => said.slice(1).flatMap(({ data }) => data?.lines ?? []);
  await expect.poll(() => received().length).toBe(50);
  expect(received().map(({ text }) => text)).toEqual(texts);
  feeds[0]?.waiting.push("y".repeat(2 * MAX_LIVE_MESSAGE_BYTES));
  await expect.poll(() => received().length).toBe(51);
  expect(received().at(-1)?.text).toMatch(/^y{2000}…$/);
  expect(Math.max(...said.map(({ bytes }) => bytes))).toBeLessThanOrEqual(MAX_LIVE_MESSAGE_BYTES);
  expect(said.map(({ seq }) => seq)).toEqual(said.map((_, i) => i));
});

test("a client that reads too slowly isn't sent to, and then gets a snapshot in place of what it missed", {
  timeout: 30_000,
}, async () => {
  const { feeds, topics } = logTopic();
  const { port } = await opened(topics);
  const { socket, said, say } = await client(port);
  say({ type: "subscribe", id: 1, topic: "log" });
  await expect.poll(() => said.length).toBe(1);
  socket.pause();
  const [feed] = feeds;
  const writing = setInterval(() => feed?.waiting.push("z".repeat(500_000), "z".repeat(500_000)), 20);
  ends.push(() => clearInterval(writing));
  // Until the kernel's buffers are full and the hub's own limit is reached, when flushes stop.
  let flushes = -1;
  await expect
    .poll(
      () => {
        const still = feed?.flushes === flushes && flushes > 0;
        flushes = feed?.flushes ?? 0;
        return still;
      },
      { interval: 1300, timeout: 20_000 },
    )
    .toBe(true);
  clearInterval(writing);
  socket.resume();
  await expect.poll(() => said.at(-1)?.data?.lines[0]?.text, { timeout: 10_000 }).toBe("snapshot 2");
  expect(said.map(({ seq }) => seq)).toEqual(said.map((_, i) => i));
  feed?.waiting.push("after");
  await expect.poll(() => said.at(-1)?.data?.lines[0]?.text).toBe("after");
});

test("says that it is there when nothing happens", { timeout: 15_000 }, async () => {
  const { port } = await opened({});
  const { said, socket } = await client(port);
  const pinged = new Promise((resolve) => socket.on("ping", resolve));
  await expect.poll(() => said.map(({ type }) => type), { timeout: 8000 }).toEqual(["ping"]);
  await pinged;
});

test("takes as many windows as it can, and says so to the others", async () => {
  const { port } = await opened({});
  await Promise.all(Array.from({ length: 64 }, () => client(port)));
  await expect(client(port)).rejects.toThrow("503");
});

test("the token alone is no sub-protocol that could be chosen; other paths are others' or nobody's", async () => {
  const { hub, port } = await opened({});
  await expect(client(port, ["dsiem.token.secret"])).rejects.toThrow("400");
  const chosen = await client(port, ["dsiem.token.secret", LIVE_PROTOCOL]);
  expect(chosen.socket.protocol).toBe(LIVE_PROTOCOL);
  const socket = connect(port, "127.0.0.1");
  ends.push(() => socket.destroy());
  socket.write("GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const answer = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())));
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  hub.close();
  expect(await chosen.closed).toBe(1001);
});
