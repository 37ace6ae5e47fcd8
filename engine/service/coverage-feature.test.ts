import { afterEach, beforeEach, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import type { CoverageAnswer, KnownAnswer } from "../contract/console/coverage.ts";
import type { ConfigProblem } from "../contract/console/directives.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { ConsoleFleet } from "./testing/console-fleet.ts";

let fleet: ConsoleFleet;
beforeEach(async () => {
  fleet = new ConsoleFleet();
  fleet.write("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  const directives = [directive([rule(1), rule(2, { from: ":1" })], { id: 7, name: "Scan" })];
  fleet.write("directives_be1.json", { directives });
  // No backend is at the other end, so nothing has to be drained to it.
  await fleet.startFrontend({ openBus: () => new MemoryBus(silentLogger(new SystemClock()), 10_000) });
});
afterEach(() => fleet.end());

const event = (sid: number, src: string) =>
  anEvent({ plugin_id: 1, plugin_sid: sid, title: "=Seen", protocol: "TCP", src_ip: src, dst_ip: "10.0.0.9" });
const coverage = async (query = "") => (await fleet.api<CoverageAnswer>("GET", `/coverage${query}`)).body;

it("holds what came in against the directives, as an answer and as a file", async () => {
  await fleet.post(event(1, "10.0.0.1"), event(9, "44.1.1.1"), event(9, "44.1.1.1"));
  const answer = await coverage();
  expect(answer).toMatchObject({
    ...{ events: 3, covered: 1 },
    uncovered: [{ is: { kind: "plugin", pluginId: 1, pluginSid: 9 }, title: "=Seen", count: 2 }],
    directives: [{ id: 7, matched: 1, stages: [{ matched: 1 }, { matched: 0 }] }],
    addresses: [{ ip: "44.1.1.1", asSource: 2, asTarget: 0 }],
  });
  expect(await coverage(`?to=${(answer.from ?? 0) - 1}`)).toMatchObject({ events: 0, uncovered: [] });
  const csv = await fleet.text("/coverage/export?format=csv");
  expect(csv.split("\r\n")[1]).toMatch(/^event without directive,1\/9,'=Seen,2,/);
});

it("drafts a directive for a kind of event, named after what was seen and with a free id", async () => {
  await fleet.post(event(9, "44.1.1.1"));
  const is = { kind: "plugin", pluginId: 1, pluginSid: 9 };
  const { body } = await fleet.api<{ text: string; id: number; file: string }>("POST", "/coverage/draft", { is });
  expect(body).toMatchObject({ id: 8, file: "directives_be1.json" });
  expect(JSON.parse(body.text)).toMatchObject({ id: 8, name: "=Seen, SRC_IP to DST_IP" });
  const { status } = await fleet.api("POST", "/coverage/draft", { is, node: "nobody" });
  expect(status).toBe(404);
});

it("tells what events teach, and lint speaks of it", async () => {
  await fleet.post(...Array.from({ length: 30 }, (_, i) => event(1, `10.0.0.${i}`)));
  expect((await fleet.api<KnownAnswer>("GET", "/known")).body).toMatchObject({
    plugins: [{ id: 1, events: 30, sids: [{ sid: 1, title: "=Seen", events: 30 }] }],
    protocols: ["TCP"],
  });
  const draft = { directives: [directive([rule(1, { protocol: "tcp" }), rule(2, { plugin_sid: [1] })])] };
  const { body } = await fleet.api<{ problems: ConfigProblem[] }>("POST", "/directives/validate", {
    text: JSON.stringify(draft),
  });
  expect(body.problems).toMatchObject([{ severity: "warning", field: "protocol", fix: { label: "Use TCP" } }]);
});
