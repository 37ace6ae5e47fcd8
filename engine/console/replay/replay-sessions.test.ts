import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { directive, event, rule } from "../../backlog/testing/builders.ts";
import { ManualClock } from "../../base/clock.ts";
import { eventJson } from "../../base/event-json.ts";
import { startWorkerRole } from "../../base/worker-role.ts";
import { until } from "../../bus/bus.fixture.ts";
import { REPLAY_ROLE, type ReplayThreadData } from "../../contract/replay-thread.ts";
import { REPLAY_MODULE } from "../../replay/replay-worker.ts";
import { IDLE_MS, MAX_REPLAYS, ReplaySessions, UNWATCHED_MS } from "./replay-sessions.ts";

const DATA: ReplayThreadData = {
  sides: [
    {
      side: "saved",
      directives: [
        {
          name: "directives_be1.json",
          bytes: Buffer.from(
            JSON.stringify({ directives: [directive([rule(1), rule(2, { occurrence: 9_000_000 })])] }),
          ),
        },
      ],
    },
  ],
  assets: [
    {
      name: "assets_a.json",
      bytes: Buffer.from(JSON.stringify({ assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] })),
    },
  ],
  ...{ medRiskMin: 3, medRiskMax: 6, minAlarmLifetimeSeconds: 0, status: "Open", tag: "One" },
};

let sessions: ReplaySessions | undefined;
afterEach(() => sessions?.close());

function registry(heapMegabytes = 256) {
  const clock = new ManualClock(1_000_000);
  let ids = 0;
  sessions = new ReplaySessions({
    clock,
    newId: () => `s${++ids}`,
    heapMegabytes,
    startWorker: (data, maxOldGenerationSizeMb) =>
      startWorkerRole(REPLAY_MODULE, REPLAY_ROLE, data, { maxOldGenerationSizeMb }),
    pause: async (milliseconds) => {
      clock.advance(milliseconds);
      await sleep(1);
    },
  });
  return { clock, sessions };
}

it("makes room for a new replay where nobody looks, and has none while all are looked at", async () => {
  const { clock, sessions } = registry();
  const opened = [];
  for (let i = 0; i < MAX_REPLAYS; i++) {
    opened.push(await sessions.open("x", DATA));
    clock.advance(1);
  }
  const unwatch = opened.map(({ id }) => sessions.watch(id));
  await expect(sessions.open("x", DATA)).rejects.toMatchObject({ status: 429 });
  unwatch[2]?.();
  await sessions.open("x", DATA);
  expect(sessions.size).toBe(MAX_REPLAYS);
  expect(() => sessions.get("s3")).toThrow(/over/);
  expect(sessions.get("s1").id).toBe("s1");
});

it("ends what nobody has used for long, and what its page has left", async () => {
  const { clock, sessions } = registry();
  await sessions.open("left", DATA);
  await sessions.open("idle", DATA);
  const unwatch = sessions.watch("s1");
  unwatch();
  clock.advance(UNWATCHED_MS);
  await sessions.sweep();
  expect(sessions.size).toBe(2);
  // A page that comes back in time finds it.
  const again = sessions.watch("s1");
  clock.advance(UNWATCHED_MS);
  await sessions.sweep();
  expect(sessions.size).toBe(2);
  again();
  clock.advance(UNWATCHED_MS + 1);
  await sessions.sweep();
  expect(sessions.size).toBe(1);
  sessions.get("s2");
  clock.advance(IDLE_MS);
  await sessions.sweep();
  expect(sessions.size).toBe(1);
  clock.advance(1);
  await sessions.sweep();
  expect(sessions.size).toBe(0);
});

it("ends a capture that nobody looks at, and none that somebody looks at", async () => {
  const { clock, sessions } = registry();
  const ended: string[] = [];
  for (const name of ["forgotten", "watched"]) {
    const session = await sessions.open(name, DATA);
    session.captures(async () => void ended.push(name));
  }
  sessions.watch("s2");
  clock.advance(IDLE_MS + 1);
  await sessions.sweep();
  expect(ended).toEqual(["forgotten"]);
  expect(sessions.get("s2").state.status).toBe("capturing");
});

it("captures nothing for a replay that was ended before it began to", async () => {
  const { sessions } = registry();
  const session = await sessions.open("x", DATA);
  await sessions.end(session.id);
  let stopped = false;
  session.captures(async () => {
    stopped = true;
  });
  expect(stopped).toBe(true);
});

it("hands a large file over to its thread, and copies what shares its memory with others", async () => {
  const { sessions } = registry();
  const session = await sessions.open("x", DATA);
  const lines = Array.from({ length: 1_000 }, (_, i) => eventJson(event(2, `e${i}`), 0, "0")).join("\n");
  const whole = Buffer.from(lines);
  const part = Buffer.from(`\n${lines}`).subarray(1);
  await session.append(whole);
  await session.append(part);
  expect([whole.length, part.length]).toEqual([0, lines.length]);
  await session.loaded();
  expect(session.state.events).toBe(2_000);
});

it("gives the last place to one of those that ask for it at once", async () => {
  const { sessions } = registry();
  const opened = await Promise.all(Array.from({ length: MAX_REPLAYS + 1 }, () => sessions.open("x", DATA)));
  expect(opened).toHaveLength(MAX_REPLAYS + 1);
  expect(sessions.size).toBe(MAX_REPLAYS);
});

it.each(["1", "10"] as const)("plays a recording in its time, at speed %s", async (speed) => {
  const { clock, sessions } = registry();
  const session = await sessions.open("x", DATA);
  const lines = Array.from({ length: 10 }, (_, i) =>
    eventJson(event(2, `e${i}`, { seconds: 1_700_000_000 + i }), 0, "0"),
  );
  await session.append(Buffer.from(lines.join("\n")));
  await session.loaded();
  await session.command({ command: "break", stageChange: false, alarm: false });
  await session.command({ command: "speed", speed });
  const began = clock.now();
  await session.command({ command: "play" });
  await until(() => !session.isPlaying, "the end");
  expect(session.state).toMatchObject({ step: 11, status: "ready" });
  const due = 9_000 / Number(speed);
  expect(clock.now() - began).toBeGreaterThanOrEqual(due);
  expect(clock.now() - began).toBeLessThan(due + 500);
});

it("says in a sentence that a replay took too much memory, and goes on with the others", async () => {
  const { sessions } = registry(16);
  const greedy = await sessions.open("greedy", DATA);
  const line = (id: number): string => eventJson(event(1 + Math.min(1, id), `${id} ${"x".repeat(400)}`), 0, "0");
  const failed = (async () => {
    for (let from = 0; ; from += 20_000) {
      await greedy.append(Buffer.from(Array.from({ length: 20_000 }, (_, i) => line(from + i)).join("\n")));
      await greedy.command({ command: "end" });
      await until(() => !greedy.isPlaying, "the end");
      if (greedy.state.status === "failed") return;
    }
  })();
  await failed.catch(() => undefined);
  await until(() => greedy.state.status === "failed", "the thread to die");
  expect(greedy.state.reason).toContain("more than its 16 MB");
  const other = await sessions.open("other", DATA);
  await other.append(Buffer.from(line(0)));
  await other.loaded();
  expect(other.state).toMatchObject({ status: "ready", events: 1 });
}, 60_000);
