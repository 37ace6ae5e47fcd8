import { expect, it } from "vitest";
import { readSelected, readView, usualQuery } from "./view.ts";

it("shows what isn't done, of the last day, the newest first, unless the address says otherwise", () => {
  expect(readView(new URLSearchParams(), "Closed")).toEqual({
    q: "-status:Closed",
    sort: "-updated",
    range: { kind: "last", seconds: 86_400 },
    open: undefined,
  });
});
it("takes an empty query for everything", () => {
  expect(readView(new URLSearchParams("q="), "Closed").q).toBe("");
});
it("quotes a status of more than one word", () => {
  expect(usualQuery("All done")).toBe('-status:"All done"');
});
it("reads the selection", () => {
  expect(readSelected(new URLSearchParams("x=a,b"))).toEqual(["a", "b"]);
  expect(readSelected(new URLSearchParams())).toEqual([]);
});
