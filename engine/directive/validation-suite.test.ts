import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { problemText } from "../base/problem.ts";
import { loadProviders } from "../enrich/load.ts";
import { loadAssets } from "../inventory/inventory.ts";
import { directiveFilesForNode } from "./config-check.ts";
import { loadDirectives } from "./load.ts";

// The cases of the conformance suite `validation` that need no flags, held against the loaders directly: the suite
// itself starts a backend for each and takes minutes.

type Files = Record<string, unknown>;
interface Case {
  name: string;
  files: Files;
  spec: "accept" | "refuse";
  must_mention: (string | string[])[];
  backend_args?: string[];
}

const NODE = "conf-backend-0";
const CASES = path.join(process.env.DSIEM_SHARED ?? "../shared", "conformance/validation/cases.json");

/** What the backend of the suite would say about these files; "" when it would start. */
function complaints(files: Files): string {
  const names = Object.keys(files)
    .filter((name) => files[name] !== null)
    .sort();
  const some = (wanted: readonly string[]) =>
    wanted.map((name) => {
      const content = files[name];
      return {
        name,
        bytes: Buffer.from(typeof content === "string" ? content : JSON.stringify(content, undefined, 1)),
      };
    });
  return [
    ...loadAssets(some(names.filter((name) => name.startsWith("assets_")))).problems,
    ...loadDirectives(some(directiveFilesForNode(names, NODE)), () => undefined).problems,
    ...loadProviders(some(names.filter((name) => /^(intel|vuln)_/.test(name)))).problems,
  ]
    .map(problemText)
    .join("\n");
}

test("the cases of the validation suite are accepted and refused as they want, and say why", () => {
  if (!existsSync(CASES)) {
    console.log(`SKIP validation suite against the loaders: there is no ${CASES} (set DSIEM_SHARED)`);
    return;
  }
  const suite = JSON.parse(readFileSync(CASES, "utf8")) as { defaults: Files; cases: Case[] };
  const cases = suite.cases.filter((each) => each.backend_args === undefined);
  expect(cases.length).toBeGreaterThan(200);
  const failures: string[] = [];
  for (const { name, files, spec, must_mention } of cases) {
    const said = complaints({ ...suite.defaults, ...files });
    if ((said === "" ? "accept" : "refuse") !== spec) failures.push(`${name}: wanted ${spec}, got ${said || "accept"}`);
    for (const mention of spec === "refuse" ? must_mention : []) {
      const alternatives = Array.isArray(mention) ? mention : [mention];
      const lower = said.toLowerCase();
      if (alternatives.some((each) => lower.includes(each.toLowerCase()))) continue;
      failures.push(`${name}: doesn't mention ${alternatives.join(" or ")}: ${said}`);
    }
  }
  expect(failures).toEqual([]);
});
