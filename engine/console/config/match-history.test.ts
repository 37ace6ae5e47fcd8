import { expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { BackendSilentError, type Backends } from "../backends.ts";
import { MatchHistory } from "./match-history.ts";

const HOUR = 3_600_000;
const START = 500_000 * HOUR;

/** A backend that has matched so much since it started, and a console that asks it. */
function world() {
  const clock = new ManualClock(START);
  const backend = { run: "r1", since: START - HOUR, matched: 0, silent: false };
  const backends: Backends = {
    nodes: () => ["be1"],
    ask: async (node, { after }) => {
      if (backend.silent) throw new BackendSilentError(node, new Error("no answer"));
      const { run, since, matched } = backend;
      const page = { ok: true, run, since, riskless: [], config: [{ name: "a.json", sha256: "1" }] };
      const counts = { live: 2, riskless: 1 };
      // The second directive is on the second page.
      if (after === undefined) return { ...page, directives: [{ id: 7, matched, ...counts }], next: 1 };
      return { ...page, directives: [{ id: 8, matched: 1, ...counts }] };
    },
    listen: async () => () => undefined,
  };
  let file: string | undefined;
  const open = async (): Promise<MatchHistory> => {
    const history = new MatchHistory({
      ...{ backends, now: () => clock.now(), log: silentLogger(clock), load: async () => file },
      save: async (text) => {
        file = text;
      },
    });
    await history.start();
    return history;
  };
  const matched = (history: MatchHistory): number => history.matched24h("be1").get(7) ?? 0;
  return { clock, backend, open, matched, spoil: () => (file = "{") };
}

it("adds up what a backend counts, over its restarts and the console's", async () => {
  const { backend, open, matched } = world();
  let history = await open();
  backend.matched = 10;
  await history.ask();
  backend.matched = 15;
  await history.ask();
  expect(matched(history)).toBe(15);
  expect(history.matched24h("be1").get(8)).toBe(1);
  expect(history.last("be1")?.live.get(8)).toBe(2);
  await history.close();
  backend.matched = 18;
  history = await open();
  expect(matched(history)).toBe(15);
  await history.ask();
  expect(matched(history)).toBe(18);
  Object.assign(backend, { run: "r2", matched: 4 });
  await history.ask();
  expect(matched(history)).toBe(22);
  await history.close();
});

it("forgets what is older than a day, and doesn't take the counts of days for those of one", async () => {
  const { clock, backend, open, matched } = world();
  const history = await open();
  backend.matched = 10;
  await history.ask();
  clock.advance(12 * HOUR);
  backend.matched = 11;
  await history.ask();
  expect(matched(history)).toBe(11);
  clock.advance(12 * HOUR);
  expect(matched(history)).toBe(1);
  Object.assign(backend, { run: "r2", since: START - 100 * HOUR, matched: 1000 });
  await history.ask();
  expect(matched(history)).toBe(1);
  backend.matched = 1001;
  await history.ask();
  expect(matched(history)).toBe(2);
  await history.close();
});

it("goes on when a backend is silent, and when what was written down can't be read", async () => {
  const { backend, open, matched, spoil } = world();
  backend.matched = 3;
  const first = await open();
  await first.ask();
  backend.silent = true;
  await first.ask();
  await expect(first.askOne("be1")).rejects.toThrow("backend be1 doesn't answer");
  expect(matched(first)).toBe(3);
  await first.close();
  spoil();
  const second = await open();
  expect(matched(second)).toBe(0);
  await second.close();
});
