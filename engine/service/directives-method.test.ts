import { afterEach, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import { directivesAnswerSchema, providersAnswerSchema } from "../contract/rpc.ts";
import { cleanup, inMemory, serving } from "./console.fixture.ts";

afterEach(() => cleanup.run());

const SCAN = directive([rule(1), rule(2, { from: ":1" })], { id: 7, name: "Scan" });
const QUIET = directive([rule(1, { plugin_sid: [4] }), rule(2, { from: ":1", reliability: 0 })], { id: 8 });
const UNSEEN = directive([rule(1, { plugin_sid: [40] }), rule(2, { plugin_sid: [41] })], { id: 9 });

it("tells what each directive has matched, what lives of it, and what completed without an alarm", async () => {
  const { ask, process } = await serving(inMemory, { directives: [SCAN, QUIET, UNSEEN] });
  process(1, 1);
  process(1, 2);
  process(2, 1);
  process(4, 5);
  process(2, 5);
  const answer = await ask(directivesAnswerSchema, "directives");
  expect(answer).toMatchObject({ run: "run1", config: [{ name: "directives_be1.json", sha256: "00" }] });
  expect(answer.directives).toEqual([
    { id: 7, matched: 3, live: 1, riskless: 0 },
    { id: 8, matched: 2, live: 0, riskless: 1 },
  ]);
  expect(answer.riskless).toMatchObject([{ directiveId: 8, backlogId: "id3" }]);
  expect(Date.now() - (answer.riskless[0]?.at ?? 0)).toBeLessThan(10_000);
  expect((await ask(providersAnswerSchema, "providers")).providers).toEqual([]);
});

it("tells of very many page by page", async () => {
  const many = Array.from({ length: 50 }, (_, i) =>
    directive([rule(1), rule(2, { from: ":1" })], { id: i + 1, name: "Scan" }),
  );
  // Room for some entries beside what a page holds otherwise.
  const { ask, process } = await serving(() => inMemory(64 * 1024 + 20 * 120), { directives: many });
  process(1, 1);
  const ids: number[] = [];
  let next: number | undefined;
  let pages = 0;
  do {
    const answer = await ask(directivesAnswerSchema, "directives", next === undefined ? {} : { after: next });
    ids.push(...answer.directives.map(({ id }) => id));
    next = answer.next;
    pages += 1;
  } while (next !== undefined);
  expect([ids, pages]).toEqual([many.map(({ id }) => id), 3]);
});
