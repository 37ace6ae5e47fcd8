import { describe, expect, it } from "vitest";
import { fieldTerm, quoteValue, splitTerms, valuesOf, withTerm, withValue } from "./query-terms.ts";

describe("the terms of a query", () => {
  it("are split between blanks, not inside of quotes, parentheses and alternatives", () => {
    expect(splitTerms('risk>=7 -tag:"False Positive"  (a OR b) status:Open | Closed')).toEqual([
      "risk>=7",
      '-tag:"False Positive"',
      "(a OR b)",
      "status:Open|Closed",
    ]);
    expect(splitTerms('title:"a \\" b" c')).toEqual(['title:"a \\" b"', "c"]);
    expect(splitTerms("a AND b")).toEqual(["a", "b"]);
    expect(splitTerms("  ")).toEqual([]);
  });
  it("are one where OR stands at the top", () => {
    expect(splitTerms("a OR b c")).toEqual(["a OR b c"]);
  });
  it("are taken apart into field, operator and values", () => {
    expect(fieldTerm('-tag:"False Positive"|Other')).toEqual({
      not: true,
      field: "tag",
      operator: ":",
      values: ["False Positive", "Other"],
    });
    expect(fieldTerm("risk>=7")).toEqual({ not: false, field: "risk", operator: ">=", values: ["7"] });
    expect(fieldTerm("ip:2001:db8::1")?.values).toEqual(["2001:db8::1"]);
    expect(fieldTerm("brute")).toBeUndefined();
    expect(fieldTerm("(a OR b)")).toBeUndefined();
  });
  it("quote what would mean something else", () => {
    expect(["Open", "10.0.0.0/8", "a b", 'q"q', "-x", "a*", "x|y"].map(quoteValue)).toEqual([
      "Open",
      "10.0.0.0/8",
      '"a b"',
      '"q\\"q"',
      '"-x"',
      '"a\\*"',
      '"x|y"',
    ]);
  });
});

describe("a value of a facet", () => {
  it("joins the others of its field that are wanted", () => {
    expect(withValue("", "status", "Open", "include")).toBe("status:Open");
    expect(withValue("risk>=7 status:Open", "status", "In-Progress", "include")).toBe(
      "risk>=7 status:Open|In-Progress",
    );
    expect(withValue("status:Open|In-Progress", "status", "Open", "neither")).toBe("status:In-Progress");
    expect(withValue("status:Open", "status", "Open", "neither")).toBe("");
  });
  it("is shut out by a term of its own", () => {
    expect(withValue("", "tag", "False Positive", "exclude")).toBe('-tag:"False Positive"');
    expect(withValue("status:Open", "status", "Open", "exclude")).toBe("-status:Open");
  });
  it("keeps a query with OR together", () => {
    expect(withValue("a OR b", "status", "Open", "include")).toBe("(a OR b) status:Open");
    expect(withTerm("a OR b", "c")).toBe("(a OR b) c");
  });
  it("comes back out of the query that it was put into", () => {
    for (const value of ["a b", 'q"\\q', "2001:db8::1", "x|y", "*", "(z)"]) {
      const query = withValue("risk>=7", "tag", value, "include");
      expect(valuesOf(query, "tag").included).toEqual(new Set([value]));
      expect(splitTerms(query)).toHaveLength(2);
    }
  });
});
