import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { anEvent, rawExchange, startTestDoor, type TestDoor } from "./testing/door.ts";

let door: TestDoor;

beforeEach(async () => {
  door = await startTestDoor();
});

afterEach(() => door.close());

const MIB = 1024 * 1024;

/** A body of about 16 MiB made of one piece over and over. */
function filled(start: string, piece: string, end: string): string {
  const count = Math.floor((16 * MIB - start.length - end.length) / (piece.length + 1));
  return `${start}${Array(count).fill(piece).join()}${end}`;
}

function distinct(start: string, piece: (i: number) => string, end: string, count: number): string {
  return `${start}${Array.from({ length: count }, (_, i) => piece(i)).join()}${end}`;
}

/**
 * Measures the longest turn of the event loop, in milliseconds of this thread's processor time: what other programs
 * take of a busy machine isn't counted.
 */
function watchStalls(): { stop(): number } {
  let longest = 0;
  let running = true;
  const now = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = now();
  const turn = () => {
    const at = now();
    longest = Math.max(longest, at - last);
    last = at;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      running = false;
      return longest;
    },
  };
}

const event = JSON.stringify(anEvent());
const opened = event.slice(0, -1);

describe("JSON bombs (reliability.md §3)", () => {
  test.each([
    ["an array of {}", filled("[", "{}", "]"), 400],
    ["an event with {} in an unknown field", filled(`${opened},"x":[`, "{}", "]}"), 400],
    ["brackets only", "[".repeat(16 * MIB), 400],
    ["an event with a million distinct names", distinct(`${opened},"x":{`, (i) => `"k${i}":1`, "}}", 1_000_000), 400],
    ["small objects with distinct names", distinct(`${opened},"x":[`, (i) => `{"k${i}":1}`, "]}", 45_000), 200],
    ["distinct short texts", distinct(`${opened},"x":[`, (i) => `"${i.toString(36)}"`, "]}", 190_000), 200],
    ["an array of events, the last one bad", `${filled("[", event, "")},5]`, 400],
    ["one text", `${opened},"x":"${"\\\\".repeat(4 * MIB)}"}`, 200],
  ])("%s: answered without stalling the others or much memory", async (_, body, status) => {
    const bytes = Buffer.from(body);
    const head = `POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`;
    const before = process.memoryUsage().rss;
    const stalls = watchStalls();
    const answer = await rawExchange(door.port, Buffer.concat([Buffer.from(head), bytes]));
    const longestMs = stalls.stop();
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(longestMs).toBeLessThan(250);
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(300);
  });
});

test("closes although somebody holds on to a connection that was upgraded", async () => {
  const held: Socket[] = [];
  door.door.server.on("upgrade", (_, socket: Socket) => {
    held.push(socket);
    socket.on("error", () => undefined);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  });
  const head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  const exchange = rawExchange(door.port, head);
  await expect.poll(() => held.length).toBe(1);
  await door.door.close(50);
  expect(await exchange).toMatch(/^HTTP\/1\.1 101 /);
}, 5000);

test("sockets that never finish their headers are closed within 6 s, with an answer", async () => {
  const started = performance.now();
  const sockets: Promise<string>[] = [];
  for (let i = 0; i < 200; i++)
    sockets.push(rawExchange(door.port, i % 2 === 0 ? "" : "POST /events HTTP/1.1\r\nHost: "));
  const drip: Socket = connect(door.port, "127.0.0.1");
  drip.on("error", () => undefined);
  const timer = setInterval(() => drip.write("X"), 200);
  const dripped = new Promise((resolve) => drip.on("close", resolve));
  const answers = await Promise.all(sockets);
  await dripped;
  clearInterval(timer);
  expect(performance.now() - started).toBeLessThan(6500);
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*took too long/);
}, 10_000);
