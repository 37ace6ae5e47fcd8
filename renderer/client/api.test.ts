import { describe, expect, it } from "vitest";
import { pathOf } from "./api.ts";
import { errorOf } from "./api-error.ts";

describe("the path of a request", () => {
  it("has its parameters and values escaped", () => {
    expect(pathOf("GET /alarms/:id", { params: { id: "a/b" } })).toBe("/alarms/a%2Fb");
    expect(pathOf("GET /backlogs/:node/:id", { params: { node: "be 0", id: "x" } })).toBe("/backlogs/be%200/x");
    expect(pathOf("GET /alarms", { query: { q: "risk>=7", limit: 5, cursor: undefined } })).toBe(
      "/alarms?q=risk%3E%3D7&limit=5",
    );
  });
  it("keeps an empty query apart from none: it finds everything", () => {
    expect(pathOf("GET /alarms", { query: { q: "" } })).toBe("/alarms?q=");
  });
});

describe("an error's answer", () => {
  it("is the server's sentence with its place", () => {
    expect(errorOf(400, { error: "No.", column: 2, length: 3 })).toMatchObject({
      message: "No.",
      column: 2,
      length: 3,
    });
  });
  it("of somebody else in between says only its status", () => {
    expect(errorOf(502, "<html>").message).toContain("502");
    expect(errorOf(502, undefined).status).toBe(502);
  });
});
