import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StandInBrowserWindow } from "../testing/browser-window.ts";
import { ConsoleServer, StandInHost } from "../testing/console-server.ts";
import { app, session, standIn } from "../testing/electron.ts";
import { Desktop } from "./desktop.ts";
import { APP_SCHEME_PRIVILEGES } from "./protocol.ts";

// Electron's security checklist (electronjs.org/docs/latest/tutorial/security), point by point, against the program as it
// is put together. Points that a test can't see stand here with the place that settles them.

let server: ConsoleServer;
let folder: string;

beforeEach(async () => {
  standIn.reset();
  server = await ConsoleServer.start();
  folder = mkdtempSync(join(tmpdir(), "dsiem-security-"));
});

afterEach(async () => {
  app.quit();
  await vi.waitFor(() => expect(standIn.exited).toBe(true));
  await server.close();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
});

async function run(packaged = true): Promise<StandInBrowserWindow> {
  await new Desktop({
    host: new StandInHost(server),
    files: { renderer: folder, preload: "/p/preload.cjs", icon: "/i.png", trayIcon: "/t.png" },
    stateFile: join(folder, "desktop.json"),
    packaged,
    version: "1.0.0",
    platform: "linux",
    env: {},
    noUpdates: "This copy never updates.",
    loadUpdater: () => Promise.reject(new Error("no network in this test")),
  }).run();
  const [window] = StandInBrowserWindow.all;
  if (window === undefined) throw new Error("there is no window");
  return window;
}

/** The console's window, and one with a console elsewhere. */
async function bothWindows(): Promise<{ own: StandInBrowserWindow; remote: StandInBrowserWindow }> {
  const own = await run();
  await standIn.invoke(own.webContents, "call:connect", ["https://siem.example.com/x", "remote-token"]);
  const remote = StandInBrowserWindow.all[1];
  if (remote === undefined) throw new Error("there is no remote window");
  return { own, remote };
}

const FOREIGN = [
  "https://evil.example/",
  "file:///etc/passwd",
  "data:text/html,x",
  "javascript:alert(1)",
  "about:blank",
];

