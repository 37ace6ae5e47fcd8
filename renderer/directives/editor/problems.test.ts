import { expect, test } from "vitest";
import type { ConfigProblem } from "../../../engine/contract/console/directives.ts";
import { directiveInFile, wholeFile } from "./edited-file.ts";
import { withFix } from "./fixes.ts";
import { placedProblems, syntaxProblem } from "./problem-places.ts";

const FILE = `{ "directives": [
  {
    "id": 7,
    "rules": [
      { "stage": 1, "timeout": 0 },
      { "stage": 2, "timeout": 2,
        "sticky_different": "DST_" }
    ]
  }
] }`;
const problem = (more: Partial<ConfigProblem>): ConfigProblem => ({
  ...{ severity: "error", text: "wrong", file: "f.json", directiveId: 7 },
  ...more,
});
const directive = directiveInFile({ name: "f.json", text: FILE, version: "1" }, 7);
if (directive === undefined) throw new Error("no directive");
const placed = (more: Partial<ConfigProblem>) => {
  const [only] = placedProblems([problem(more)], directive, directive.text);
  if (only === undefined) throw new Error("not placed");
  return only;
};
const marked = (more: Partial<ConfigProblem>) => {
  const { line, from, to } = placed(more);
  return [line, directive.text.slice(from, to)];
};

test("what is only odd about other directives of the file isn't told, and what is wrong with them is", () => {
  const severities = (["error", "warning", "note"] as const).map((severity) => problem({ severity, line: 1 }));
  const told = placedProblems([...severities, problem({ severity: "note", line: 5 })], directive, directive.text);
  expect(told.map((each) => [each.problem.severity, each.line])).toEqual([
    ["error", undefined],
    ["note", 4],
  ]);
  const whole = wholeFile({ name: "f.json", text: FILE, version: "1" });
  expect(placedProblems(severities, whole, FILE)).toHaveLength(3);
});

test("a problem is marked at the value that it speaks of, else at its line", () => {
  expect(marked({ stage: 2, field: "sticky_different", line: 7 })).toEqual([6, '"DST_"']);
  expect(marked({ stage: 1, field: "occurrence", line: 5 })).toEqual([4, "1"]);
  expect(marked({ field: "rules", line: 4 })).toEqual([3, "["]);
  expect(marked({ line: 2 })).toEqual([1, "{"]);
  expect(marked({ line: 1, directiveId: 3 })).toEqual([undefined, ""]);
  expect(marked({ file: "other.json", line: 4 })).toEqual([undefined, ""]);
});

test("a fix changes the one value, in the directive alone and in its file", () => {
  const fix = { label: "Use DST_IP", path: ["rules", 1, "sticky_different"], value: "DST_IP" };
  const wanted = directive.text.replace('"DST_"', '"DST_IP"');
  expect(withFix(directive.text, placed({ stage: 2, fix }))).toBe(wanted);
  const file = wholeFile({ name: "f.json", text: FILE, version: "1" });
  const [inFile] = placedProblems([problem({ stage: 2, field: "sticky_different", fix })], file, FILE);
  expect(inFile && [inFile.line, withFix(FILE, inFile)]).toEqual([7, FILE.replace('"DST_"', '"DST_IP"')]);
});

test("a fix without a value takes the field away, one with a stage adds it", () => {
  const away = placed({ fix: { label: "Remove", path: ["rules", 1, "sticky_different"] } });
  expect(withFix(directive.text, away)).toBe(directive.text.replace(',\n      "sticky_different": "DST_"', ""));
  const more = placed({ fix: { label: "Add stage 3", path: ["rules", 2], value: { stage: 3 } } });
  expect(JSON.parse(withFix(directive.text, more)).rules[2]).toEqual({ stage: 3 });
  expect(withFix(directive.text, placed({}))).toBe(directive.text);
});

test("a text that isn't JSON says so at once, at its line", () => {
  const whole = wholeFile({ name: "f.json", text: FILE, version: "1" });
  expect(syntaxProblem('{\n  "a": 1\n  "b": 2\n}', whole)).toMatchObject({ line: 3, severity: "error" });
  expect(syntaxProblem('{\n  "a": 1,', whole)).toMatchObject({ line: 2 });
  expect(syntaxProblem("  ", whole)?.text).toBe("The text is empty.");
  expect(syntaxProblem('{"a":1}', whole)).toBeUndefined();
  const broken = directive.text.replace('"DST_"', '"DST_');
  const found = syntaxProblem(broken, directive);
  const [only] = placedProblems(found === undefined ? [] : [found], directive, broken);
  expect([only?.line, broken.slice(only?.from, only?.to)]).toEqual([6, '"sticky_different": "DST_ }']);
});

test("a directive of one stage gets its second at a press, looking at the same events", () => {
  const text =
    '{\n  "id": 7,\n  "rules": [\n    {\n      "stage": 1, "plugin_id": 5, "plugin_sid": [6], "reliability": 3\n    }\n  ]\n}';
  const edited = wholeFile({ name: "f.json", text, version: "1" });
  const [one] = placedProblems([problem({ field: "rules", text: "there is only one rule" })], edited, text);
  if (one === undefined) throw new Error("not placed");
  expect(one.problem.fix?.label).toBe("Add stage 2");
  const rule = { stage: 2, plugin_id: 5, plugin_sid: [6], from: ":1", occurrence: 1, reliability: 5 };
  expect(JSON.parse(withFix(text, one)).rules[1]).toMatchObject(rule);
});
