import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import type { SaveAnswer } from "../contract/console/directives.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { until } from "../supervisor/testing/services.ts";
import { ConsoleFleet } from "./testing/console-fleet.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const COMMAND = fileURLToPath(new URL("../cli/dsiem-backend.ts", import.meta.url));
const THREE = [rule(1), rule(2, { from: ":1" }), rule(3, { from: ":1" })];

let fleet: ConsoleFleet;
const children: ChildProcess[] = [];
beforeEach(() => {
  fleet = new ConsoleFleet();
  fleet.write("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await fleet.end();
});

/** A backend as a process of its own, ready for events. */
async function startBackend(): Promise<ChildProcess> {
  const args = ["serve", "-n", "be1", "-f", `http://127.0.0.1:${fleet.port}`, "--msq", "link"];
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, DSIEM_DATA_DIR: join(fleet.folder, "be1"), DSIEM_LINK_TOKEN: "t" },
  });
  children.push(child);
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until("the backend to be ready", () => said.includes("backend is ready"));
  return child;
}

interface Line {
  alarm_id: string;
  stage: number;
  event_id: string;
}

/** Lines are written only once the state that they belong to is on the disk. */
async function lines(count: number): Promise<Line[]> {
  const path = join(fleet.folder, "be1", "logs", "siem_alarm_events.json");
  const read = (): string[] => readFileSync(path, "utf8").split("\n").slice(0, -1);
  await until(`${count} lines`, () => read().length >= count);
  return read().map((line) => JSON.parse(line) as Line);
}

const post = (sid: number, id: string, host: string) =>
  fleet.post({ ...anEvent({ plugin_id: 1, plugin_sid: sid, src_ip: host }), event_id: id });

it("a backend that is killed after a reload goes on from where it was, old rules and new", async () => {
  fleet.write("directives_be1.json", {
    directives: [1, 2, 3].map((id) => directive(THREE, { id, name: `directive ${id}` })),
  });
  await fleet.startFrontend();
  const first = await startBackend();
  await fleet.eventually<{ nodes: string[] }>("/session", ({ nodes }) => nodes.includes("be1"));
  await post(1, "a", "10.0.0.1");
  const [ofKept, ofChanged, ofRemoved] = (await lines(3)).map(({ alarm_id }) => alarm_id);

  const edited = [
    directive([rule(1), rule(2, { plugin_sid: [9], from: ":1" })], { id: 2, name: "directive 2", priority: 1 }),
    directive(THREE, { id: 1, name: "directive 1" }),
  ];
  const saved = await fleet.api<SaveAnswer>("PUT", "/directives/files/directives_be1.json", {
    text: JSON.stringify({ directives: edited }),
  });
  expect(saved.body).toMatchObject({
    ...{ saved: true, reloaded: ["be1"], restarting: [], outdated: [] },
    touched: [
      { node: "be1", directiveId: 2, live: 1 },
      { node: "be1", directiveId: 3, live: 1, ended: 1 },
    ],
  });
  await post(1, "b", "10.0.0.2");
  const later = (await lines(5)).slice(3);
  expect(later.map(({ stage, event_id }) => [stage, event_id])).toEqual([
    [1, "b"],
    [1, "b"],
  ]);
  // By the new order of the directives.
  const ofNewRules = later[0]?.alarm_id;

  first.kill("SIGKILL");
  await until("its end", () => first.signalCode !== null);
  await startBackend();
  await post(2, "c", "10.0.0.1");
  await post(3, "d", "10.0.0.1");
  await post(9, "e", "10.0.0.2");
  const after = (await lines(10)).slice(5);
  expect(after.map(({ alarm_id, stage, event_id }) => [alarm_id, stage, event_id])).toEqual([
    [ofChanged, 2, "c"],
    [ofKept, 2, "c"],
    [ofChanged, 3, "d"],
    [ofKept, 3, "d"],
    [ofNewRules, 2, "e"],
  ]);
  expect(after.map(({ alarm_id }) => alarm_id)).not.toContain(ofRemoved);
});
