import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { UpdateState } from "../../engine/contract/desktop.ts";
import { Updates } from "./updates.ts";

/** electron-updater's part: events first, then its promises. */
class StandInUpdater extends EventEmitter {
  autoDownload = true;
  autoInstallOnAppQuit = false;
  newest: string | undefined = "2.0.0";
  checks = 0;
  downloads = 0;
  fails = false;

  async checkForUpdates(): Promise<void> {
    this.checks++;
    if (this.fails) throw new Error("no network");
    if (this.newest === undefined) this.emit("update-not-available");
    else this.emit("update-available", { version: this.newest });
  }
  async downloadUpdate(): Promise<void> {
    this.downloads++;
    this.emit("download-progress", { percent: 42.7 });
    this.emit("update-downloaded", { version: this.newest });
  }
  quitAndInstall(): void {
    order.push("installed");
  }
}

let updater: StandInUpdater;
let told: UpdateState[];
let updates: Updates;
/** What happened before and at the installation. */
let order: string[];

beforeEach(() => {
  vi.useFakeTimers();
  updater = new StandInUpdater();
  told = [];
  order = [];
  updates = new Updates({
    never: undefined,
    load: async () => updater,
    beforeInstall: async () => order.push("services stopped"),
    told: (state) => told.push(state),
  });
});
afterEach(() => {
  updates.close();
  vi.useRealTimers();
});

it("looks a minute after the start and then daily, says so, and downloads nothing by itself", async () => {
  updates.setWanted(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(updates.state).toEqual({ kind: "available", version: "2.0.0" });
  expect([updater.autoDownload, updater.downloads]).toEqual([false, 0]);
  updater.newest = undefined;
  await updates.ask("check");
  expect(updater.checks).toBe(1);
  await vi.advanceTimersByTimeAsync(24 * 60 * 60 * 1000);
  expect(updater.checks).toBe(1);
});

it("downloads and installs when it is asked to, in that order only", async () => {
  updates.setWanted(true);
  expect((await updates.ask("download")).kind).toBe("idle");
  await updates.ask("check");
  expect((await updates.ask("install")).kind).toBe("available");
  expect(await updates.ask("download")).toEqual({ kind: "ready", version: "2.0.0" });
  expect(told.slice(-3)).toEqual([
    { kind: "downloading", version: "2.0.0", percent: 0 },
    { kind: "downloading", version: "2.0.0", percent: 42 },
    { kind: "ready", version: "2.0.0" },
  ]);
  await updates.ask("install");
  expect(updater.downloads).toBe(1);
  expect(order).toEqual(["services stopped", "installed"]);
});

it("turned off, it looks for nothing and says why", async () => {
  updates.setWanted(true);
  updates.setWanted(false);
  await vi.advanceTimersByTimeAsync(48 * 60 * 60 * 1000);
  expect(await updates.ask("check")).toEqual({
    kind: "off",
    why: "Looking for updates is turned off in the settings.",
  });
  expect(updater.checks).toBe(0);
});

it("a failure is said, and the next day it looks again", async () => {
  updater.fails = true;
  updates.setWanted(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(updates.state).toEqual({ kind: "failed", error: "no network" });
  updater.fails = false;
  updater.newest = undefined;
  await vi.advanceTimersByTimeAsync(24 * 60 * 60 * 1000);
  expect(updates.state).toEqual({ kind: "idle" });
});

it("a copy from sources never loads the updater", async () => {
  const load = vi.fn(async () => updater);
  const never = "This copy runs from its sources: update those.";
  const fromSources = new Updates({ never, load, beforeInstall: async () => undefined, told: () => undefined });
  fromSources.setWanted(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await fromSources.ask("check")).toEqual({ kind: "off", why: never });
  expect(load).not.toHaveBeenCalled();
});
