import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SHORTCUTS } from "../ui/shortcut-keys.ts";
import { PARTS_USED } from "./parts-used.ts";
import { keyConflict, withKeys } from "./shortcut-changes.ts";
import { checkTemplate } from "./templates.ts";

test("the usual keys conflict with nothing", () => {
  expect(SHORTCUTS.map(({ action, keys }) => keyConflict({}, action, keys)).filter((why) => why !== undefined)).toEqual(
    [],
  );
});

test("keys of another action, the first of two keys, and the browser's own are refused", () => {
  expect(keyConflict({}, "close", "s")).toBe("s is “Set the status” already.");
  expect(keyConflict({}, "close", "g")).toBe("g begins “Overview” (g o).");
  expect(keyConflict({}, "close", "s x")).toBe("s alone is “Set the status”, so nothing can follow it.");
  expect(keyConflict({}, "close", "Mod+w")).toBe("Mod+w belongs to the browser.");
  expect(keyConflict({}, "close", "g c")).toBeUndefined();
});

test("keys that were taken from an action are free", () => {
  expect(keyConflict({ status: "z" }, "close", "s")).toBeUndefined();
  expect(keyConflict({ status: "" }, "close", "s")).toBeUndefined();
  expect(keyConflict({ status: "z" }, "close", "z")).toBe("z is “Set the status” already.");
});

test("only what differs from the usual keys is kept", () => {
  expect(withKeys({}, "close", "z")).toEqual({ close: "z" });
  expect(withKeys({ close: "z", take: "y" }, "close", "c")).toEqual({ take: "y" });
});

test("a template is tried with an example before it is kept", () => {
  expect(checkTemplate(" ")).toEqual({ kind: "none" });
  expect(checkTemplate("https://kibana.example/app?q={alarm_id}")).toEqual({
    kind: "ok",
    example: "https://kibana.example/app?q=m2Xd8_Lqe",
  });
  expect(checkTemplate("https://kibana.example/?q={alarm}")).toMatchObject({
    kind: "wrong",
    why: expect.stringContaining("{alarm}"),
  });
  expect(checkTemplate("javascript:alert({title})")).toMatchObject({
    kind: "wrong",
    why: expect.stringContaining("http"),
  });
});

test("licences are those of the installed packages", () => {
  const installed = PARTS_USED.map((part) => {
    const file = new URL(`../../node_modules/${part.package}/package.json`, import.meta.url);
    const { license } = JSON.parse(readFileSync(file, "utf8")) as { license?: string };
    return [part.package, license];
  });
  expect(installed).toEqual(PARTS_USED.map((part) => [part.package, part.licence]));
});
