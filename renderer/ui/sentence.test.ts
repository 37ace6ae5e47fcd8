import { expect, it } from "vitest";
import { sentenceText } from "./sentence.ts";

it("makes a sentence of what was said in passing, and leaves a sentence alone", () => {
  expect(sentenceText("it failed 5 times")).toBe("It failed 5 times.");
  expect(sentenceText("It stopped.")).toBe("It stopped.");
});