describe("the checklist", () => {
  it("1, 18: nothing is loaded from elsewhere: pages come over a scheme of our own, not from file:", async () => {
    const own = await run();
    expect(own.webContents.getURL()).toMatch(/^app:\/\/dsiem\//);
    expect([...standIn.protocols.keys()]).toEqual(["app"]);
    expect(APP_SCHEME_PRIVILEGES).toEqual({
      scheme: "app",
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    });
  });

  it("2, 3, 4, 6, 8, 9, 11: no Node in pages, isolated, sandboxed, web security on, no experiments", async () => {
    const { own, remote } = await bothWindows();
    for (const { options } of [own, remote]) {
      expect(options.webPreferences).toMatchObject({
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        contextIsolation: true,
        sandbox: true,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        devTools: false,
      });
      expect(options.webPreferences).not.toHaveProperty("enableBlinkFeatures");
    }
    expect(remote.options.webPreferences).not.toHaveProperty("preload");
  });

  it("devtools are there only while it isn't packaged", async () => {
    expect((await run(false)).options.webPreferences?.devTools).toBe(true);
  });

  it("5: permissions, devices and screen capture are denied, but for copying by our own page", async () => {
    await bothWindows();
    const remoteSession = standIn.sessions.get("console https://siem.example.com");
    for (const held of [session.defaultSession.held, remoteSession?.held]) {
      const ask = (permission: string, requestingUrl: string) => {
        let granted: boolean | undefined;
        held?.permissionRequest?.({}, permission, (answer) => (granted = answer), { requestingUrl });
        const check = held?.permissionCheck?.({ getURL: () => requestingUrl }, permission);
        expect(check).toBe(granted);
        return granted;
      };
      for (const permission of [
        "media",
        "geolocation",
        "notifications",
        "openExternal",
        "midi",
        "hid",
        "clipboard-read",
      ]) {
        expect(ask(permission, "app://dsiem/index.html")).toBe(false);
        expect(ask(permission, "https://siem.example.com/ui/")).toBe(false);
      }
      expect(ask("clipboard-sanitized-write", "https://evil.example/")).toBe(false);
      expect(held?.permissionCheck?.(null, "clipboard-sanitized-write")).toBe(false);
      expect(held?.devicePermission?.()).toBe(false);
      expect(held?.displayMedia).toBeNull();
    }
    const own = session.defaultSession.held;
    expect(own.permissionCheck?.({ getURL: () => "app://dsiem/index.html" }, "clipboard-sanitized-write")).toBe(true);
  });

  it("7: a policy that begins with nothing", async () => {
    await run();
    const answer = await standIn.protocols.get("app")?.(new Request("app://dsiem/none"));
    const policy = answer?.headers.get("content-security-policy") ?? "";
    expect(policy.startsWith("default-src 'none'; ")).toBe(true);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it("12: no page embeds a browser", async () => {
    const { own, remote } = await bothWindows();
    expect(own.webContents.attachWebview()).toBe(false);
    expect(remote.webContents.attachWebview()).toBe(false);
  });

  it("13: no page goes elsewhere, by itself, in a frame or by a redirect", async () => {
    const { own, remote } = await bothWindows();
    for (const way of ["will-navigate", "will-frame-navigate", "will-redirect"] as const) {
      for (const url of [...FOREIGN, "https://siem.example.com/ui/", "app://dsiem.evil/"]) {
        expect(own.webContents.navigate(url, way)).toBe(false);
      }
      for (const url of [
        ...FOREIGN,
        "app://dsiem/index.html",
        "https://siem.example.com:444/",
        "http://siem.example.com/",
      ]) {
        expect(remote.webContents.navigate(url, way)).toBe(false);
      }
    }
    expect(own.webContents.navigate("app://dsiem/index.html")).toBe(true);
    expect(remote.webContents.navigate("https://siem.example.com/ui/#/alarms")).toBe(true);
  });

  it("14, 15: no page opens windows; links out go through the gate, which asks and takes web pages only", async () => {
    const { own, remote } = await bothWindows();
    for (const url of [...FOREIGN, "app://dsiem/index.html"]) {
      expect(own.webContents.open(url)).toBe(false);
      expect(remote.webContents.open(url)).toBe(false);
    }
    expect(standIn.openedOutside).toEqual([]);
    standIn.boxAnswers = [{ response: 0 }];
    own.webContents.open("https://kibana.example/app?x=1");
    await vi.waitFor(() => expect(standIn.openedOutside).toEqual(["https://kibana.example/app?x=1"]));
  });

  it("17: who sends is checked on every channel (ipc.test.ts goes through them)", async () => {
    const { own, remote } = await bothWindows();
    const refused = { error: "This page may not ask the desktop for anything." };
    for (const channel of standIn.invoked.keys()) {
      expect(await standIn.invoke(remote.webContents, channel, [])).toEqual(refused);
    }
    expect(await standIn.invoke(own.webContents, "call:live", [])).toHaveProperty("value");
  });

  it("downloads are those of our own page, and a person says where to", async () => {
    await run();
    const download = (url: string) => {
      let prevented = false;
      let asked = false;
      session.defaultSession.emit(
        "will-download",
        { preventDefault: () => (prevented = true) },
        { getURL: () => url, setSaveDialogOptions: () => (asked = true) },
      );
      return { prevented, asked };
    };
    expect(download("app://dsiem/api/alarms/export?format=csv")).toEqual({ prevented: false, asked: true });
    expect(download("blob:app://dsiem/0-1")).toEqual({ prevented: false, asked: true });
    expect(download("https://evil.example/a.exe")).toEqual({ prevented: true, asked: false });
  });
});

describe("a console elsewhere", () => {
  it("gets its token in a header of its own session, and never in a URL", async () => {
    const { remote } = await bothWindows();
    expect(remote.webContents.getURL()).toBe("https://siem.example.com/ui/");
    const held = standIn.sessions.get("console https://siem.example.com")?.held.beforeSendHeaders;
    expect(held?.filter.urls).toEqual(["https://siem.example.com/*", "wss://siem.example.com/*"]);
    let sent: Record<string, string> | undefined;
    held?.listener({ requestHeaders: { Accept: "*/*" } }, (change) => (sent = change.requestHeaders));
    expect(sent).toEqual({ Accept: "*/*", Authorization: "Bearer remote-token" });
    expect(session.defaultSession.held.beforeSendHeaders).toBeUndefined();
  });

  it("keeps the title that says which one it is", async () => {
    const { remote } = await bothWindows();
    let prevented = false;
    remote.emit("page-title-updated", { preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
    expect(remote.options.title).toBe("Dsiem Console: siem.example.com");
  });

  it("is confirmed when the token would travel in clear; addresses that are none are said so", async () => {
    const own = await run();
    const connect = (url: string, token: string) => standIn.invoke(own.webContents, "call:connect", [url, token]);
    expect(await connect("ftp://a.example", "")).toMatchObject({
      value: { ok: false, text: expect.stringContaining("https://") },
    });
    expect(await connect("https://a.example", "a b")).toMatchObject({ value: { ok: false } });
    expect(await connect("http://a.example", "token")).toEqual({ value: { ok: false, text: "" } });
    expect(standIn.boxes[0]?.message).toBe("The way to a.example isn't encrypted.");
    expect(StandInBrowserWindow.all).toHaveLength(1);
    await connect("http://127.0.0.1:8080", "token");
    await connect("http://a.example", "");
    expect(standIn.boxes).toHaveLength(1);
    expect(StandInBrowserWindow.all).toHaveLength(3);
  });
});
