import { expect, it } from "vitest";
import { explanationNotes } from "./explanation-notes.ts";

it("says of which moment an explanation is, and who is missing in it", () => {
  expect(explanationNotes({ basis: "now", silent: [] })).toEqual([]);
  expect(explanationNotes({ basis: "now", silent: ["be1", "be2"], caveat: "Said of now." })).toEqual([
    "Said of now.",
    "Without be1, be2: no answer came from there.",
  ]);
  expect(explanationNotes({ basis: "then", silent: [], replayed: 1200 })).toEqual([
    "Said of the moment at which it came: 1,200 retained events were replayed, and the backlogs numbered anew.",
  ]);
});
