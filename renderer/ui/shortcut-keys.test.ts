import { describe, expect, it } from "vitest";
import { actionFor, combinationOf, keyCaps, keysByAction, SHORTCUTS } from "./shortcut-keys.ts";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const all = () => true;

describe("keys", () => {
  it("are written as people read them", () => {
    expect(combinationOf({ ...plain, key: "f" }, false)).toBe("f");
    expect(combinationOf({ ...plain, key: "F", shiftKey: true }, false)).toBe("Shift+f");
    expect(combinationOf({ ...plain, key: "k", ctrlKey: true }, false)).toBe("Mod+k");
    expect(combinationOf({ ...plain, key: "k", metaKey: true }, true)).toBe("Mod+k");
    expect(combinationOf({ ...plain, key: "k", ctrlKey: true }, true)).toBe("Ctrl+k");
    expect(combinationOf({ ...plain, key: "?", shiftKey: true }, false)).toBe("?");
    expect(combinationOf({ ...plain, key: "Shift", shiftKey: true }, false)).toBeUndefined();
  });
  it("come one after the other", () => {
    const keys = keysByAction({});
    expect(actionFor(keys, undefined, "g", all)).toBe("waiting");
    expect(actionFor(keys, "g", "a", all)).toEqual({ action: "go.alarms" });
    expect(actionFor(keys, "g", "z", all)).toBeUndefined();
    expect(actionFor(keys, undefined, "j", all)).toEqual({ action: "row.next" });
  });
  it("do nothing where nobody handles them", () => {
    expect(actionFor(keysByAction({}), undefined, "j", (action) => action !== "row.next")).toBeUndefined();
  });
  it("can be remapped", () => {
    const keys = keysByAction({ close: "e" });
    expect(actionFor(keys, undefined, "e", all)).toEqual({ action: "close" });
    expect(actionFor(keys, undefined, "c", all)).toBeUndefined();
  });
  it("mean one thing each, and none is the beginning of another", () => {
    const keys = SHORTCUTS.map((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const one of keys) expect(keys.some((other) => other.startsWith(`${one} `))).toBe(false);
  });
  it("are shown as caps", () => {
    expect(keyCaps("g a", false)).toEqual(["g", "a"]);
    expect(keyCaps("Mod+k", false)).toEqual(["Ctrl K"]);
    expect(keyCaps("Mod+k", true)).toEqual(["⌘ K"]);
  });
});
