import { expect, test } from "vitest";
import { differenceLines, differenceText } from "./difference.ts";
import { lineAt, lineCount, lineSpan, problemsByLine, problemsInOrder, problemText, reasonNotToSave } from "./lines.ts";
import { savedText, touchedText } from "./saved-text.ts";

const TEXT = "one\ntwo\n\nfour";

test("lines are counted and found", () => {
  expect([lineCount(""), lineCount("a\n"), lineCount(TEXT)]).toEqual([1, 2, 4]);
  expect([1, 2, 3, 4, 9].map((line) => TEXT.slice(...lineSpan(TEXT, line)))).toEqual([
    "one",
    "two",
    "",
    "four",
    "four",
  ]);
  expect([0, 3, 4, 9].map((offset) => lineAt(TEXT, offset))).toEqual([1, 1, 2, 4]);
});

const error = (line: number | undefined, text = "wrong") => ({ severity: "error" as const, text, line });
const warning = (line: number) => ({ severity: "warning" as const, text: "odd", line });

test("each line shows its worst problem, and errors are mended first", () => {
  expect([...problemsByLine([warning(3), error(3), warning(3), error(undefined)]).entries()]).toEqual([[3, error(3)]]);
  expect(problemsInOrder([warning(1), error(9), error(2)])).toEqual([error(2), error(9), warning(1)]);
});

test("a draft that can't be saved says why", () => {
  const draft = { changed: true, checking: false, readOnly: undefined, problems: [warning(1)] };
  expect(reasonNotToSave(draft)).toBeUndefined();
  expect(reasonNotToSave({ ...draft, changed: false })).toBe("Nothing was changed.");
  expect(reasonNotToSave({ ...draft, checking: true })).toBe("The text is being checked.");
  expect(reasonNotToSave({ ...draft, readOnly: "Only read." })).toBe("Only read.");
  expect(reasonNotToSave({ ...draft, problems: [error(7)] })).toBe("One error: line 7: wrong");
  expect(reasonNotToSave({ ...draft, problems: [error(7), error(2, "first")] })).toBe(
    "2 errors, the first: line 2: first",
  );
});

test("a problem says which field it speaks of, once", () => {
  expect(problemText({ field: "priority", text: "is 9" })).toBe("priority is 9");
  expect(problemText({ field: "stage", text: "stage 2 is missing" })).toBe("stage 2 is missing");
  expect(problemText({ text: "isn't JSON" })).toBe("isn't JSON");
  expect(problemText({ field: "reliability", text: "Risk stays 0." })).toBe("Risk stays 0.");
});

test("a unified difference is read with its line numbers", () => {
  const lines = differenceLines("--- a/x.json\n+++ b/x.json\n@@ -5,3 +5,4 @@\n same\n-old\n+new\n+more\n end\n");
  expect(lines.map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
    ["place", "@@ -5,3 +5,4 @@", undefined, undefined],
    ["same", "same", 5, 5],
    ["removed", "old", 6, undefined],
    ["added", "new", undefined, 6],
    ["added", "more", undefined, 7],
    ["same", "end", 7, 8],
  ]);
  expect(differenceText(lines)).toBe("2 lines added, 1 removed");
  expect(differenceText(differenceLines(""))).toBe("no line differs");
});

test("a difference without heads of files is read as well", () => {
  expect(differenceLines("@@ -1 +1 @@\n-a\n+b").map(({ kind }) => kind)).toEqual(["place", "removed", "added"]);
});

test("what a save does to the backends is said before and after", () => {
  expect(touchedText({ restarting: ["be-0"], outdated: ["be-1", "be-2"] })).toBe(
    "Backend be-0 will be restarted; live backlogs are kept. Backends be-1 and be-2 go on with the older version until somebody restarts them.",
  );
  expect(touchedText({ restarting: [], outdated: [] })).toBe(
    "Backends of this console that load the file take it in as they run, or are restarted where they can't; live backlogs are kept.",
  );
  expect(savedText("x.json is saved", { reloaded: [], restarting: ["be-0"], outdated: ["be-1"] })).toBe(
    "x.json is saved; backend be-0 is being started, with the live backlogs of before; backend be-1 runs an older version",
  );
  const touched = [
    { node: "be-0", directiveId: 1, live: 3, ended: 1 },
    { node: "be-0", directiveId: 2, live: 2 },
  ];
  const reasons = [{ node: "be-1", text: "backend be-1 doesn't answer" }];
  expect(
    savedText("x.json is saved", { reloaded: ["be-0"], restarting: [], outdated: ["be-1"], touched, reasons }),
  ).toBe(
    "x.json is saved; backend be-0 runs with it now; 4 live backlogs go on with the rules they began with; " +
      "1 live backlog ended with its directive; backend be-1 runs an older version (backend be-1 doesn't answer)",
  );
});
