import type { BrowserWindow } from "electron";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StandInBrowserWindow } from "../testing/browser-window.ts";
import { app, powerMonitor, standIn } from "../testing/electron.ts";
import { quitWithParent } from "./parent-watch.ts";
import { quitInOrder } from "./quit.ts";
import { reviveRenderer } from "./renderer-crash.ts";
import { becomeOnlyInstance } from "./single-instance.ts";
import { hasTray } from "./tray.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

beforeEach(() => standIn.reset());
afterEach(() => {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
});

describe("quitting", () => {
  it.each([
    ["a menu", () => app.quit()],
    ["a signal", () => process.emit("SIGTERM", "SIGTERM")],
    ["the machine's shutdown", () => powerMonitor.emit("shutdown", { preventDefault: () => undefined })],
  ])("asked by %s, stops the services first", async (_name, ask) => {
    const stopped = Promise.withResolvers<void>();
    const stop = vi.fn(() => stopped.promise);
    quitInOrder(stop);
    ask();
    ask();
    expect([stop.mock.calls.length, standIn.exited]).toEqual([1, false]);
    stopped.resolve();
    await vi.waitFor(() => expect(standIn.exited).toBe(true));
  });

  it("ends all the same when the stop fails, or takes too long", async () => {
    quitInOrder(() => Promise.reject(new Error("no")));
    app.quit();
    await vi.waitFor(() => expect(standIn.exited).toBe(true));
    standIn.reset();
    quitInOrder(() => new Promise(() => undefined), 30);
    app.quit();
    await vi.waitFor(() => expect(standIn.exited).toBe(true));
  });
});

it("a program that npm start has started ends with it, and one started by hand doesn't look", async () => {
  let parent = 42;
  quitWithParent(undefined, () => 1, 5);
  quitWithParent("42", () => parent, 5);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(standIn.quits).toBe(0);
  parent = 1;
  await vi.waitFor(() => expect(standIn.quits).toBe(1));
});

describe("a second start", () => {
  const opened: unknown[] = [];
  beforeEach(() => opened.splice(0));

  it("hands over what it was asked to open and ends", () => {
    standIn.hasLock = false;
    expect(becomeOnlyInstance(["dsiem://alarm/a"], "/", (targets) => opened.push(targets))).toBe(false);
    expect(opened).toEqual([]);
  });

  it("is told to the first one, even when there is nothing to open", () => {
    expect(becomeOnlyInstance(["--demo"], "/", (targets) => opened.push(targets))).toBe(true);
    expect(opened).toEqual([]);
    app.emit("second-instance", {}, ["/usr/bin/dsiem-console", "--flag", "dsiem://alarm/b", "e.json"], "/home/user");
    app.emit("second-instance", {}, ["/usr/bin/dsiem-console"], "/");
    expect(opened).toEqual([
      [
        { kind: "route", route: "/alarms/b" },
        { kind: "file", path: "/home/user/e.json" },
      ],
      [],
    ]);
  });

  it("macOS hands links and files over by events; those that lead nowhere are dropped", () => {
    becomeOnlyInstance(["dsiem://alarm/first"], "/", (targets) => opened.push(targets));
    const event = { preventDefault: vi.fn() };
    app.emit("open-url", event, "dsiem://alarm/c");
    app.emit("open-url", event, "dsiem://settings/erase");
    app.emit("open-file", event, "/e.ndjson");
    app.emit("open-file", event, "/e.app");
    expect(opened).toEqual([
      [{ kind: "route", route: "/alarms/first" }],
      [{ kind: "route", route: "/alarms/c" }],
      [{ kind: "file", path: "/e.ndjson" }],
    ]);
    expect(event.preventDefault).toHaveBeenCalledTimes(4);
  });
});

describe("a page whose process dies", () => {
  let window: StandInBrowserWindow;
  let now = 0;
  const crash = (reason = "crashed") => window.webContents.emit("render-process-gone", {}, { reason, exitCode: 139 });

  beforeEach(() => {
    now = 0;
    window = new StandInBrowserWindow({});
    window.webContents.load("app://dsiem/index.html");
    reviveRenderer(window as unknown as BrowserWindow, () => now);
  });

  it("is loaded again, at most twice a minute without asking", async () => {
    crash("clean-exit");
    expect(window.webContents.loads).toBe(1);
    crash();
    crash();
    expect(window.webContents.loads).toBe(3);
    standIn.boxAnswers = [{ response: 0 }];
    crash("oom");
    await vi.waitFor(() => expect(window.webContents.loads).toBe(4));
    expect(standIn.boxes[0]?.detail).toContain("Cause: oom, exit code 139.");
    crash();
    await vi.waitFor(() => expect(window.isDestroyed()).toBe(true));
  });

  it("now and then is no reason to ask", () => {
    for (let i = 0; i < 10; i++) {
      now += 40_000;
      crash();
    }
    expect(window.webContents.loads).toBe(11);
    expect(standIn.boxes).toEqual([]);
  });

  it("that doesn't react is waited for or loaded again, as a person says", async () => {
    standIn.boxAnswers = [{ response: 0 }, { response: 1 }];
    window.emit("unresponsive");
    window.emit("unresponsive");
    await vi.waitFor(() => expect(standIn.boxes).toHaveLength(1));
    expect(window.webContents.loads).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    window.emit("unresponsive");
    await vi.waitFor(() => expect(window.webContents.loads).toBeGreaterThan(1));
  });
});

it("a tray is there where the desktop shows one", () => {
  expect([hasTray("win32", {}), hasTray("darwin", {})]).toEqual([true, true]);
  const linux = (desktop?: string) => hasTray("linux", desktop === undefined ? {} : { XDG_CURRENT_DESKTOP: desktop });
  expect([linux("KDE"), linux("ubuntu:GNOME"), linux("X-Cinnamon")]).toEqual([true, true, true]);
  expect([linux("GNOME"), linux("sway"), linux()]).toEqual([false, false, false]);
});
