import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startWorkerRole } from "../../base/worker-role.ts";
import { until } from "../../bus/bus.fixture.ts";
import type { ConsoleStore } from "./console-store.ts";
import { CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, type ConsoleWorkerData } from "./console-worker.ts";
import { alarmEntry, alarmRecord, sinceAnswer } from "./testing/records.ts";
import { found, StoreRig } from "./testing/store-rig.ts";
import type { Changed } from "./transactions.ts";

let rig: StoreRig;
beforeEach(() => {
  rig = new StoreRig();
});
afterEach(() => rig.end());

/** A store whose threads can be killed, and what it said of them. */
async function mortalStore() {
  const threads: { does: ConsoleWorkerData["does"]; thread: Worker }[] = [];
  const said: string[] = [];
  let lives = true;
  const store = await rig.store({
    onDefect: ({ message }) => said.push(message),
    onMended: () => said.push("mended"),
    start: (data) => {
      const thread = startWorkerRole(CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, lives ? data : { ...data, path: "/" });
      threads.push({ does: data.does, thread });
      return thread;
    },
  });
  const kill = (does: ConsoleWorkerData["does"]) => threads.findLast((each) => each.does === does)?.thread.terminate();
  return { store, said, kill, threads, breakDisk: (broken: boolean) => (lives = !broken) };
}

const ENDED = "its thread ended by itself; try again in a moment";
const entry = (store: ConsoleStore, i: number) =>
  store.write("page", {
    node: "n1",
    answer: sinceAnswer([1, 2].slice(0, i).map((n) => alarmEntry(n, alarmRecord(`a${n}`)))),
  });

it("a writing thread that dies is started again, goes on with what was confirmed, and has everybody look again", async () => {
  const { store, said, kill } = await mortalStore();
  await entry(store, 1);
  const changes: Changed[] = [];
  store.onChange((changed) => changes.push(changed));
  await kill("write");
  await expect(entry(store, 2)).rejects.toThrow(ENDED);
  expect(store.trouble).toBe(ENDED);
  expect(await found(store, "")).toEqual(["a1"]);
  await until(() => changes.length > 0, "the word that more may have changed");
  expect(changes).toMatchObject([{ rev: 1, unknown: true }]);
  expect([said, store.trouble]).toEqual([[ENDED, "mended"], undefined]);
  expect(await store.write("position", "n1")).toMatchObject({ next: 2 });
  await entry(store, 2);
  expect(await found(store, "")).toEqual(["a1", "a2"]);
});

it("a reading thread that dies is started again, also when that fails at first, and less and less often", async () => {
  const { store, said, kill, breakDisk, threads } = await mortalStore();
  breakDisk(true);
  await kill("read");
  await expect(found(store, "")).rejects.toThrow(ENDED);
  await until(() => said.length === 2, "a try that fails");
  expect(said[1]).toMatch(/database/);
  await expect(found(store, "")).rejects.toThrow("the console's database failed");
  breakDisk(false);
  await until(() => said.length === 3, "one that works");
  expect([said[2], await found(store, ""), threads.length]).toEqual(["mended", [], 4]);
});

it("one that is closed meanwhile isn't started again", async () => {
  const { store, kill, threads } = await mortalStore();
  await kill("read");
  await expect(found(store, "")).rejects.toThrow(ENDED);
  await rig.close(store);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(threads).toHaveLength(2);
});
