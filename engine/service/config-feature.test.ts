// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of provider urls
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import type { AssetRow, DirectivesAnswer, ProviderRow, SaveAnswer } from "../contract/console/directives.ts";
import type { SupervisorQuestion } from "../contract/console/supervision.ts";
import { testProvider } from "../enrich/test-provider.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { ConsoleFleet } from "./testing/console-fleet.ts";

let fleet: ConsoleFleet;
beforeEach(() => {
  fleet = new ConsoleFleet();
  fleet.write("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  fleet.write("directives_be1.json", `${JSON.stringify({ directives: [SCAN, QUIET] }, null, 2)}\n`);
});
afterEach(() => fleet.end());

const SCAN = directive([rule(1), rule(2, { from: ":1", reliability: 5 })], { id: 7, name: "Scan", priority: 3 });
const QUIET = directive([rule(1, { plugin_sid: [4], reliability: 0 }), rule(2, { plugin_sid: [5], reliability: 0 })], {
  ...{ id: 8, name: "Quiet" },
});
const event = (sid: number, src: string) => anEvent({ plugin_id: 1, plugin_sid: sid, src_ip: src });
const list = async () => (await fleet.api<DirectivesAnswer>("GET", "/directives")).body;
const put = (name: string, content: unknown, query = "") =>
  fleet.api<SaveAnswer>("PUT", `/directives/files/${name}${query}`, {
    text: typeof content === "string" ? content : JSON.stringify(content),
  });

/** A supervisor that restarts what it is asked for, of a folder that may be edited or not. */
function supervisor(editable: boolean) {
  const reloads: unknown[] = [];
  let tell: (message: unknown) => void = () => undefined;
  const profile = { name: "mine", kind: "folder", folder: "/somewhere", nodes: ["be1"], editable };
  const answers: Record<string, (params: unknown) => unknown> = {
    hello: () => ({
      facts: { firstRun: false, desktop: false, user: "an analyst", profile },
      state: { supervised: true, services: [] },
    }),
    reload: (params) => {
      reloads.push(params);
      return { nodes: ["be1"] };
    },
  };
  const channel = {
    tell: ({ id, request, params }: SupervisorQuestion) => {
      setImmediate(() => tell({ type: "answer", id, value: answers[request]?.(params) ?? {} }));
    },
    listen: ({ word }: { word: (message: unknown) => void }) => {
      tell = word;
    },
  };
  return { channel, reloads };
}

it("lists directives with what is wrong with them and what they do", async () => {
  await fleet.startFrontend();
  await fleet.startBackend("be1");
  await fleet.post(event(1, "10.0.0.1"), event(1, "10.0.0.2"), event(2, "10.0.0.1"), event(4, "10.0.0.3"));
  await fleet.eventually<DirectivesAnswer>(
    "/directives",
    ({ rows }) => rows[0]?.matched24h === 3 && rows[1]?.live === 1,
  );
  const { rows, problems, files, outdated, readOnly } = await list();
  expect(rows).toMatchObject([
    {
      id: 7,
      node: "be1",
      file: "directives_be1.json",
      enabled: true,
      stages: 2,
      highestRisk: 3,
      live: 1,
      matched24h: 3,
    },
    { id: 8, highestRisk: 0, live: 1, matched24h: 1, problems: [{ severity: "warning", directiveId: 8 }] },
  ]);
  expect([problems, outdated, readOnly]).toEqual([[], [], undefined]);
  expect(files).toMatchObject([{ name: "directives_be1.json", node: "be1", directives: 2 }]);
  const dry = await put("directives_be1.json", { directives: [{ ...SCAN, priority: 1 }, QUIET] }, "?dryRun=true");
  expect(dry.body.touched).toEqual([{ node: "be1", directiveId: 7, live: 1 }]);
  const one = await fleet.api<{ text: string; directive: object }>("GET", "/directives/7");
  expect(one.body).toMatchObject({ directive: { id: 7 }, row: { name: "Scan" } });
  expect((await fleet.api("GET", "/directives/99")).body.error).toBe(
    "No directive 99 is in the files of the folder configs.",
  );
});

it("says what a backend runs with that isn't what the folder holds", async () => {
  await fleet.startFrontend();
  await fleet.startBackend("be1");
  expect((await list()).outdated).toEqual([]);
  fleet.write("assets_b.json", { assets: [{ name: "db", cidr: "10.1.0.1", value: 5 }] });
  expect((await list()).outdated).toEqual(["be1"]);
});

it("disables and enables in the text of the file, and copies", async () => {
  await fleet.startFrontend();
  const before = fleet.read("directives_be1.json");
  const off = await fleet.api<SaveAnswer>("POST", "/directives/enable", { ids: [8], enabled: false });
  expect(off.body).toMatchObject({ saved: true, problems: [], restarting: [], outdated: ["be1"] });
  expect(off.body.difference).toContain('+      "disabled": true,');
  expect(fleet.read("directives_be1.json")).toBe(before.replace('"id": 8,', '"id": 8,\n      "disabled": true,'));
  expect((await list()).rows.map(({ enabled }) => enabled)).toEqual([true, false]);
  const last = await fleet.api<SaveAnswer>("POST", "/directives/enable", { ids: [7], enabled: false });
  expect(last.body).toMatchObject({ saved: false, problems: [{ text: expect.stringContaining("disabled") }] });
  const copy = await fleet.api<SaveAnswer & { id: number }>("POST", "/directives/7/duplicate");
  expect(copy.body).toMatchObject({ saved: true, id: 9 });
  expect((await list()).rows).toMatchObject([{ id: 7 }, { id: 9, name: "Scan (copy)", enabled: false }, { id: 8 }]);
  expect((await fleet.api("POST", "/directives/enable", { ids: [7, 99], enabled: true })).status).toBe(404);
});

it("saves a file only when a backend would load it, and shows the difference first", async () => {
  await fleet.startFrontend();
  const changed = JSON.stringify({ directives: [{ ...SCAN, priority: 4 }, QUIET] }, null, 2);
  const dry = await put("directives_be1.json", changed, "?dryRun=true");
  expect(dry.body).toMatchObject({ saved: false, problems: [] });
  expect(dry.body.difference).toMatch(/^--- directives_be1.json\n.*-\s+"priority": 3,\n\+\s+"priority": 4,/s);
  expect(fleet.read("directives_be1.json")).not.toContain('"priority": 4');
  const bad = await put("directives_be1.json", { directives: [{ ...SCAN, priority: 9 }] });
  expect(bad.body).toMatchObject({ saved: false, problems: [{ directiveId: 7, field: "priority", line: 1 }] });
  expect((await put("directives_be1.json", changed)).body).toMatchObject({ saved: true });
  expect(fleet.read("directives_be1.json")).toBe(changed);
  const twice = await put("directives_be1_more.json", { directives: [SCAN] });
  expect(twice.body).toMatchObject({ saved: false, problems: [{ file: "directives_be1_more.json", field: "id" }] });
  for (const name of ["directives_.json", "assets_a.json", "directives_be1.txt", "..%2Fdirectives_x.json"]) {
    expect((await put(name, changed)).status).toBe(400);
  }
  const read = await fleet.api<{ text: string }>("GET", "/directives/files/directives_be1.json");
  expect(read.body.text).toBe(changed);
  const valid = await fleet.api<object>("POST", "/directives/validate", { text: "{", name: "directives_be1.json" });
  expect(valid.body).toMatchObject({ directives: 0, problems: [{ file: "directives_be1.json", severity: "error" }] });
  const short = { ...SCAN, rules: SCAN.rules.slice(0, 1) };
  const { body } = await fleet.api<Pick<SaveAnswer, "problems">>("POST", "/directives/validate", {
    text: JSON.stringify({ directives: [short] }),
  });
  expect(body.problems).toMatchObject([{ directiveId: 7, field: "rules", fix: { label: "Add stage 2" } }]);
});

it("what is wrong in another file keeps nobody from mending this one, but no backend is restarted with it", async () => {
  const { channel, reloads } = supervisor(true);
  await fleet.startFrontend({ supervisor: channel });
  fleet.write("directives_be1_broken.json", "{");
  const saved = await put("directives_be1.json", { directives: [SCAN] });
  expect(saved.body).toMatchObject({
    ...{ saved: true, restarting: [], outdated: ["be1"] },
    problems: [{ file: "directives_be1_broken.json" }],
  });
  const mended = await put("directives_be1_broken.json", { directives: [] });
  expect(mended.body).toMatchObject({ saved: true, problems: [], restarting: ["be1"], outdated: [] });
  expect(reloads).toEqual([{ nodes: ["be1"] }]);
});

it("a backend takes in what is saved while it runs, and is restarted for what it can't take in", async () => {
  const { channel, reloads } = supervisor(true);
  await fleet.startFrontend({ supervisor: channel });
  await fleet.startBackend("be1");
  const saved = await put("directives_be1.json", { directives: [{ ...SCAN, priority: 1 }, QUIET] });
  expect(saved.body).toMatchObject({ saved: true, reloaded: ["be1"], restarting: [], outdated: [], touched: [] });
  expect((await list()).outdated).toEqual([]);
  expect((await fleet.api("POST", "/config/changed")).body).toEqual({ ok: true });
  expect(reloads).toEqual([]);
  const text = JSON.stringify({ assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 1 }] });
  const assets = await fleet.api<SaveAnswer>("PUT", "/assets/files/assets_a.json", { text });
  expect(assets.body).toMatchObject({ saved: true, reloaded: [], restarting: ["be1"], outdated: [] });
  expect(assets.body.reasons).toEqual([
    { node: "be1", text: "backend be1 takes in assets_a.json only when it starts" },
  ]);
  expect(reloads).toEqual([{ nodes: ["be1"] }]);
});

