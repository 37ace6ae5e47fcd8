import { writeFileSync } from "node:fs";
import { sleep } from "../../bench/lib/waiting.ts";
import { memoryOf } from "./garbage.ts";
import { noiseEvent } from "./groups.ts";
import { PostConnection } from "./post-connection.ts";
import type { Report } from "./report.ts";

const MIB = 1024 * 1024;
const BOMB_BYTES = 16 * MIB;
/** What one of them may cost (reliability.md §3). */
const MOST_STALL_MS = 250;
const MOST_GROWTH_MIB = 300;
const PROBE_EVERY_MS = 5;
const ANSWER_MS = 20_000;
const BASELINE_MS = 1000;

const event = noiseEvent(0, "2026-01-01T00:00:00Z");
const opened = event.slice(0, -1);

/** About 16 MiB of one piece over and over. */
function filled(begin: string, piece: string, end: string): string {
  const count = Math.floor((BOMB_BYTES - begin.length - end.length) / (piece.length + 1));
  return `${begin}${Array(count).fill(piece).join()}${end}`;
}

function distinct(begin: string, piece: (index: number) => string, end: string, count: number): string {
  return `${begin}${Array.from({ length: count }, (_, index) => piece(index)).join()}${end}`;
}

const BOMBS: readonly { name: string; body: () => string }[] = [
  { name: "an array of {}", body: () => filled("[", "{}", "]") },
  { name: "an event with {} in an unknown field", body: () => filled(`${opened},"x":[`, "{}", "]}") },
  { name: "brackets only", body: () => "[".repeat(BOMB_BYTES) },
  { name: "objects within objects", body: () => '{"a":'.repeat(BOMB_BYTES / 5) },
  { name: "the same name over and over", body: () => filled(`${opened},"x":{`, '"a":1', "}}") },
  { name: "a million names", body: () => distinct(`${opened},"x":{`, (i) => `"k${i}":1`, "}}", 1_000_000) },
  { name: "numbers of a million digits", body: () => filled(`${opened},"x":[`, "9".repeat(MIB), "]}") },
  { name: "small numbers", body: () => filled(`${opened},"x":[`, "1", "]}") },
  { name: "one text", body: () => `${opened},"x":"${"a".repeat(BOMB_BYTES - event.length - 8)}"}` },
  { name: "one text of escapes", body: () => `${opened},"x":"${"\\u0000".repeat(2.5 * MIB)}"}` },
  { name: "events, the last one bad", body: () => `${filled("[", event, "")},5]` },
];

/** Posts bodies that cost much to parse, one after the other, and sees how long others wait meanwhile. */
export async function tryBombs(report: Report, { port, pid }: { port: number; pid: number }): Promise<void> {
  const baseline = await whileProbing(port, () => sleep(BASELINE_MS));
  report.say(`  without a bomb others wait ${baseline.longestMs.toFixed(0)} ms at most`);
  for (const { name, body } of BOMBS) {
    const text = body();
    forgetPeak(pid);
    const before = memoryOf(pid).nowMib;
    const connection = await PostConnection.open(port);
    const { longestMs, result } = await whileProbing(port, () => connection.post(text, ANSWER_MS));
    connection.close();
    const growth = memoryOf(pid).peakMib - before;
    const holds = longestMs <= MOST_STALL_MS && growth <= MOST_GROWTH_MIB && result !== undefined && result < 500;
    const seen = `answered ${result}, others waited ${longestMs.toFixed(0)} ms at most, grew by ${growth.toFixed(0)} MiB`;
    report.check(
      `16 MiB, ${name}: no stall over ${MOST_STALL_MS} ms, no growth over ${MOST_GROWTH_MIB} MiB`,
      holds,
      seen,
    );
  }
}

/** The largest resident memory counts from now on (proc(5)). */
function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Posts small events all the time while `work` is under way; the longest answer tells how long the event loop stood still. */
async function whileProbing<T>(port: number, work: () => Promise<T>): Promise<{ longestMs: number; result: T }> {
  const probe = await PostConnection.open(port);
  let over = false;
  const running = work().finally(() => {
    over = true;
  });
  let longestMs = 0;
  for (let i = 0; !over; i++) {
    const sentMs = performance.now();
    await probe.post(noiseEvent(i, new Date().toISOString()), ANSWER_MS);
    longestMs = Math.max(longestMs, performance.now() - sentMs);
    await sleep(PROBE_EVERY_MS);
  }
  probe.close();
  return { longestMs, result: await running };
}
