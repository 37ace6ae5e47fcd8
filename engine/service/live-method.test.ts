import { afterEach, describe, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import { endAnswerSchema, liveAnswerSchema } from "../contract/rpc.ts";
import { cleanup, inMemory, overLink, overNats, serving } from "./console.fixture.ts";

afterEach(() => cleanup.run());

const LATER = directive([rule(1), rule(2, { from: ":1", timeout: 5000 })], { id: 1 });
const SOONER = directive([rule(1, { plugin_sid: [4] }), rule(2, { from: ":1", timeout: 50 })], { id: 2 });

describe.each([
  ["link", overLink],
  ["NATS", overNats],
])("over %s a backend tells the console", (_, open) => {
  it("which backlogs expire first, and then what changed", async () => {
    const served = await serving(open, { directives: [LATER, SOONER] });
    for (let host = 1; host <= 20; host++) served.process(1, host);
    for (let host = 21; host <= 25; host++) served.process(4, host);
    const first = await served.ask(liveAnswerSchema, "live", { limit: 10 });
    expect([first.whole, first.backlogs.length, first.total, first.ended]).toEqual([true, 10, 25, []]);
    expect(first.backlogs.map(({ directiveId }) => directiveId)).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
    served.process(2, 3);
    served.process(2, 21);
    served.process(1, 400);
    const next = await served.ask(liveAnswerSchema, "live", { limit: 10, since: first.cursor });
    expect(next).toMatchObject({ whole: false, total: 24, backlogs: [{ directiveId: 1 }] });
    expect(next.ended.map(({ why }) => why)).toEqual(["complete", "complete"]);
    expect(await served.ask(liveAnswerSchema, "live", { since: next.cursor })).toMatchObject({
      ...{ whole: false, backlogs: [], ended: [], total: 24 },
    });
  });
});

it("a listing is of one directive or of one address when it is asked for that", async () => {
  const served = await serving(inMemory, { directives: [LATER, SOONER] });
  for (let host = 1; host <= 20; host++) served.process(1, host);
  served.process(4, 9);
  const ofOne = await served.ask(liveAnswerSchema, "live", { directive: 2 });
  expect([ofOne.total, ofOne.backlogs.map(({ source }) => source)]).toEqual([1, ["10.0.0.9"]]);
  served.process(1, 77);
  expect(await served.ask(liveAnswerSchema, "live", { directive: 2, since: ofOne.cursor })).toMatchObject({
    ...{ whole: false, backlogs: [] },
  });
  const found = await served.ask(liveAnswerSchema, "live", { ip: "10.0.0.9" });
  expect([found.whole, found.total, found.backlogs.map(({ directiveId }) => directiveId)]).toEqual([true, 2, [2, 1]]);
  expect((await served.refusal({ method: "live", directive: 99 })).code).toBe("NO_SUCH_DIRECTIVE");
});

it("a listing that would be too large for the bus holds the first ones, and more changes than fit are a listing", async () => {
  const served = await serving(() => inMemory(20_000), { directives: [LATER] });
  for (let host = 1; host <= 500; host++) served.process(1, host);
  const first = await served.ask(liveAnswerSchema, "live");
  expect(first.total).toBe(500);
  expect(first.backlogs.length).toBeGreaterThan(10);
  expect(first.backlogs.length).toBeLessThan(100);
  for (let host = 501; host <= 700; host++) served.process(1, host);
  expect(await served.ask(liveAnswerSchema, "live", { since: first.cursor })).toMatchObject({
    whole: true,
    total: 700,
  });
  expect(await served.ask(liveAnswerSchema, "live", { since: "run0.3" })).toMatchObject({ whole: true });
});

it("nothing is noted before somebody asks", async () => {
  const served = await serving(inMemory);
  expect(served.correlator.watcher).toBeUndefined();
  await served.ask(liveAnswerSchema, "live");
  expect(served.correlator.watcher).toBeDefined();
});

it("a backlog is closed by hand, and the log says who asked", async () => {
  const served = await serving(inMemory);
  served.process(1, 9);
  const { cursor, backlogs } = await served.ask(liveAnswerSchema, "live");
  const id = backlogs[0]?.id ?? "";
  await served.ask(endAnswerSchema, "close", { id, by: "an analyst" });
  expect(await served.ask(liveAnswerSchema, "live", { since: cursor })).toMatchObject({
    ended: [{ id, why: "closed" }],
    total: 0,
  });
  expect(served.log.lines.join("")).toMatch(/a backlog is closed by hand.*an analyst/);
  expect((await served.refusal({ method: "close", id, by: "an analyst" })).code).toBe("NO_SUCH_BACKLOG");
});