it("a folder that is only read is only read", async () => {
  const { channel, reloads } = supervisor(false);
  await fleet.startFrontend({ supervisor: channel });
  expect((await list()).readOnly).toBe("The files in /somewhere are only read until editing is turned on in Settings.");
  const before = fleet.read("directives_be1.json");
  for (const [method, path, body] of [
    ["PUT", "/directives/files/directives_be1.json", { text: "{}" }],
    ["PUT", "/assets/files/assets_a.json", { text: "{}" }],
    ["POST", "/directives/enable", { ids: [7], enabled: false }],
    ["POST", "/directives/7/duplicate", undefined],
  ] as const) {
    expect((await fleet.api(method, path, body)).status).toBe(403);
  }
  expect((await put("directives_be1.json", { directives: [QUIET] }, "?dryRun=true")).status).toBe(200);
  expect([fleet.read("directives_be1.json"), reloads]).toEqual([before, []]);
});

it("lists assets with their overlaps, says what an address is worth, and saves them", async () => {
  await fleet.startFrontend();
  const assets = {
    assets: [
      { name: "lan", cidr: "10.0.0.0/8", value: 5 },
      { name: "db", cidr: "10.1.0.1", value: 2 },
    ],
  };
  const saved = await fleet.api<SaveAnswer>("PUT", "/assets/files/assets_a.json", { text: JSON.stringify(assets) });
  expect(saved.body).toMatchObject({ saved: true, outdated: ["be1"] });
  const { body } = await fleet.api<{ rows: AssetRow[] }>("GET", "/assets");
  expect(body.rows).toMatchObject([
    { name: "lan", file: "assets_a.json", index: 0, warnings: [] },
    {
      name: "db",
      index: 1,
      warnings: ['It is inside "lan" (10.0.0.0/8), whose value 5 is higher: its own 2 never counts.'],
    },
  ]);
  const effective = await fleet.api("GET", "/assets/effective?ip=10.1.0.1");
  expect(effective.body).toMatchObject({
    ...{ value: 5, name: "db", home: true, whitelisted: false, networks: ["10.0.0.0/8"] },
    text: '10.1.0.1 is "db" and has the value 5, the highest of the 2 entries that name it. It is in HOME_NET.',
  });
  expect((await fleet.api("GET", "/assets/effective?ip=8.8.8.8")).body).toMatchObject({ value: 0, entries: [] });
  expect((await fleet.api("GET", "/assets/effective?ip=ten")).status).toBe(400);
  const bad = await fleet.api<SaveAnswer>("PUT", "/assets/files/assets_a.json", { text: '{"assets":[]}' });
  expect(bad.body).toMatchObject({ saved: false, problems: [{ field: "assets" }] });
  expect((await fleet.api("POST", "/config/changed")).status).toBe(409);
});

