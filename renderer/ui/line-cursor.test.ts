import { expect, test } from "vitest";
import { nextCursor } from "./line-cursor.ts";

/** A head at 0 and 4; lines between and after. */
const stops = (index: number): boolean => index !== 0 && index !== 4;
const press = (key: string, at: number, more = {}): number | undefined =>
  nextCursor({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more }, at, 8, stops);

test.each([
  ["ArrowDown", -1, 1],
  ["j", 1, 2],
  ["j", 3, 5],
  ["ArrowUp", 5, 3],
  ["k", 1, undefined],
  ["k", -1, 1],
  ["ArrowDown", 7, undefined],
  ["Home", 6, 1],
  ["End", -1, 7],
  ["PageDown", 2, 7],
  ["PageUp", 6, 1],
  ["x", 2, undefined],
] as const)("%s at %s goes to %s", (key, at, to) => {
  expect(press(key, at)).toBe(to);
});

test("with a modifier it is somebody else's", () => {
  expect(press("j", 1, { ctrlKey: true })).toBeUndefined();
});
