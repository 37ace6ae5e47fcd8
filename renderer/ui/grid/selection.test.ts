import { describe, expect, it } from "vitest";
import { allSelected, extended, NOTHING_SELECTED, toggled } from "./selection.ts";

const order = ["a", "b", "c", "d"];

describe("a selection", () => {
  it("grows from its anchor to a row, in either direction", () => {
    const from = toggled(NOTHING_SELECTED, "c");
    expect([...extended(from, order, "a").ids].sort()).toEqual(["a", "b", "c"]);
    expect([...extended(from, order, "d").ids].sort()).toEqual(["c", "d"]);
  });
  it("keeps rows that are no longer in the list", () => {
    const kept = toggled(toggled(NOTHING_SELECTED, "gone"), "a");
    expect(kept.ids).toEqual(new Set(["gone", "a"]));
    expect(extended({ ids: kept.ids, anchor: "gone" }, order, "b")).toEqual({
      ids: new Set(["gone", "a", "b"]),
      anchor: "b",
    });
  });
  it("lets a row go again", () => {
    expect(toggled(allSelected(order), "b").ids).toEqual(new Set(["a", "c", "d"]));
  });
});
