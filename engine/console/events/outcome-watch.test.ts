import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import { createLogger } from "../../base/log.ts";
import { OutcomeWatch } from "./outcome-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
  const nodes = ["a"];
  const silent = new Set<string>();
  const asked: string[] = [];
  const handlers = new Set<(payload: Uint8Array) => void>();
  const batches: number[] = [];
  const watch = new OutcomeWatch({
    backends: {
      nodes: () => nodes,
      ask: async (node, request) => {
        asked.push(`${node} ${"method" in request ? request.method : ""}`);
        if (silent.has(node)) throw new Error("nobody answers");
        return { ok: true, until: 0 };
      },
      listen: async (_subject, handler) => {
        handlers.add(handler);
        return () => handlers.delete(handler);
      },
    },
    clock,
    log,
    onBatch: ({ outcomes }) => batches.push(outcomes.length),
  });
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 1000) {
      clock.advance(1000);
      await vi.advanceTimersByTimeAsync(1000);
    }
  };
  const taken = () => asked.splice(0);
  return { watch, clock, nodes, silent, handlers, batches, lines, pass, taken };
}

it("asks every backend, again in time, and those that come later; and tells all when it is over", async () => {
  const { watch, clock, nodes, handlers, pass, taken } = opened();
  await pass(2000);
  expect(taken()).toEqual([]);
  expect(watch.since).toBeUndefined();
  const first = watch.hold();
  const since = watch.since;
  expect(since).toBe(clock.now());
  await pass(1000);
  const second = watch.hold();
  expect(watch.since).toBe(since);
  expect(taken()).toEqual(["a watch"]);
  nodes.push("b");
  await pass(1000);
  expect(taken()).toEqual(["b watch"]);
  await pass(10_000);
  expect(taken()).toEqual(["a watch", "b watch"]);
  first();
  first();
  expect(handlers.size).toBe(1);
  second();
  expect(taken()).toEqual(["a unwatch", "b unwatch"]);
  expect(handlers.size).toBe(0);
  await pass(20_000);
  expect(taken()).toEqual([]);
});

it("asks one that doesn't answer again, every second", async () => {
  const { watch, silent, pass, taken } = opened();
  silent.add("a");
  watch.hold();
  await pass(3000);
  expect(taken().length).toBeGreaterThanOrEqual(3);
  silent.clear();
  await pass(2000);
  expect(taken()).toEqual(["a watch"]);
});

it("isn't left listening by one who was gone before it began", async () => {
  const { watch, handlers, pass } = opened();
  watch.hold()();
  await pass(1000);
  expect(handlers.size).toBe(0);
  watch.hold()();
  const release = watch.hold();
  await pass(1000);
  expect(handlers.size).toBe(1);
  release();
  expect(handlers.size).toBe(0);
});

it("hands on what backends say, and steps over what can't be read", async () => {
  const { watch, handlers, batches, lines, pass } = opened();
  watch.hold();
  await pass(1000);
  const hear = (text: string) => {
    for (const handler of handlers) handler(Buffer.from(text));
  };
  hear('{"node":"a","batch":1,"dropped":0,"outcomes":[{"boot":"","conn_id":1,"event_id":"e","outcome":"invalid"}]}');
  hear('{"node":"a"}');
  hear("not JSON");
  expect(batches).toEqual([1]);
  expect(lines).toHaveLength(2);
});
