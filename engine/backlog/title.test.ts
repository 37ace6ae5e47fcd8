import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { titleFits } from "./title.ts";

describe("a saved backlog's title", () => {
  it("fits its directive's name with any text for SRC_IP and DST_IP", () => {
    expect(titleFits("Scan from 10.0.0.1", "Scan from SRC_IP")).toBe(true);
    expect(titleFits("fw1 to web and again fw1", "SRC_IP to DST_IP and again SRC_IP")).toBe(true);
    expect(titleFits("Scan", "Scan")).toBe(true);
  });

  it("doesn't fit another name", () => {
    expect(titleFits("Scan from 10.0.0.1", "Probe from SRC_IP")).toBe(false);
    expect(titleFits("Scan of old", "Scan")).toBe(false);
    expect(titleFits("ab", "aSRC_IPbb")).toBe(false);
  });

  it("fits whatever the name was filled with", () => {
    const part = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(part, { minLength: 3, maxLength: 3 }),
        (fixed, filled) => {
          fc.pre(!fixed.some((text) => /SRC_IP|DST_IP/.test(text)));
          const name = fixed.join("SRC_IP");
          fc.pre(name.split("SRC_IP").length === fixed.length && !name.includes("DST_IP"));
          const title = fixed.map((text, i) => text + (i < fixed.length - 1 ? (filled[i] ?? "") : "")).join("");
          expect(titleFits(title, name)).toBe(true);
        },
      ),
    );
  });
});
