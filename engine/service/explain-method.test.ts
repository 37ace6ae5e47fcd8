import { afterEach, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { explainAnswerSchema } from "../contract/rpc.ts";
import { cleanup, inMemory, overNats, serving } from "./console.fixture.ts";

afterEach(() => cleanup.run());

const SCAN = directive([rule(1), rule(2, { from: ":1", occurrence: 3 })], { id: 7, name: "Scan" });

it("explains an event against what lives, and leaves it as it is", async () => {
  const { ask, process, correlator } = await serving(inMemory, { directives: [SCAN] });
  process(1, 1);
  const { explanation } = await ask(explainAnswerSchema, "explain", { event: event(2, "e9", { src_ip: "10.0.0.9" }) });
  expect(explanation.sentence).toBe(
    "Directive 7 stays at 0 of 3 because stage 2 wants from = :1, which is the src_ip of stage 1's first event, 10.0.0.1, " +
      "and the event's is 10.0.0.9.",
  );
  expect(explanation.door).toEqual({ kind: "passes" });
  expect([correlator.liveBacklogs, [...correlator.tallies(0)][0]?.matched]).toEqual([1, 1]);
});

it("puts the backlog that is asked about first, and refuses what isn't here", async () => {
  const { ask, process, refusal } = await serving(inMemory, { directives: [SCAN] });
  process(1, 1);
  process(1, 2);
  const request = {
    event: event(2, "e9", { src_ip: "10.0.0.2", seconds: Math.ceil(Date.now() / 1000) }),
    backlog: "id1",
  };
  const { explanation } = await ask(explainAnswerSchema, "explain", request);
  expect(explanation.directives[0]?.attempts.map(({ backlog, verdict }) => [backlog?.id, verdict])).toEqual([
    ["id1", "not matched"],
    ["id2", "recorded"],
    [undefined, "not matched"],
  ]);
  expect(await refusal({ method: "explain", ...request, backlog: "id8" })).toMatchObject({ code: "NO_SUCH_BACKLOG" });
  expect(await refusal({ method: "explain", ...request, directive: 8 })).toMatchObject({ code: "NO_SUCH_DIRECTIVE" });
  expect(await refusal({ method: "explain", event: { event_id: 4 } })).toMatchObject({
    code: "BAD_REQUEST",
    message: "event: event_id must be a string, not 4",
  });
});

it("says less when the bus takes no more", async () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    directive([rule(1), rule(2, { from: ":1" }), rule(3, { from: ":1" })], { id: i + 1 }),
  );
  const { ask, process } = await serving(overNats, { directives: many });
  for (let host = 1; host < 8; host++) process(1, host);
  const { explanation } = await ask(explainAnswerSchema, "explain", { event: event(2, "e", { src_ip: "10.0.0.1" }) });
  expect(explanation.directives.length).toBeGreaterThan(0);
  expect(explanation.directives.length).toBeLessThan(20);
  expect(explanation.directives.length + (explanation.others[0]?.count ?? 0)).toBe(60);
});
