import { expect, it } from "vitest";
import { fittedBounds } from "./window-bounds.ts";

const FIRST = { x: 0, y: 25, width: 1920, height: 1055 };
const RIGHT = { x: 1920, y: 0, width: 2560, height: 1440 };

it("comes up in the middle of the first display, and no larger than it", () => {
  expect(fittedBounds(undefined, [FIRST, RIGHT])).toEqual({ x: 240, y: 103, width: 1440, height: 900 });
  expect(fittedBounds(undefined, [{ x: 0, y: 0, width: 1280, height: 700 }])).toEqual({
    x: 0,
    y: 0,
    width: 1280,
    height: 700,
  });
});

it("comes up where it was", () => {
  const saved = { x: 2000, y: 100, width: 1600, height: 1000 };
  expect(fittedBounds(saved, [FIRST, RIGHT])).toEqual(saved);
});

it("comes back from a display that is gone, whole", () => {
  expect(fittedBounds({ x: 3000, y: 1200, width: 1600, height: 1200 }, [FIRST])).toEqual({
    x: 320,
    y: 25,
    width: 1600,
    height: 1055,
  });
  expect(fittedBounds({ x: -5000, y: -5000, width: 10, height: 10 }, [FIRST])).toEqual({
    x: 0,
    y: 25,
    width: 720,
    height: 480,
  });
});

it("goes to the display that showed most of it", () => {
  const straddling = { x: 1800, y: 100, width: 1000, height: 800 };
  expect(fittedBounds(straddling, [FIRST, RIGHT])).toEqual({ x: 1920, y: 100, width: 1000, height: 800 });
});

it("has no display at all where there is none", () => {
  expect(fittedBounds(undefined, [])).toEqual({ x: 0, y: 0, width: 1440, height: 900 });
});
