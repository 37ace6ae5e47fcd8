import { describe, expect, it } from "vitest";
import { gridMove } from "./grid-keys.ts";

const none = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const place = { row: 4, rows: 10, cell: -1, cells: 3, page: 5 };

describe("keys in a table", () => {
  it("move between rows, within what there is", () => {
    expect(gridMove({ ...none, key: "ArrowDown" }, place)).toEqual({ kind: "row", to: 5, extend: false });
    expect(gridMove({ ...none, key: "PageDown" }, place)).toEqual({ kind: "row", to: 9, extend: false });
    expect(gridMove({ ...none, key: "PageDown" }, { ...place, row: 8 })).toEqual({ kind: "row", to: 9, extend: false });
    expect(gridMove({ ...none, key: "ArrowDown", shiftKey: true }, place)).toEqual({
      kind: "row",
      to: 5,
      extend: true,
    });
    expect(gridMove({ ...none, key: "End", ctrlKey: true }, place)).toEqual({ kind: "row", to: 9, extend: false });
  });
  it("reach the heads from the first row", () => {
    expect(gridMove({ ...none, key: "ArrowUp" }, { ...place, row: 0 })).toEqual({ kind: "heads" });
  });
  it("move between the row as a whole and its cells", () => {
    expect(gridMove({ ...none, key: "ArrowRight" }, place)).toEqual({ kind: "cell", to: 0 });
    expect(gridMove({ ...none, key: "ArrowRight" }, { ...place, cell: 2 })).toEqual({ kind: "cell", to: 2 });
    expect(gridMove({ ...none, key: "ArrowLeft" }, { ...place, cell: 0 })).toEqual({ kind: "cell", to: -1 });
  });
  it("open the cell's menu and select everything", () => {
    expect(gridMove({ ...none, key: "F10", shiftKey: true }, place)).toEqual({ kind: "menu" });
    expect(gridMove({ ...none, key: "F10" }, place)).toBeUndefined();
    expect(gridMove({ ...none, key: "a", ctrlKey: true }, place)).toEqual({ kind: "all" });
  });
});
