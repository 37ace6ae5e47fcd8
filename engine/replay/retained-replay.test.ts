import { Worker } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { until } from "../bus/bus.fixture.ts";
import { DEFAULT_REPLAY_FLAGS } from "./replay-config.ts";
import { RetainedReplay } from "./retained-replay.ts";

const INPUT = { folder: "", edited: [], saved: [], assets: [], flags: DEFAULT_REPLAY_FLAGS };

let replay: RetainedReplay | undefined;
afterEach(() => replay?.close());

/** Threads that never come to an end by themselves, and how many were started. */
function endless(): { replay: RetainedReplay; started: () => number } {
  let started = 0;
  replay = new RetainedReplay(() => {
    started += 1;
    return new Worker("setInterval(() => undefined, 1e6)", { eval: true });
  });
  return { replay, started: () => started };
}

it("lets go at once of what is given up while it waits for its turn, and gives places on", async () => {
  const { replay, started } = endless();
  const given = Array.from({ length: 4 }, () => new AbortController());
  const runs = given.map(({ signal }) => replay.dryRun(INPUT, () => undefined, signal));
  const ends = runs.map((run) => run.catch((error: unknown) => error));
  given[2]?.abort("given up");
  expect(await ends[2]).toBe("given up");
  expect(started()).toBe(2);
  given[0]?.abort("over");
  expect(await ends[0]).toBe("over");
  await until(() => started() === 3, "the last one to have its turn");
  for (const each of given) each.abort("over");
  expect(await Promise.all(ends)).toEqual(["over", "over", "given up", "over"]);
});

it("begins nothing more once it is closed", async () => {
  const { replay, started } = endless();
  const { signal } = new AbortController();
  const ends = Array.from({ length: 3 }, () =>
    replay.dryRun(INPUT, () => undefined, signal).catch((error: unknown) => String(error)),
  );
  await until(() => started() === 2, "two of them to be under way");
  await replay.close();
  expect((await Promise.all(ends)).at(-1)).toContain("stopping");
  expect(started()).toBe(2);
});
