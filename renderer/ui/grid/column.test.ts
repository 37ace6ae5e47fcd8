import { describe, expect, it } from "vitest";
import {
  defaultLayout,
  foldColumns,
  type GridColumn,
  layOut,
  readLayout,
  withColumn,
  withMoved,
  withWidth,
  writeLayout,
} from "./column.ts";

const column = (id: string, more: Partial<GridColumn<string>> = {}): GridColumn<string> => ({
  id,
  title: id,
  width: 100,
  cell: (row) => row,
  text: (row) => row,
  ...more,
});
const columns = [
  column("risk"),
  column("title", { flex: true, width: 160 }),
  column("vuln", { folds: 1 }),
  column("intel", { folds: 2 }),
  column("note", { optional: true }),
];
const standard = defaultLayout(columns);

describe("columns", () => {
  it("are those that aren't optional, until somebody asks", () => {
    expect(standard.shown).toEqual(["risk", "title", "vuln", "intel"]);
    expect(withColumn(columns, standard, "note", true).shown).toEqual(["risk", "title", "vuln", "intel", "note"]);
    const without = withColumn(columns, standard, "title", false);
    expect(withColumn(columns, without, "title", true).shown).toEqual(["risk", "title", "vuln", "intel"]);
  });
  it("can't all be taken away", () => {
    const last = { shown: ["risk"], widths: {} };
    expect(withColumn(columns, last, "risk", false)).toBe(last);
  });
  it("move and change their width within bounds", () => {
    expect(withMoved(standard, "intel", -2).shown).toEqual(["risk", "intel", "title", "vuln"]);
    expect(withMoved(standard, "risk", -1)).toBe(standard);
    expect(withWidth(standard, "risk", 1).widths).toEqual({ risk: 36 });
  });
  it("leave in their order when there is no room", () => {
    const ids = (available: number) => foldColumns(columns.slice(0, 4), standard, available).map(({ id }) => id);
    expect(ids(460)).toEqual(["risk", "title", "vuln", "intel"]);
    expect(ids(459)).toEqual(["risk", "title", "intel"]);
    expect(ids(100)).toEqual(["risk", "title"]);
  });
  it("leave for the one that wants room, until somebody says how wide it is", () => {
    const roomy = [column("title", { flex: true, width: 160, roomy: 250 }), column("age", { folds: 1 })];
    const ids = (layout: typeof standard) => foldColumns(roomy, layout, 300).map(({ id }) => id);
    expect(ids(defaultLayout(roomy))).toEqual(["title"]);
    expect(ids(withWidth(defaultLayout(roomy), "title", 200))).toEqual(["title", "age"]);
  });
});

describe("a layout in an address", () => {
  it("comes back as it was, and the usual one isn't written", () => {
    const layout = withWidth(withMoved(standard, "vuln", -1), "title", 320);
    const text = writeLayout(layout, standard);
    expect(text).toBe("risk,vuln,title.320,intel");
    expect(readLayout(text ?? null)).toEqual(layout);
    expect(writeLayout(standard, standard)).toBeUndefined();
  });
  it("of another version loses what doesn't exist, and nonsense is nothing", () => {
    expect(layOut(columns, { shown: ["gone", "note"], widths: {} }).map(({ id }) => id)).toEqual(["note"]);
    expect(layOut(columns, { shown: ["gone"], widths: {} })).toHaveLength(4);
    expect(readLayout("<x>")).toBeUndefined();
  });
});
