import { expect, test } from "vitest";
import { jsonPicture } from "./json-lines.ts";

function text(value: unknown): string {
  return jsonPicture(value)
    .lines.map(({ indent, tokens }) => "  ".repeat(indent) + tokens.map((token) => token.text).join(""))
    .join("\n");
}

test.each([
  [{ a: 1, b: "x", c: null, d: [], e: {}, f: [true, { g: "h" }] }],
  ["alone"],
  [[1, 2, [3]]],
  [{ 'quo"te': "line\nbreak \u001b[31m" }],
])("%j is written as JSON.stringify writes it", (value) => {
  expect(text(value)).toBe(JSON.stringify(value, null, 2));
});

test("fields without a value are left out", () => {
  expect(text({ a: undefined, b: 1 })).toBe(JSON.stringify({ b: 1 }, null, 2));
});

test("a text of 256 kB is cut and says so", () => {
  const [, line] = jsonPicture({ a: "x".repeat(262_144) }).lines;
  expect(line?.tokens.map(({ text }) => text.length).reduce((a, b) => a + b)).toBeLessThan(1_100);
  expect(line?.tokens.find(({ part }) => part === "cut")?.text).toBe("… 261,144 more characters");
});

test("a hundred thousand entries are cut and counted", () => {
  const picture = jsonPicture(Array.from({ length: 100_000 }, (_, index) => index));
  expect(picture.lines).toHaveLength(4_000);
  expect(picture.more).toBe(100_002 - 4_000);
});
