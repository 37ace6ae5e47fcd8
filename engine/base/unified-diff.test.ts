import fc from "fast-check";
import { expect, it } from "vitest";
import { unifiedDiff } from "./unified-diff.ts";

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

/** What comes of a text when a difference is applied to it. */
function applied(before: string, difference: string): string {
  if (difference === "") return before;
  const old = before.split("\n");
  const result: string[] = [];
  let at = 0;
  for (const line of difference.split("\n").slice(2)) {
    const [, from, count] = /^@@ -(\d+),(\d+) /.exec(line) ?? [];
    if (from !== undefined) {
      const start = count === "0" ? Number(from) : Number(from) - 1;
      while (at < start) result.push(old[at++] ?? "");
    } else if (line.startsWith("+")) {
      result.push(line.slice(1));
    } else {
      expect(line.slice(1)).toBe(old[at]);
      at += 1;
      if (line.startsWith(" ")) result.push(line.slice(1));
    }
  }
  return [...result, ...old.slice(at)].join("\n");
}

it("shows what changed with three lines around it", () => {
  const before = numbered(30);
  const after = before.with(9, "line ten").toSpliced(24, 1);
  expect(unifiedDiff(before.join("\n"), after.join("\n"), "a.json").split("\n")).toEqual([
    "--- a.json",
    "+++ a.json",
    "@@ -7,7 +7,7 @@",
    " line 7",
    " line 8",
    " line 9",
    "-line 10",
    "+line ten",
    " line 11",
    " line 12",
    " line 13",
    "@@ -22,7 +22,6 @@",
    " line 22",
    " line 23",
    " line 24",
    "-line 25",
    " line 26",
    " line 27",
    " line 28",
  ]);
  expect(unifiedDiff("a\nb", "a\nb", "a.json")).toBe("");
  expect(unifiedDiff("", "a", "a.json").split("\n").slice(2)).toEqual(["@@ -1,1 +1,1 @@", "-", "+a"]);
});

it("leads from the one text to the other, whatever they are", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "", "d"), { maxLength: 30 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(applied(before, unifiedDiff(before, after, "f"))).toBe(after);
    }),
    { numRuns: 500 },
  );
});

it("gives up looking for the shortest way between texts that have nothing in common", () => {
  const before = numbered(20_000).join("\n");
  const after = numbered(20_000)
    .map((line) => `another ${line}`)
    .join("\n");
  expect(applied(before, unifiedDiff(before, after, "f"))).toBe(after);
});
