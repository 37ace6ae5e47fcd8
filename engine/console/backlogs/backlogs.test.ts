import { afterEach, expect, it } from "vitest";
import { directive, rule } from "../../backlog/testing/builders.ts";
import { until } from "../../bus/bus.fixture.ts";
import type { LiveDelta, LiveSnapshot } from "../../contract/console/live.ts";
import { rpcSubject } from "../../contract/subjects.ts";
import { cleanup, inMemory, serving } from "../../service/console.fixture.ts";
import { ApiFault } from "../api-fault.ts";
import { BackendSilentError, type Backends } from "../backends.ts";
import type { LiveFeed } from "../live/topic.ts";
import type { Handler, RouteKey } from "../route-table.ts";
import { backlogHandlers } from "./backlog-handlers.ts";
import { backlogsTopic } from "./backlogs-topic.ts";

afterEach(() => cleanup.run());

const TWO = directive([rule(1), rule(2, { from: ":1", occurrence: 2 })], { id: 7, name: "Scan" });
const SHORT = directive([rule(1, { plugin_sid: [4] }), rule(2, { from: ":1", timeout: 50 })], { id: 8 });

async function console(nodes: string[] = ["be1"]) {
  const served = await serving(inMemory, { directives: [TWO, SHORT] });
  let asked = 0;
  const backends: Backends = {
    nodes: () => nodes,
    ask: async (node, request, { timeoutMs }) => {
      asked += 1;
      try {
        const payload = Buffer.from(JSON.stringify(request));
        return JSON.parse(
          Buffer.from(await served.consoleBus.request(rpcSubject(node), payload, timeoutMs)).toString(),
        );
      } catch (error) {
        throw new BackendSilentError(node, error);
      }
    },
    listen: async () => () => undefined,
  };
  const topic = backlogsTopic(backends, served.clock);
  const open = async (directive?: number) => {
    const snapshots: LiveSnapshot<"backlogs">[] = [];
    const deltas: LiveDelta<"backlogs">[] = [];
    const sink = {
      snapshot: (data: LiveSnapshot<"backlogs">) => snapshots.push(data),
      delta: (data: LiveDelta<"backlogs">) => deltas.push(data),
      fail: () => undefined,
    };
    const feed: LiveFeed = await topic.open(directive === undefined ? {} : { directive }, sink);
    const timer = setInterval(() => feed.flush?.(), 100);
    const close = (): void => {
      clearInterval(timer);
      feed.close();
    };
    cleanup.add(undefined, close);
    await until(() => snapshots.length > 0, "a snapshot");
    return { snapshots, deltas, feed, close };
  };
  const handlers = backlogHandlers(backends, () => served.clock.now());
  const call = <K extends RouteKey>(key: K, input: object) => {
    const handler: Handler<K> | undefined = handlers[key];
    if (handler === undefined) throw new Error(`${key} has no handler`);
    const request = { params: {}, query: {}, user: "an analyst", signal: new AbortController().signal, ...input };
    return handler(request as unknown as Parameters<Handler<K>>[0]);
  };
  return { ...served, open, call, nodes, asked: () => asked };
}

it("a subscriber sees what lives, how it goes on and how it ends", async () => {
  const { open, process, correlator, call } = await console();
  process(1, 1);
  process(1, 2);
  const { snapshots, deltas } = await open();
  expect(snapshots[0]).toMatchObject({ total: 2, silent: [], rows: [{ node: "be1" }, { node: "be1" }] });
  process(2, 1);
  await until(() => deltas.length === 1, "an event that counts");
  expect(deltas[0]).toMatchObject({ rows: [{ source: "10.0.0.1", stage: 2, count: 1 }], gone: [], total: 2 });
  process(2, 1);
  process(4, 3);
  const [second] = [...correlator.backlogs()].filter(({ id }) => id === "id2");
  await call("DELETE /backlogs/:node/:id", { params: { node: "be1", id: second?.id } });
  await until(() => deltas.flatMap(({ gone }) => gone).length === 2, "two that ended");
  expect(deltas.flatMap(({ gone }) => gone)).toEqual([
    { id: "id1", why: "complete" },
    { id: "id2", why: "closed" },
  ]);
  expect(deltas.at(-1)?.total).toBe(1);
  expect(deltas.flatMap(({ rows }) => rows).at(-1)).toMatchObject({ directiveId: 8 });
  correlator.expire(Date.now() + 3_600_000);
  await until(() => deltas.flatMap(({ gone }) => gone).length === 3, "one that expired");
  expect(deltas.at(-1)?.gone).toEqual([{ id: "id3", why: "expired" }]);
});