it("lists providers and tries one", async () => {
  const provider = fleet.cleanup.add(
    await testProvider((path, response) =>
      response.end(path.includes("9.9.9.9") ? "[" : '[{field:"id",len:6,value:"bad one"}]'),
    ),
    (opened) => opened.close(),
  );
  const config = JSON.stringify({ url: `${provider.url}/\${ip}` });
  const sources = [{ name: "wise", type: "IP", enabled: true, plugin: "Wise", config }];
  fleet.write("intel_a.json", { intel_sources: [...sources, { ...sources[0], name: "off", enabled: false }] });
  await fleet.startFrontend();
  const { body } = await fleet.api<{ rows: ProviderRow[] }>("GET", "/providers");
  expect(body.rows).toMatchObject([
    { kind: "intel", name: "wise", enabled: true, url: `${provider.url}/\${ip}`, lookups: 0 },
    { name: "off", enabled: false },
  ]);
  const test = (name: string, ip: string) => fleet.api("POST", "/providers/test", { kind: "intel", name, ip });
  expect((await test("wise", "10.0.0.1")).body).toMatchObject({
    ok: true,
    hits: [{ provider: "Wise", term: "10.0.0.1", result: "id: bad one" }],
  });
  expect((await test("wise", "9.9.9.9")).body).toMatchObject({ ok: false, hits: [], error: expect.any(String) });
  expect((await test("off", "10.0.0.1")).status).toBe(404);
});

