import type { WebContents } from "electron";
import { beforeEach, describe, expect, it } from "vitest";
import { DESKTOP_CALLS, DESKTOP_NEWS } from "../../engine/contract/desktop.ts";
import { StandInWebContents } from "../testing/browser-window.ts";
import { standIn } from "../testing/electron.ts";
import { type CallHandlers, handleCalls, tell } from "./ipc.ts";

const asked: unknown[][] = [];
const note =
  (name: string) =>
  (...args: unknown[]) => {
    asked.push([name, ...args]);
    return { ok: true, text: "" };
  };

const HANDLERS: CallHandlers = {
  live: () => ({ url: "ws://127.0.0.1:1/api/live", token: "t", port: 1 }),
  chooseFolder: () => null,
  chooseEventsFile: () => null,
  readOpenedFile: () => {
    throw new Error("This file was closed.");
  },
  openExternal: note("openExternal"),
  connect: note("connect"),
  notifications: () => ({ supported: true, pausedUntil: 0 }),
  pauseNotifications: () => ({ supported: true, pausedUntil: 0 }),
  saveDiagnostics: note("saveDiagnostics"),
  openLogs: note("openLogs"),
  update: () => ({ kind: "idle" }),
};

let page: StandInWebContents;
beforeEach(() => {
  standIn.reset();
  asked.splice(0);
  page = new StandInWebContents();
  page.load("app://dsiem/index.html");
  const ours = page.id;
  handleCalls(HANDLERS, (contents: WebContents) => contents.id === ours);
});

const REFUSED = { error: "This page may not ask the desktop for anything." };

describe("every channel of the contract", () => {
  it.each(Object.keys(DESKTOP_CALLS))("%s is handled, and answers our own page only", async (name) => {
    const channel = `call:${name}`;
    const stranger = new StandInWebContents();
    stranger.load("app://dsiem/index.html");
    expect(await standIn.invoke(stranger, channel, [])).toEqual(REFUSED);
    // A frame in our page, whatever it shows; a frame that is gone; our page gone elsewhere.
    expect(await standIn.invoke(page, channel, [], { url: "app://dsiem/index.html" })).toEqual(REFUSED);
    expect(await standIn.invoke(page, channel, [], null)).toEqual(REFUSED);
    for (const url of ["https://app//dsiem", "app://dsiem.evil/", "app://user@dsiem/", "data:text/html,x", ""]) {
      page.mainFrame.url = url;
      expect(await standIn.invoke(page, channel, [])).toEqual(REFUSED);
    }
    expect(asked).toEqual([]);
  });

  it("there is none beside them", () => {
    expect([...standIn.invoked.keys()].sort()).toEqual(
      Object.keys(DESKTOP_CALLS)
        .map((name) => `call:${name}`)
        .sort(),
    );
  });
});

describe("arguments", () => {
  it.each([
    ["openExternal", []],
    ["openExternal", [1]],
    ["openExternal", ["a", "b"]],
    ["openExternal", ["x".repeat(8193)]],
    ["openExternal", [{ toString: "x" }]],
    ["pauseNotifications", [-1]],
    ["pauseNotifications", [1e9]],
    ["readOpenedFile", ["id", Number.NaN]],
    ["readOpenedFile", ["id", 0.5]],
    ["update", ["uninstall"]],
    ["live", ["extra"]],
  ])("%s(%j) is refused", async (name, args) => {
    expect(await standIn.invoke(page, `call:${name}`, args)).toEqual({
      error: `The desktop was asked for ${name} with arguments that make no sense.`,
    });
  });

  it("that make sense are handed on, and what is thrown becomes a sentence", async () => {
    expect(await standIn.invoke(page, "call:connect", ["https://a.example", ""])).toEqual({
      value: { ok: true, text: "" },
    });
    expect(asked).toEqual([["connect", "https://a.example", ""]]);
    expect(await standIn.invoke(page, "call:readOpenedFile", ["id", 0])).toEqual({ error: "This file was closed." });
  });
});

describe("news", () => {
  it("are held to the contract", () => {
    const contents = page as unknown as WebContents;
    tell(contents, "open", { route: "/alarms" });
    expect(page.sent).toEqual([{ channel: "news:open", what: { route: "/alarms" } }]);
    const wrong = { route: 1 } as unknown as { route: string };
    expect(() => tell(contents, "open", wrong)).toThrow();
    page.destroyed = true;
    tell(contents, "open", { route: "/alarms" });
    expect(page.sent).toHaveLength(1);
    expect(Object.keys(DESKTOP_NEWS)).toContain("open");
  });
});
