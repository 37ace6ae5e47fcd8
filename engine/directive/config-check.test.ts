import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { nodeOfDirectiveFile } from "../base/config-file.ts";
import { problemText } from "../base/problem.ts";
import { checkConfigFile, checkConfigFolder, directiveFilesForNode } from "./config-check.ts";

function file(name: string, content: unknown) {
  return { name, bytes: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)) };
}

const ASSETS = { assets: [{ name: "home", cidr: "10.0.0.0/8", value: 2 }] };
const INTEL = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the provider's own placeholder
  intel_sources: [{ name: "n", type: "IP", enabled: true, plugin: "Wise", config: '{"url":"http://wise/${ip}"}' }],
};
const VULN = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the provider's own placeholder
  vuln_sources: [{ name: "n", type: "IP", enabled: true, plugin: "Nesd", config: '{"url":"http://nesd/${ip}"}' }],
};

function directive(id: number, fields: object = {}) {
  const rule = {
    name: "r",
    type: "PluginRule",
    plugin_id: 1,
    plugin_sid: [1],
    occurrence: 1,
    from: "ANY",
    to: "ANY",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "ANY",
    reliability: 1,
    timeout: 1,
  };
  const rules = [1, 2].map((stage) => ({ ...rule, stage }));
  return { id, name: "d", kingdom: "k", category: "c", priority: 1, rules, ...fields };
}

test.each([
  ["assets_x.json", ASSETS],
  ["directives_x.json", { directives: [directive(1), directive(1, { disabled: true })] }],
  ["intel_x.json", INTEL],
  ["vuln_x.json", VULN],
])("%s is accepted", (name, content) => {
  expect(checkConfigFile(file(name, content))).toEqual([]);
});

test.each([
  ["assets_x.json", { assets: [] }, "no asset"],
  ["directives_x.json", { directives: [] }, "no directive"],
  ["directives_x.json", { directives: [directive(1, { disabled: true })] }, "disabled"],
  ["intel_x.json", { intel_sources: [] }, "no source"],
  ["intel_x.json", VULN, "intel_sources"],
  ["vuln_x.json", { vuln_sources: [] }, "no source"],
  ["vuln_x.json", "{", "JSON"],
  ["vuln_x.json", " ".repeat(5_000_000), "larger than 4 MiB"],
  ["other.json", { a: 1 }, "no configuration file has such a name"],
  ["dsiem_config.json", { status: ["x"], tags: ["y"] }, "no configuration file has such a name"],
])("%s is refused (case %#)", (name, content, mention) => {
  expect(checkConfigFile(file(name, content)).map(problemText).join("\n")).toContain(mention);
});

test("a directive file is its node's, to the letter (MUST DIFFER)", () => {
  const names = ["directives_be10_a.json", "directives_be1_z.json", "directives_be1.json", "directives_be1_a.json"];
  const more = ["directives_be1-a.json", "directives_be1_a.json.bak", "directives_be1x.json", "assets_be1.json"];
  expect(directiveFilesForNode([...names, ...more], "be1")).toEqual([
    "directives_be1.json",
    "directives_be1_a.json",
    "directives_be1_z.json",
  ]);
  expect(names.map(nodeOfDirectiveFile)).toEqual(["be10", "be1", "be1", "be1"]);
  expect(nodeOfDirectiveFile("directives_conf-backend-0_case.json")).toBe("conf-backend-0");
  expect(["directives_.json", "directives__a.json", "directives.json", "x_be1.json"].map(nodeOfDirectiveFile)).toEqual(
    Array(4).fill(undefined),
  );
});

test("a folder is checked as its services would load it", () => {
  const report = checkConfigFolder([
    file("vuln_x.json", VULN),
    file("intel_x.json", INTEL),
    file("notes.txt", "hello"),
    file("other.json", {}),
    file("dsiem_config.json", { status: ["Open"], tags: [] }),
    file("directives_b.json", { directives: [directive(1)] }),
    file("directives_a_2.json", { directives: [directive(2), directive(3, { disabled: true })] }),
    file("directives_a.json", { directives: [directive(1)] }),
    file("assets_2.json", { assets: [] }),
    file("assets_1.json", ASSETS),
  ]);
  expect(report).toEqual({
    problems: [],
    nodes: [
      { name: "a", files: ["directives_a.json", "directives_a_2.json"], directives: 2, disabled: 1 },
      { name: "b", files: ["directives_b.json"], directives: 1, disabled: 0 },
    ],
    assets: 1,
    intelSources: 1,
    vulnSources: 1,
    ignored: ["notes.txt", "other.json"],
  });
});

test("a folder's problems are all reported, duplicates within a node included", () => {
  const { problems } = checkConfigFolder([
    file("directives_a.json", { directives: [directive(7)] }),
    file("directives_a_2.json", { directives: [directive(7)] }),
    file("directives_.json", { directives: [directive(7)] }),
    file("intel_x.json", "oops"),
    file("dsiem_config.json", { status: "Open" }),
  ]);
  const texts = problems.map(problemText).sort();
  expect(texts).toEqual([
    "assets_*.json: there is no asset file, and so no asset to load",
    expect.stringContaining("directives_.json: its name says no node"),
    "directives_a_2.json:1: directive 7, id: 7 is also the id of the directive at directives_a.json:1; each needs its own",
    'dsiem_config.json:1: status: "Open" (a text) is not a list of texts',
    "dsiem_config.json:1: tags: missing; expected a list of texts",
    expect.stringContaining("intel_x.json"),
  ]);
  expect(checkConfigFolder([]).problems.map((each) => each.file)).toEqual(["assets_*.json", "directives_*.json"]);
});

const SHARED = process.env.DSIEM_SHARED ?? "../shared";
const REQUESTS = path.join(SHARED, "conformance/frontend/requests.json");

interface Upload {
  name: string;
  method: string;
  path: string;
  json?: unknown;
  text?: string;
  expect: { status: number | number[] };
}

test("accepts and refuses what the recorded uploads of the frontend suite want", () => {
  if (!existsSync(REQUESTS)) {
    console.log(`SKIP uploads of the frontend suite: there is no ${REQUESTS} (set DSIEM_SHARED)`);
    return;
  }
  const { groups } = JSON.parse(readFileSync(REQUESTS, "utf8")) as { groups: { name: string; requests: Upload[] }[] };
  const uploads = groups
    .filter((group) => group.name === "writing")
    .flatMap((group) => group.requests)
    .filter((each) => each.method === "POST" && /^\/config\/[\w-]+\.json$/.test(each.path));
  expect(uploads.length).toBeGreaterThan(20);
  for (const upload of uploads) {
    const problems = checkConfigFile(file(upload.path.replace("/config/", ""), upload.text ?? upload.json));
    expect([upload.name, problems.length === 0]).toEqual([upload.name, upload.expect.status === 201]);
  }
});
