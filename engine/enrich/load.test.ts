// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of provider urls, replaced by ourselves
import { describe, expect, it } from "vitest";
import type { ConfigFile } from "../base/config-file.ts";
import { problemText } from "../base/problem.ts";
import { loadProviders } from "./load.ts";

const WISE = {
  name: "one",
  plugin: "Wise",
  type: "IP",
  enabled: true,
  config: '{"url":"http://127.0.0.1:1/ip/${ip}"}',
};
const NESD = {
  name: "two",
  plugin: "Nesd",
  type: "IP-Port",
  enabled: true,
  config: '{"url":"https://user:secret@scanner/?ip=${ip}&port=${port}","allow_low_severity":true}',
};

function file(name: string, content: unknown): ConfigFile {
  return { name, bytes: new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content)) };
}

function intel(source: object): ConfigFile {
  return file("intel_case.json", { intel_sources: [source] });
}

function refusals(...files: ConfigFile[]): string[] {
  return loadProviders(files).problems.map(problemText);
}

describe("loadProviders", () => {
  it("returns the enabled sources of known plugins, in the order of the files", () => {
    const loaded = loadProviders([
      file("configs/intel_a.json", {
        intel_sources: [WISE, { ...WISE, name: "off", enabled: false, config: "nothing" }],
      }),
      file("intel_b.json", {
        intel_sources: [
          { ...WISE, name: "three" },
          { ...WISE, plugin: "Other", config: "?" },
        ],
      }),
      file("vuln_a.json", { vuln_sources: [NESD, { ...NESD, name: "plain", config: '{"url":"http://h/"}' }] }),
      file("assets_a.json", "[oops"),
    ]);
    expect(loaded.problems).toEqual([]);
    expect(loaded.entries).toBe(6);
    expect(loaded.intel.map(({ name }) => name)).toEqual(["one", "three"]);
    expect(loaded.vuln.map(({ name, allowLowSeverity }) => [name, allowLowSeverity])).toEqual([
      ["two", true],
      ["plain", false],
    ]);
  });

  it("accepts an empty list, and counts nothing", () => {
    expect(loadProviders([file("intel_a.json", { intel_sources: [] })])).toMatchObject({ entries: 0, problems: [] });
  });

  it("names file and field of whatever is missing", () => {
    for (const field of ["name", "type", "plugin", "config", "enabled"] as const) {
      const source: Record<string, unknown> = { ...WISE };
      delete source[field];
      const [problem, ...others] = refusals(intel(source));
      expect(others).toEqual([]);
      expect(problem).toContain("intel_case.json");
      expect(problem).toContain(`${field} is missing`);
    }
  });

  it.each([
    [{ ...WISE, enabled: "true" }, "enabled must be true or false"],
    [{ ...WISE, config: { url: "http://h/" } }, "config must be text"],
    [{ ...WISE, config: "url=http://h/" }, "config of plugin Wise is not JSON"],
    [{ ...WISE, config: "{}" }, "no url"],
    [{ ...WISE, config: "[]" }, "an object with a url"],
    [{ ...WISE, config: '{"url":7}' }, "must be text"],
    ["text", "must be an object"],
    [{ ...WISE, config: '{"url":"ftp://h/"}' }, "http:// or https://"],
    [{ ...WISE, config: '{"url":"/ip/${ip}"}' }, "http:// or https://"],
    [{ ...WISE, config: '{"url":"http://${ip}/"}' }, "choose the host"],
    [{ ...WISE, config: '{"url":"http://[${ip}]:80/"}' }, "choose the host"],
    [{ ...WISE, config: '{"url":"http://${ip}@h/"}' }, "choose the host"],
    [{ ...WISE, config: '{"url":"http://h:${port}/"}' }, "choose the host"],
    [{ ...WISE, config: '{"url":"http://h\\\\@${ip}/"}' }, "backslash"],
    [{ ...WISE, config: '{"url":"http://h\\n/"}' }, "control character"],
    [{ ...WISE, config: '{"url":"http://h:99999/"}' }, "not a valid URL"],
    [{ ...WISE, config: '{"url":"http://169.254.169.254/${ip}"}' }, "link-local"],
    [{ ...WISE, config: '{"url":"http://2852039166/${ip}"}' }, "link-local"],
    [{ ...WISE, config: '{"url":"http://[fe80::1]/${ip}"}' }, "link-local"],
    [{ ...WISE, config: '{"url":"http://[::ffff:169.254.169.254]/${ip}"}' }, "link-local"],
  ])("refuses %j", (source, expected) => {
    const [problem] = refusals(intel(source as object));
    expect(problem).toContain("intel_case.json");
    expect(problem).toContain(expected);
    expect(problem).not.toMatch(/zod|undefined|\[object/i);
  });

  it("reports everything at once, each with its entry", () => {
    const problems = refusals(
      file("intel_a.json", {
        intel_sources: [
          { ...WISE, config: "{}" },
          { ...WISE, name: 5, enabled: 1 },
        ],
      }),
      file("intel_b.json", "[oops"),
      file("intel_c.json", {}),
      file("vuln_a.json", { vuln_sources: {} }),
      file("vuln_b.json", { vuln_sources: [{ ...NESD, config: '{"url":"x","allow_low_severity":"yes"}' }] }),
    );
    expect(problems).toHaveLength(8);
    expect(problems[0]).toContain('entry "one", config');
    expect(problems[1]).toContain('entry "number 2", name');
    expect(problems[2]).toContain('entry "number 2", enabled');
    expect(problems[3]).toContain("intel_b.json: this is not JSON");
    expect(problems[4]).toContain('"intel_sources" is missing');
    expect(problems[5]).toContain('"vuln_sources" must be a list');
  });

  it("refuses bytes that aren't UTF-8", () => {
    expect(refusals({ name: "intel_x.json", bytes: Uint8Array.of(0x7b, 0xff, 0x7d) })[0]).toContain("not UTF-8");
  });
});
