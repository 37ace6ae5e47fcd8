import { describe, expect, test } from "vitest";
import { advanceSentence, wantsOf } from "./advance.ts";
import { LEAVING_MS, NO_ROWS, notShown, rowsDelta, rowsSnapshot, withoutEnded } from "./live-rows.ts";
import { inPreset, presetOf } from "./presets.ts";
import { detail, NOW, row, rule } from "./testing/password-spray.ts";

const snapshot = rowsSnapshot(NO_ROWS, { rows: [row(), row({ id: "b" })], total: 2, silent: [], at: NOW });

describe("live rows", () => {
  test("what ends stays a while with its reason, and then leaves", () => {
    const ended = rowsDelta(
      snapshot,
      { rows: [], gone: [{ id: "b", why: "expired" }], total: 1, silent: [], at: NOW },
      NOW,
    );
    expect(ended.rows.get("b")?.ended).toEqual({ why: "expired", at: NOW });
    expect(withoutEnded(ended, NOW + LEAVING_MS - 1)).toBe(ended);
    expect([...withoutEnded(ended, NOW + LEAVING_MS).rows.keys()]).toEqual(["p7Lw2nA-e"]);
  });

  test("an end of what was never shown is nothing", () => {
    const after = rowsDelta(
      snapshot,
      { rows: [], gone: [{ id: "z", why: "complete" }], total: 2, silent: [], at: NOW },
      NOW,
    );
    expect(after.rows.has("z")).toBe(false);
  });

  test("rows that change are replaced and the others stay the same values", () => {
    const after = rowsDelta(
      snapshot,
      { rows: [row({ id: "b", count: 15 })], gone: [], total: 2, silent: [], at: NOW },
      NOW,
    );
    expect(after.rows.get("b")?.row.count).toBe(15);
    expect(after.rows.get("b")?.version).toBe(2);
    expect(after.rows.get("p7Lw2nA-e")).toBe(snapshot.rows.get("p7Lw2nA-e"));
  });

  test("says how many aren't shown; those that ended don't count", () => {
    const after = rowsDelta(
      snapshot,
      { rows: [], gone: [{ id: "b", why: "closed" }], total: 9000, silent: [], at: NOW },
      NOW,
    );
    expect(notShown(after)).toBe(8999);
    expect(notShown(snapshot)).toBe(0);
  });
});

describe("presets", () => {
  test.each([
    [{ deadline: NOW / 1000 + 180 }, "expiring", true],
    [{ deadline: NOW / 1000 + 181 }, "expiring", false],
    [{ count: 14, occurrence: 15 }, "one-away", true],
    [{ count: 13, occurrence: 15 }, "one-away", false],
    [{ nextRisk: 7 }, "high-next", true],
    [{ nextRisk: 6 }, "high-next", false],
  ] as const)("%j in %s: %s", (more, preset, belongs) => {
    expect(inPreset(row(more), preset, 7, NOW)).toBe(belongs);
  });

  test("a risk that isn't worked out isn't high, and everything is in all", () => {
    const { nextRisk: _nextRisk, ...unknown } = row();
    expect(inPreset(unknown, "high-next", 7, NOW)).toBe(false);
    expect(inPreset(unknown, "all", 7, NOW)).toBe(true);
    expect(presetOf("nonsense")).toBe("all");
  });
});

const risk = (value: number): string => String(value);

describe("what would take a backlog further", () => {
  test("is said in one sentence", () => {
    expect(advanceSentence(detail(), risk)).toBe(
      "One more event like this, with a custom data 1 not seen yet, finishes stage 2 of 3. The risk goes from 0 to 4.",
    );
    const plain = rule({ sticky_different: "" });
    const last = { stage: 3, missing: 4, completes: true, rule: plain, unbound: [] };
    expect(advanceSentence(detail({ advance: last, nextRisk: 0 }), risk)).toBe(
      "4 more events like this finish stage 3, the last. The risk stays 0.",
    );
  });

  test("a reference to a stage without an event means that nothing can", () => {
    const unbound = [{ field: "from", eventField: "src_ip", stage: 1 }];
    const sentence = advanceSentence(detail({ advance: { ...detail().advance, unbound } }), risk);
    expect(sentence).toBe("Nothing can take it further: stage 2 refers to stage 1, which has no event.");
  });

  test("is listed field by field, references with what they mean", () => {
    const wants = wantsOf(detail(), (ms) => new Date(ms).toISOString());
    expect(wants.map(({ label, value }) => [label, value])).toEqual([
      ["Plugin, sid", "1512 / 4625"],
      ["From", "10.20.11.31"],
      ["To", "10.30.2.10"],
      ["Protocol", "TCP"],
      ["Custom data 1", "not one of the 14 below"],
      ["Time", "2026-11-23T14:22:41.000Z or later"],
    ]);
    expect(wants[1]?.reference).toEqual({ text: ":1", meaning: "What the first event of stage 1 has" });
  });

  test("a taxonomy rule names product, category and subcategories; a negation is a word", () => {
    const taxonomy = rule({
      type: "TaxonomyRule",
      product: ["ids"],
      category: "Exploit",
      subcategory: ["RCE", "SQLi"],
      to: "!HOME_NET",
    });
    const wants = wantsOf(detail({ advance: { ...detail().advance, rule: taxonomy } }), String);
    expect(wants[0]).toMatchObject({ label: "Taxonomy", value: "ids / Exploit / RCE, SQLi" });
    expect(wants.find(({ label }) => label === "To")?.value).toBe("not HOME_NET");
  });
});