it("subscribers of one directive share what is asked, and nothing is asked once they are gone", async () => {
  const { open, process, asked } = await console();
  process(1, 1);
  process(4, 2);
  const one = await open(8);
  const two = await open(8);
  expect(two.snapshots[0]?.rows.map(({ directiveId }) => directiveId)).toEqual([8]);
  process(1, 5);
  process(4, 6);
  await until(() => one.deltas.length > 0 && two.deltas.length > 0, "deltas for both");
  expect(one.deltas[0]?.rows.map(({ source }) => source)).toEqual(["10.0.0.6"]);
  one.close();
  process(4, 7);
  await until(() => two.deltas.length > 1, "another delta");
  two.close();
  const before = asked();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(asked() - before).toBeLessThanOrEqual(1);
});

it("names a backend that doesn't answer, keeps what it said, and forgets one that is no more", async () => {
  const { open, process, answering, nodes, call } = await console(["be1", "be2"]);
  process(1, 1);
  const { snapshots, deltas } = await open();
  expect(snapshots[0]).toMatchObject({ total: 1, silent: ["be2"] });
  answering.close();
  await until(() => deltas.at(-1)?.silent.length === 2, "both to be silent");
  expect(deltas.at(-1)).toMatchObject({ gone: [], total: 1 });
  expect(await call("GET /backlogs", {})).toMatchObject({ rows: [], silent: ["be1", "be2"] });
  nodes.length = 0;
  await until(() => deltas.at(-1)?.gone.length === 1, "its backlogs to be gone");
  expect(deltas.at(-1)).toMatchObject({ total: 0, silent: [], gone: [{ id: "id1", why: "gone" }] });
});

it("lists, shows and refuses", async () => {
  const { process, call } = await console();
  for (let host = 1; host <= 5; host++) process(1, host);
  process(4, 3);
  expect(await call("GET /backlogs", { query: { limit: 2 } })).toMatchObject({
    total: 6,
    rows: [{ directiveId: 8 }, { directiveId: 7 }],
  });
  const ofOne = await call("GET /backlogs", { query: { ip: " 10.0.0.5", directive: 7 } });
  expect(ofOne).toMatchObject({ total: 1, rows: [{ source: "10.0.0.5" }] });
  expect(await call("GET /backlogs", { query: { directive: 99 } })).toMatchObject({ total: 0, silent: [] });
  const shown = await call("GET /backlogs/:node/:id", { params: { node: "be1", id: "id1" } });
  expect(shown).toMatchObject({ node: "be1", backlog: { id: "id1", advance: { missing: 2 } } });
  const faults: [RouteKey, object, number, string][] = [
    ["GET /backlogs", { query: { ip: "ten" } }, 400, "is no address"],
    ["GET /backlogs/:node/:id", { params: { node: "be1", id: "none" } }, 404, "Backlog none doesn't live on be1"],
    ["DELETE /backlogs/:node/:id", { params: { node: "be9", id: "id1" } }, 503, "backend be9 doesn't answer"],
  ];
  for (const [key, input, status, text] of faults) {
    const fault = await Promise.resolve()
      .then(() => call(key, input))
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(ApiFault);
    expect(fault).toMatchObject({ status, message: expect.stringContaining(text) });
  }
});
