import { describe, expect, it } from "vitest";
import { changeSearch, parseHash, writeHash } from "./hash-location.ts";

describe("the address of a view", () => {
  it("has its path and its query in the hash", () => {
    expect(parseHash("#/alarms?q=risk>=7&sort=-risk")).toEqual({ path: "/alarms", search: "q=risk>=7&sort=-risk" });
    expect(parseHash("#/alarms")).toEqual({ path: "/alarms", search: "" });
    expect(parseHash("")).toEqual({ path: "/", search: "" });
    expect(writeHash("/alarms", "q=a")).toBe("#/alarms?q=a");
  });
  it("brings back any query that was put into it", () => {
    for (const q of ['tag:"False Positive" -src:10.0.0.0/8', "100% & more", "a=b?c#d", "title~brute+force", "ä 検"]) {
      expect(new URLSearchParams(changeSearch("t=24h", { q })).get("q")).toBe(q);
    }
  });
  it("keeps what isn't changed and takes out what is undefined", () => {
    expect(changeSearch("q=a&sel=1&t=7d", { sel: undefined, q: "b" })).toBe("q=b&t=7d");
  });
});
