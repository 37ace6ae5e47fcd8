// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of provider urls
import { expect, it } from "vitest";
import { inspectProviders } from "./inspect.ts";

const source = (change: object) => ({
  ...{ name: "s", type: "IP", enabled: true, plugin: "Wise", config: '{"url":"http://wise/${ip}"}' },
  ...change,
});
const file = (name: string, content: unknown) => ({ name, bytes: Buffer.from(JSON.stringify(content)) });

it("lists the sources that are disabled, unknown or wrong, too, and shows no password", () => {
  const { providers, problems } = inspectProviders([
    file("intel_a.json", {
      intel_sources: [
        source({ config: '{"url":"http://me:secret@wise/${ip}"}' }),
        source({ name: "off", enabled: false }),
        source({ name: "other", plugin: "Otx" }),
        source({ name: "wrong", config: "{}" }),
      ],
    }),
    file("vuln_a.json", { vuln_sources: [source({ name: "v", plugin: "Nesd", config: '{"url":"http://n/${ip}"}' })] }),
    { name: "vuln_b.json", bytes: Buffer.from("{") },
  ]);
  expect(providers).toEqual([
    { kind: "intel", name: "s", plugin: "Wise", url: "http://me:…@wise/${ip}", enabled: true, file: "intel_a.json" },
    expect.objectContaining({ name: "off", enabled: false }),
    expect.objectContaining({ name: "other", problem: expect.stringContaining("never asked") }),
    expect.objectContaining({ name: "wrong", url: "", problem: expect.stringContaining("url") }),
    expect.objectContaining({ kind: "vuln", name: "v", url: "http://n/${ip}" }),
  ]);
  expect(problems.map((problem) => problem.file)).toEqual(["intel_a.json", "vuln_b.json"]);
});
