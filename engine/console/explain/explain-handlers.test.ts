import { afterEach, expect, it } from "vitest";
import { directive, event, rule } from "../../backlog/testing/builders.ts";
import { DsiemError } from "../../base/errors.ts";
import { API_ROUTES } from "../../contract/console/routes.ts";
import { rpcSubject } from "../../contract/subjects.ts";
import { readAtDoor } from "../../explain/door.ts";
import { joinExplanations } from "../../explain/join.ts";
import { cleanup, inMemory, serving } from "../../service/console.fixture.ts";
import { ApiFault } from "../api-fault.ts";
import { BackendSilentError, type Backends } from "../backends.ts";
import { type ExplainHandlersParts, type ExplainThen, explainHandlers } from "./explain-handlers.ts";

afterEach(() => cleanup.run());

const SCAN = directive([rule(1), rule(2, { from: ":1", occurrence: 3 })], { id: 7, name: "Scan" });

/** A console before one backend that is there, and others that are only named. */
async function console(nodes: string[] = ["be1"], explainThen: ExplainThen = async () => undefined) {
  const served = await serving(inMemory, { directives: [SCAN] });
  const backends: Backends = {
    nodes: () => nodes,
    ask: async (node, request) => {
      const payload = Buffer.from(JSON.stringify(request));
      try {
        return JSON.parse(Buffer.from(await served.consoleBus.request(rpcSubject(node), payload, 200)).toString());
      } catch (error) {
        throw new BackendSilentError(node, error);
      }
    },
    listen: async () => () => undefined,
  };
  const parts: ExplainHandlersParts = {
    ...{ backends, readAtDoor, join: joinExplanations, explainThen },
  };
  const handler = explainHandlers(parts)["POST /explain"];
  const explain = async (body: object) => {
    if (handler === undefined) throw new Error("there is no handler");
    const { body: schema, answer } = API_ROUTES["POST /explain"];
    const signal = new AbortController().signal;
    const client = { host: "localhost", rename: () => undefined };
    const request = { params: {}, query: undefined, user: "", client, signal, body: schema.parse(body) };
    return answer.parse(await handler(request));
  };
  return { ...served, explain };
}

it("asks all backends, joins what they say, and names those that are silent", async () => {
  const { explain, process } = await console(["be1", "be2"]);
  process(1, 1);
  const { explanation, silent, basis } = await explain({ event: event(2, "e9", { src_ip: "10.0.0.9" }) });
  expect(explanation.sentence).toContain("Directive 7 stays at 0 of 3 because stage 2 wants from = :1");
  expect(explanation.directives).toMatchObject([{ directiveId: 7, node: "be1", cause: "references" }]);
  expect([silent, basis]).toEqual([["be2"], "now"]);
});

it("says what the door says, and asks nobody", async () => {
  const { explain } = await console(["be1", "be2"]);
  const { explanation, silent } = await explain({ event: { event_id: "e1" } });
  expect(explanation.door).toMatchObject({ kind: "refused", status: 400, field: "timestamp" });
  expect(explanation.sentence).toBe("The door refuses the event with 400: timestamp is missing.");
  expect([explanation.directives, silent]).toEqual([[], []]);
});

it("says that a directive isn't loaded, that nobody answers, or that nobody is there", async () => {
  const { explain } = await console();
  const unknown = await explain({ event: event(1, "e"), directive: 99 });
  expect(unknown.explanation.sentence).toContain("Directive 99 isn't loaded by any backend that answers");
  const silent = await console(["be2"]);
  const unanswered = await silent.explain({ event: event(1, "e") });
  expect([unanswered.explanation.sentence, unanswered.silent]).toEqual([
    "No backend answers, so that it can't be said what becomes of the event.",
    ["be2"],
  ]);
  const empty = await console([], async () => undefined);
  const { explanation, caveat } = await empty.explain({ event: event(1, "e"), retained: 6 });
  expect(caveat).toBeUndefined();
  expect(explanation.sentence).toContain("No backend is there, so that no directive looks at the event");
});

it("refuses a backlog that lives no more", async () => {
  const { explain } = await console();
  const gone = explain({ event: event(1, "e"), backlog: { node: "be1", id: "gone" } });
  await expect(gone).rejects.toThrow(ApiFault);
  await expect(gone).rejects.toMatchObject({ status: 404 });
});

it("speaks of the moment at which a retained event came where that can be replayed, and says when it can't", async () => {
  const { explanation } = await (await console()).explain({ event: event(1, "e") });
  const then = await console(["be1"], async (retained) =>
    retained === 5 ? { explanation, replayed: 4, caveat: "It began in the middle." } : undefined,
  );
  expect(await then.explain({ event: event(1, "e"), retained: 5 })).toMatchObject({
    ...{ basis: "then", replayed: 4, caveat: "It began in the middle." },
  });
  const now = await then.explain({ event: event(1, "e"), retained: 6 });
  expect(now.basis).toBe("now");
  expect(now.caveat).toContain("can't be replayed: this is said of now");
  const failing = await console(["be1"], async () => {
    throw new DsiemError("TEST", "the thread died");
  });
  const failed = await failing.explain({ event: event(1, "e"), retained: 6 });
  expect([failed.basis, failed.caveat]).toEqual(["now", expect.stringContaining("(the thread died)")]);
});
