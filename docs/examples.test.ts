import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isFault, readEvent } from "../engine/base/event.ts";
import { problemText } from "../engine/base/problem.ts";
import { parseAddressCondition } from "../engine/directive/conditions.ts";
import { loadDirectives } from "../engine/directive/load.ts";
import { Inventory } from "../engine/inventory/inventory.ts";
import { addressPasses } from "../engine/match/checks.ts";
import { riskOf } from "../engine/match/risk.ts";

/** The texts of the ```json blocks that carry this word. */
function blocks(file: string, word: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  return [...text.matchAll(/^```json (\S+)\n([\s\S]*?)^```$/gm)]
    .filter(([, kind]) => kind === word)
    .map(([, , body]) => body ?? "");
}

function readAll(word: string) {
  return blocks("events.md", word).map((text) => readEvent(JSON.parse(text)));
}

function load(text: string) {
  return loadDirectives([{ name: "directives_docs.json", bytes: Buffer.from(text) }], () => undefined);
}

describe("docs/events.md", () => {
  it("shows events that the frontend takes", () => {
    const events = readAll("event");
    expect(events.length).toBeGreaterThanOrEqual(3);
    for (const event of events) expect(isFault(event) ? event.message : "taken").toBe("taken");
  });

  it("shows one malformed and one invalid event", () => {
    expect(readAll("malformed")).toMatchObject([{ fault: "malformed", field: "src_ip" }]);
    expect(readAll("invalid")).toMatchObject([{ fault: "invalid" }]);
  });
});

describe("docs/directives.md", () => {
  it("shows directives that load", () => {
    const texts = blocks("directives.md", "directives");
    expect(texts.length).toBe(2);
    for (const text of texts) expect(load(text).problems.map(problemText)).toEqual([]);
  });

  it("shows one that is refused, for the two reasons it gives", () => {
    const [text] = blocks("directives.md", "refused");
    const { problems } = load(text ?? "");
    expect(problems.map(({ stage, field }) => `${stage} ${field}`).sort()).toEqual(["2 from", "2 occurrence"]);
  });

  it("tells the truth about lists", () => {
    const text = readFileSync(new URL("directives.md", import.meta.url), "utf8");
    const inventory = new Inventory([{ name: "n", cidr: "10.0.0.0/8", value: 1 }]);
    const rows = [...text.matchAll(/^\| `([^`]*\d[^`]*)` \| (yes|no) \| (yes|no) \| (yes|no) \|$/gm)];
    expect(rows.length).toBe(3);
    for (const [, list = "", ...answers] of rows) {
      const condition = parseAddressCondition(list);
      if ("error" in condition) throw new Error(condition.error);
      const told = ["10.0.3.4", "10.1.0.9", "192.0.2.1"].map((ip) =>
        addressPasses(condition, inventory.facts(ip)) ? "yes" : "no",
      );
      expect(`${list}: ${told}`).toBe(`${list}: ${answers}`);
    }
  });

  it("computes its example of a risk right", () => {
    expect(riskOf(4, 5, 3)).toBe(2);
  });
});
