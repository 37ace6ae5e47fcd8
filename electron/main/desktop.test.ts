import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alarmRow } from "../testing/alarm-rows.ts";
import { StandInBrowserWindow } from "../testing/browser-window.ts";
import { ConsoleServer, StandInHost, TOKEN } from "../testing/console-server.ts";
import { app, type MenuItem, standIn } from "../testing/electron.ts";
import { Desktop, type DesktopOptions } from "./desktop.ts";

let server: ConsoleServer;
let host: StandInHost;
let folder: string;
let desktop: Desktop;

beforeEach(async () => {
  standIn.reset();
  server = await ConsoleServer.start();
  host = new StandInHost(server);
  folder = mkdtempSync(join(tmpdir(), "dsiem-desktop-"));
});

afterEach(async () => {
  if (!standIn.exited) app.quit();
  await vi.waitFor(() => expect(standIn.exited).toBe(true));
  await server.close();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
});

async function run(more: Partial<DesktopOptions> = {}): Promise<void> {
  desktop = new Desktop({
    host,
    files: { renderer: folder, preload: "/p/preload.cjs", icon: "/i.png", trayIcon: "/t.png" },
    stateFile: join(folder, "desktop.json"),
    packaged: false,
    version: "1.0.0",
    platform: "linux",
    env: { XDG_CURRENT_DESKTOP: "KDE" },
    noUpdates: "This copy runs from its sources: update those.",
    loadUpdater: () => Promise.reject(new Error("never loaded")),
    ...more,
  });
  await desktop.run();
}

function window(): StandInBrowserWindow {
  const [first] = StandInBrowserWindow.all;
  if (first === undefined) throw new Error("there is no window");
  return first;
}
const sent = (channel: string) =>
  window()
    .webContents.sent.filter((message) => message.channel === channel)
    .map((message) => message.what);
const call = (name: string, ...args: unknown[]) => standIn.invoke(window().webContents, `call:${name}`, args);

