import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import type { DryRunAnswer } from "../contract/console/directives.ts";
import type { Explanation } from "../contract/explain.ts";
import { anEvent } from "../ingest/testing/door.ts";
import type { RunningFrontend } from "./running.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE } from "./testing/console-frontend.ts";

const DIRECTIVES_FILE = "directives_be1.json";
const START = Date.UTC(2025, 0, 1);

let frontends: ConsoleFrontends;
beforeEach(() => {
  frontends = new ConsoleFrontends();
  configure("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  configure(DIRECTIVES_FILE, fileWith(3));
});
afterEach(() => frontends.end());

function configure(name: string, content: object): void {
  writeFileSync(join(frontends.folder, "configs", name), JSON.stringify(content));
}

/** A directive whose second stage takes so many events within 20 s. */
function fileWith(occurrence: number): { directives: unknown[] } {
  const rules = [rule(1), rule(2, { from: ":1", occurrence, timeout: 20 })];
  return { directives: [directive(rules, { id: 7, name: "Scan by SRC_IP" })] };
}

async function api<T>(frontend: RunningFrontend, method: string, path: string, body?: object) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await ask(frontend, method, `/api${path}`, { ...BEARER, ...(text && JSON_TYPE) }, text);
  return { status: answer.status, body: JSON.parse(answer.text) as T };
}

/** Events of the given sids, a second apart. */
async function send(frontend: RunningFrontend, sids: readonly number[]): Promise<void> {
  const events = sids.map((sid, second) =>
    anEvent({
      ...{ event_id: `e${second}`, timestamp: new Date(START + second * 1000).toISOString() },
      ...{ plugin_id: 1, plugin_sid: sid },
    }),
  );
  expect((await ask(frontend, "POST", "/events", JSON_TYPE, JSON.stringify(events))).status).toBe(200);
}

/** What came of a dry run, once it is over. */
async function outcomeOf(frontend: RunningFrontend, job: string): Promise<DryRunAnswer> {
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) {
    const { body } = await api<DryRunAnswer>(frontend, "GET", `/directives/dry-run/${job}`);
    if (body.finished) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the dry run goes on and on");
}

it("tries an edited file on the retained events beside the saved one", async () => {
  const frontend = await frontends.start();
  await send(frontend, [1, 2, 2, 9, 9]);
  const body = { name: DIRECTIVES_FILE, text: JSON.stringify(fileWith(2)) };
  const { body: begun } = await api<{ job: string }>(frontend, "POST", "/directives/dry-run", body);
  expect(await outcomeOf(frontend, begun.job)).toMatchObject({
    events: 5,
    sentence: "Would have raised 1 alarm over 5 events of 4 s; what is saved raises 1.",
    directives: [{ id: 7, edited: { alarms: 1, live: 0 }, saved: { alarms: 1, live: 1 } }],
  });
});

it("says what is wrong with the edited file, and forgets what nobody knows", async () => {
  const frontend = await frontends.start();
  await send(frontend, [1]);
  const body = { name: DIRECTIVES_FILE, text: '{"directives":[{"id":1}]}' };
  const { body: begun } = await api<{ job: string }>(frontend, "POST", "/directives/dry-run", body);
  const { stopped } = await outcomeOf(frontend, begun.job);
  expect(stopped).toContain("directives_be1.json:1: directive 1, name: ");
  expect((await api(frontend, "GET", "/directives/dry-run/none")).status).toBe(404);
  const unnamed = await api(frontend, "POST", "/directives/dry-run", { name: "notes.json", text: "{}" });
  expect(unnamed).toMatchObject({ status: 400, body: { field: "name" } });
});

it("cancels a dry run", async () => {
  const frontend = await frontends.start();
  const body = { name: DIRECTIVES_FILE, text: JSON.stringify(fileWith(2)) };
  const { body: begun } = await api<{ job: string }>(frontend, "POST", "/directives/dry-run", body);
  expect((await api(frontend, "DELETE", `/directives/dry-run/${begun.job}`)).status).toBe(200);
  expect((await outcomeOf(frontend, begun.job)).stopped).toBe("It was cancelled.");
});

it("explains a retained event at the moment at which it came", async () => {
  const frontend = await frontends.start();
  await send(frontend, [1, 2, 2, 9]);
  const { body } = await api<{ explanation: Explanation; basis: string; replayed: number; caveat: string }>(
    frontend,
    "POST",
    "/explain",
    { event: {}, retained: 3 },
  );
  expect(body).toMatchObject({ basis: "then", replayed: 3 });
  expect(body.explanation).toMatchObject({
    sentence: "Directive 7 counts it: stage 2 has 2 of 3 with it.",
    directives: [{ node: "be1", fate: { kind: "live" } }],
  });
  expect(body.caveat).toContain("Replayed with the directives and assets as they are now.");
});