it("a folder that somebody brought keeps its rights, and gets no configuration of ours while it is only read", async () => {
  const configs = join(fleet.folder, "configs");
  const modes = (): string[] =>
    [fleet.folder, join(configs, "assets_a.json")].map((path) => (statSync(path).mode & 0o777).toString(8));
  chmodSync(fleet.folder, 0o755);
  chmodSync(join(configs, "assets_a.json"), 0o640);
  await fleet.startFrontend({ supervisor: supervisor(false).channel });
  expect(modes()).toEqual(["755", "640"]);
  expect(readdirSync(configs).sort()).toEqual(["assets_a.json", "directives_be1.json"]);
  expect(statSync(join(fleet.folder, "console.db")).mode & 0o777).toBe(0o600);
  const served = await fetch(`http://127.0.0.1:${fleet.port}/config/dsiem_config.json`);
  expect(await served.json()).toEqual({ status: ["Open", "Closed"], tags: ["One"] });
});

it("what is saved into a folder that somebody brought keeps the rights of the file", async () => {
  const file = join(fleet.folder, "configs", "directives_be1.json");
  chmodSync(file, 0o640);
  await fleet.startFrontend({ supervisor: supervisor(true).channel });
  expect((await put("directives_be1.json", { directives: [QUIET] })).body.saved).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

it("never undoes what somebody else saved meanwhile, and says who it was", async () => {
  await fleet.startFrontend();
  for (const path of ["/directives/files/directives_be1.json", "/assets/files/assets_a.json"]) {
    const { text, version } = (await fleet.api<{ text: string; version: string }>("GET", path)).body;
    const save = (body: object, query = "") => fleet.api<SaveAnswer & { error?: string }>("PUT", path + query, body);
    expect((await save({ text: `${text}\n`, ifVersion: version })).body.saved).toBe(true);
    for (const query of ["", "?dryRun=true"]) {
      const late = await save({ text: `${text}\n\n`, ifVersion: version }, query);
      expect([late.status, late.body.error]).toEqual([
        409,
        expect.stringMatching(/\.json was changed since you opened it, by somebody at the console\. Copy /),
      ]);
    }
    // Whoever doesn't say what was read replaces what is there.
    expect((await save({ text: `${text}\n\n` })).body.saved).toBe(true);
  }
  const { version } = (await fleet.api<{ version: string }>("GET", "/assets/files/assets_a.json")).body;
  const assets = (value: number) => ({ assets: [{ name: "lan", cidr: "10.0.0.0/8", value }] });
  fleet.write("assets_a.json", assets(4));
  const put = (name: string, ifVersion: string) =>
    fleet.api<{ error: string }>("PUT", `/assets/files/${name}`, { text: JSON.stringify(assets(3)), ifVersion });
  expect((await put("assets_a.json", version)).body.error).toContain("opened it, outside of the console.");
  // One that wasn't there, and is now.
  expect((await put("assets_a.json", "")).status).toBe(409);
  expect(await put("assets_b.json", "")).toMatchObject({ status: 200, body: { saved: true } });
});
