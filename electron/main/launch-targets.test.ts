import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fileTarget, routeOfLink, targetsOfArguments } from "./launch-targets.ts";

describe("links from elsewhere", () => {
  it.each([
    ["dsiem://alarm/Vq3x_-9", "/alarms/Vq3x_-9"],
    ["DSIEM://alarm/abc/", "/alarms/abc"],
    ["dsiem://backlog/dsiem-backend-0/b1", "/backlogs/dsiem-backend-0/b1"],
    ["dsiem://health", "/health"],
  ])("%s leads to %s", (link, route) => expect(routeOfLink(link)).toBe(route));

  it.each([
    "dsiem://alarm/",
    "dsiem://alarm/../../etc",
    "dsiem://alarm/%2e%2e",
    "dsiem://alarm/a?b=c",
    "dsiem://alarm/a#/settings",
    `dsiem://alarm/${"a".repeat(65)}`,
    "dsiem://alarm/a\nb",
    "dsiem://start",
    "dsiem://settings/erase",
    "dsiem://javascript:alert(1)",
    "https://alarm/a",
    "dsiem:alarm/a",
    "",
  ])("%j leads nowhere", (link) => expect(routeOfLink(link)).toBeUndefined());
});

describe("the arguments of a start", () => {
  it("are links and files of events, in order", () => {
    const args = ["--demo", "a.ndjson", "dsiem://alarm/x", "--data-dir", "profile.json", "b/c.JSON", "notes.txt", "."];
    expect(targetsOfArguments(args, "/data")).toEqual([
      { kind: "file", path: resolve("/data/a.ndjson") },
      { kind: "route", route: "/alarms/x" },
      { kind: "file", path: resolve("/data/b/c.JSON") },
    ]);
  });

  it("a file is one by its name", () => {
    expect(fileTarget("a.exe", "/")).toBeUndefined();
    expect(fileTarget("/x/a.json", "/data")).toEqual({ kind: "file", path: resolve("/x/a.json") });
  });
});
