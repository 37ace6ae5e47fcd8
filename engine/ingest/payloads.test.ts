import { expect, test } from "vitest";
import { Payloads } from "./payloads.ts";

function textsOf(ascii: boolean, texts: readonly string[]): string[] {
  const payloads = new Payloads(ascii);
  for (const text of texts) payloads.add(text);
  return payloads.buffers().map((buffer) => buffer.toString());
}

test("cuts a long text into the events it was made of", () => {
  const texts = Array.from({ length: 3000 }, (_, i) => `{"n":${i},"x":"${"y".repeat(i % 200)}"}`);
  expect(textsOf(true, texts)).toEqual(texts);
  expect(textsOf(true, [])).toEqual([]);
  expect(textsOf(true, ["{}"])).toEqual(["{}"]);
});

test("keeps text beyond ASCII", () => {
  const texts = ["✓", "ï", "a", "🦊"];
  expect(textsOf(false, texts)).toEqual(texts);
});