function menuItem(label: string, items: readonly MenuItem[] = standIn.menu): MenuItem | undefined {
  for (const item of items) {
    if (item.label?.startsWith(label) === true) return item;
    const inside = menuItem(label, item.submenu ?? []);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

describe("the window", () => {
  it("shows the console once the services run, where it was the last time", async () => {
    writeFileSync(
      join(folder, "desktop.json"),
      JSON.stringify({ window: { x: 100, y: 50, width: 1000, height: 700, maximized: true } }),
    );
    await run();
    expect(window().bounds).toEqual({ x: 100, y: 50, width: 1000, height: 700 });
    expect(window().maximized).toBe(true);
    expect(window().webContents.getURL()).toBe("app://dsiem/index.html");
    window().bounds = { x: 1, y: 2, width: 800, height: 600 };
    window().maximized = false;
    window().close();
    const kept: unknown = JSON.parse(readFileSync(join(folder, "desktop.json"), "utf8"));
    expect(kept).toMatchObject({ window: { x: 1, y: 2, width: 800, height: 600, maximized: false } });
  });

  it("learns where its WebSocket is, and with which token, by a call only", async () => {
    await run();
    const { port } = server.address;
    expect(await call("live")).toEqual({
      value: { url: `ws://127.0.0.1:${port}/api/live`, token: TOKEN, port },
    });
    const handler = standIn.protocols.get("app");
    const answer = await handler?.(new Request("app://dsiem/api/settings"));
    expect(await answer?.json()).toEqual(server.settings);
  });

  it("comes to the front with a second start, which hands over its links", async () => {
    await run();
    window().minimized = true;
    desktop.opened([{ kind: "route", route: "/alarms/x" }]);
    expect(window()).toMatchObject({ minimized: false, focused: true });
    expect(sent("news:open")).toEqual([{ route: "/alarms/x" }]);
  });

  it("isn't there before there are services to show, whoever asks for it", async () => {
    const starting = run();
    app.emit("activate");
    expect(StandInBrowserWindow.all).toEqual([]);
    await starting;
    expect(StandInBrowserWindow.all).toHaveLength(1);
  });

  it("a link that came before the window is there waits for its page", async () => {
    const starting = run();
    desktop.opened([{ kind: "route", route: "/alarms/early" }]);
    await starting;
    expect(sent("news:open")).toEqual([{ route: "/alarms/early" }]);
  });

  it("is loaded anew when the services moved to another port, and told when they didn't", async () => {
    await run();
    host.restarted();
    expect(sent("news:restarted")).toEqual([{}]);
    const { loads } = window().webContents;
    host.moved = { ...server.address, port: 1 };
    host.restarted();
    expect(window().webContents.loads).toBe(loads + 1);
  });
});

describe("files of events", () => {
  it("are told to the page, which reads them in pieces", async () => {
    const path = join(folder, "a.ndjson");
    writeFileSync(path, '{"a":1}\n');
    await run();
    desktop.opened([{ kind: "file", path }]);
    await vi.waitFor(() => expect(sent("news:openFile")).toHaveLength(1));
    const [file] = sent("news:openFile") as { id: string; name: string; bytes: number }[];
    expect(file).toMatchObject({ name: "a.ndjson", bytes: 8 });
    expect(await call("readOpenedFile", file?.id, 0)).toEqual({ value: { text: '{"a":1}\n' } });
    expect(await call("readOpenedFile", path, 0)).toEqual({ error: "This file was closed: open it again." });
  });

  it("are chosen in the system's dialog; a folder too, and one may change one's mind", async () => {
    const path = join(folder, "b.json");
    writeFileSync(path, "[]");
    await run();
    standIn.chosenPaths = [path, folder];
    expect(await call("chooseEventsFile")).toMatchObject({ value: { name: "b.json", bytes: 2 } });
    expect(await call("chooseFolder")).toEqual({ value: folder });
    expect(await call("chooseFolder")).toEqual({ value: null });
    expect(await call("chooseEventsFile")).toEqual({ value: null });
  });

  it("that can't be opened are said so", async () => {
    await run();
    desktop.opened([{ kind: "file", path: join(folder, "none.json") }]);
    await vi.waitFor(() => expect(standIn.errorBoxes).toHaveLength(1));
    expect(standIn.errorBoxes[0]).toMatch(/^none\.json can't be opened/);
  });
});

describe("alarms", () => {
  it("new and escalated ones are notified; a click opens the alarm, the tray has the count", async () => {
    server.total = 3;
    await run();
    await vi.waitFor(() => expect(server.feeds.size).toBe(2));
    await vi.waitFor(() => expect(standIn.trays[0]?.toolTip).toBe("Dsiem Console: 3 open alarms"));
    server.change([alarmRow("a1", { created: Date.now() + 60_000, risk: 9 })], 4);
    await vi.waitFor(() => expect(standIn.notifications).toHaveLength(1));
    expect(standIn.notifications[0]?.options).toMatchObject({ title: "New alarm: risk 9", body: "Alarm a1" });
    expect(standIn.badge).toBe(4);
    window().close();
    standIn.notifications[0]?.emit("click");
    expect(sent("news:open")).toEqual([{ route: "/alarms/a1" }]);
  });

  it("the settings' threshold counts as soon as a page has changed it", async () => {
    await run();
    await vi.waitFor(() => expect(server.feeds.size).toBe(2));
    const queries = () => [...server.feeds].map((feed) => feed.params.q);
    expect(queries()).toContain("risk>=7");
    await standIn.protocols.get("app")?.(
      new Request("app://dsiem/api/settings", {
        method: "PATCH",
        body: JSON.stringify({ notifications: { enabled: true, minRisk: 3, mutedDirectives: [] } }),
      }),
    );
    await vi.waitFor(() => expect(queries()).toContain("risk>=3"));
    expect(queries()).not.toContain("risk>=7");
  });

  it("are quiet while notifications are paused, from the tray or a page", async () => {
    await run();
    const pauseItem = () => menuItem("Pause notifications for 30", standIn.trays[0]?.menu);
    pauseItem()?.click?.();
    expect(pauseItem()).toBeUndefined();
    expect(await call("notifications")).toMatchObject({ value: { supported: true } });
    expect(menuItem("Resume", standIn.trays[0]?.menu)).toBeDefined();
    expect(await call("pauseNotifications", 0)).toEqual({ value: { supported: true, pausedUntil: 0 } });
    expect(pauseItem()).toBeDefined();
  });
});

describe("the end", () => {
  it("stops the services before the program ends, once", async () => {
    await run();
    app.quit();
    app.quit();
    expect(standIn.exited).toBe(false);
    await vi.waitFor(() => expect(standIn.exited).toBe(true));
    expect(host.stops).toBe(1);
    expect(standIn.trays[0]?.destroyed).toBe(true);
  });

  it("with a tray, closing the window isn't the end, and that is said once", async () => {
    await run();
    window().close();
    expect(standIn.quits).toBe(0);
    expect(standIn.notifications[0]?.options.title).toBe("Dsiem Console goes on");
    standIn.trays[0]?.emit("click");
    window().close();
    expect(standIn.notifications).toHaveLength(1);
    app.emit("activate");
    expect(StandInBrowserWindow.all).toHaveLength(1);
  });

  it.each([
    ["a desktop that shows none", { env: { XDG_CURRENT_DESKTOP: "GNOME" } }, false],
    ["a system that refuses one", {}, true],
  ])("without a tray (%s) it is", async (_name, more, trayFails) => {
    standIn.trayFails = trayFails;
    await run(more);
    window().close();
    expect(standIn.quits).toBe(1);
  });
});

describe("services that can't be started", () => {
  it("are explained with their last lines, and tried again", async () => {
    host.failures = ["port 8080 is taken", "port 8080 is still taken"];
    standIn.boxAnswers = [{ response: 0 }, { response: 0 }];
    await run();
    expect(standIn.boxes[0]).toMatchObject({
      message: "The services can't be started: port 8080 is taken",
      detail: "the last line",
    });
    expect(standIn.boxes).toHaveLength(2);
    expect(window().webContents.loads).toBe(1);
  });

  it("end the program when a person gives up", async () => {
    host.failures = ["no disk"];
    await run();
    expect(standIn.quits).toBe(1);
    expect(StandInBrowserWindow.all).toEqual([]);
  });
});

describe("services that fail later", () => {
  it("the frontend's failure is asked about, and its next start is told to the page", async () => {
    await run();
    standIn.boxAnswers = [{ response: 0 }];
    await desktop.serviceFailed("frontend", "it failed 5 times");
    expect(standIn.boxes[0]).toMatchObject({
      message: "The frontend has failed: it failed 5 times",
      detail: "the last line",
    });
    expect(sent("news:restarted")).toEqual([{}]);
    await desktop.serviceFailed("frontend", "again");
    expect(standIn.quits).toBe(1);
  });

  it("a backend's is a notification that leads to the services", async () => {
    await run();
    await desktop.serviceFailed("backend a", "exit code 1");
    expect(standIn.notifications[0]?.options).toMatchObject({
      title: "The backend a was given up",
      body: "exit code 1",
    });
    standIn.notifications[0]?.emit("click");
    expect(sent("news:open")).toEqual([{ route: "/health" }]);
  });
});

describe("the menu", () => {
  it("goes to screens and does what shortcuts do", async () => {
    await run();
    menuItem("Health")?.click?.();
    menuItem("Close Alarm")?.click?.();
    expect(sent("news:open")).toEqual([{ route: "/health" }]);
    expect(sent("news:action")).toEqual([{ name: "close" }]);
  });

  it("opens the logs folder and saves diagnostics", async () => {
    await run();
    menuItem("Open Logs Folder")?.click?.();
    standIn.savePath = join(folder, "d.zip");
    menuItem("Save Diagnostics")?.click?.();
    await vi.waitFor(() => expect(readFileSync(standIn.savePath, "utf8")).toBe("PK of this test"));
    expect(standIn.openedPaths).toEqual([host.logsFolder]);
    standIn.openPathProblem = "no file manager";
    expect(await call("openLogs")).toEqual({
      value: { ok: false, text: `${host.logsFolder} can't be opened: no file manager.` },
    });
  });

  it("shows the keys that a person has changed", async () => {
    server.settings = { ...server.settings, shortcuts: { close: "Shift+c" } };
    await run();
    expect(menuItem("Close Alarm")).toMatchObject({ accelerator: "Shift+C", registerAccelerator: false });
  });

  it("says that a copy from sources isn't updated", async () => {
    await run();
    menuItem("Check for Updates")?.click?.();
    await vi.waitFor(() => expect(standIn.boxes).toHaveLength(1));
    expect(standIn.boxes[0]?.message).toBe("This copy runs from its sources: update those.");
    expect(await call("update", "download")).toMatchObject({ value: { kind: "off" } });
  });
});
