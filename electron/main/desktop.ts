import { randomUUID } from "node:crypto";
import { app, dialog, Menu, nativeTheme, protocol, session } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import { LIVE_PATH } from "../../engine/contract/console/live.ts";
import type { Settings } from "../../engine/contract/console/session.ts";
import { APP_SCHEME, type NotificationState, type OpenedFile } from "../../engine/contract/desktop.ts";
import { AlarmFeed } from "./alarm-feed.ts";
import { AlarmNotifier, type NotifierClock } from "./alarm-notifier.ts";
import { isAppUrl } from "./app-url.ts";
import type { ConsoleHost } from "./console-host.ts";
import { ConsoleSettings } from "./console-settings.ts";
import { ConsoleWindow } from "./console-window.ts";
import { DesktopState } from "./desktop-state.ts";
import { aboutPanel, openFolder, saveDiagnostics } from "./diagnostics.ts";
import { type CallHandlers, handleCalls } from "./ipc.ts";
import type { LaunchTarget } from "./launch-targets.ts";
import { LiveClient } from "./live-client.ts";
import { menuTemplate } from "./menu.ts";
import { Notices } from "./notices.ts";
import { ExternalGate, type OpenAnswer } from "./open-external.ts";
import { OpenedFiles } from "./opened-files.ts";
import { appRequestHandler } from "./protocol.ts";
import { quitInOrder } from "./quit.ts";
import { RemoteWindows } from "./remote-window.ts";
import { denyPermissions, guardDownloads, restrainAllContents } from "./security.ts";
import { type ConsoleTray, createTray } from "./tray.ts";
import { type Updater, Updates } from "./updates.ts";

export interface DesktopOptions {
  host: ConsoleHost;
  /** The built renderer, the preload script, the icons. */
  files: { renderer: string; preload: string; icon: string; trayIcon: string };
  /** What the desktop remembers of itself. */
  stateFile: string;
  packaged: boolean;
  version: string;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** Why this copy is never updated by itself, one sentence; `undefined` for one that is. */
  noUpdates: string | undefined;
  loadUpdater: () => Promise<Updater>;
}

const SYSTEM_CLOCK: NotifierClock = {
  now: () => Date.now(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};
const SHOWN_LOG_LINES = 15;

/** Everything that the main process is made of, joined; each part is in a file of its own. */
export class Desktop {
  readonly #options: DesktopOptions;
  readonly #state: DesktopState;
  readonly #window: ConsoleWindow;
  readonly #remotes: RemoteWindows;
  readonly #outside: ExternalGate;
  readonly #files = new OpenedFiles(randomUUID);
  readonly #live: LiveClient;
  readonly #settings: ConsoleSettings;
  readonly #notices: Notices;
  readonly #notifier: AlarmNotifier;
  readonly #updates: Updates;
  #feed: AlarmFeed | undefined;
  #tray: ConsoleTray | undefined;
  #openAlarms: number | undefined;
  #port: number | undefined;
  #starting = false;
  #stopping = false;

  constructor(options: DesktopOptions) {
    this.#options = options;
    const { files, host, packaged } = options;
    const address = (): ConsoleHost["address"] => host.address;
    this.#state = new DesktopState(options.stateFile);
    this.#window = new ConsoleWindow(
      { packaged, preload: files.preload, icon: files.icon, state: this.#state },
      () => nativeTheme.shouldUseDarkColors,
      (reason) => dialog.showErrorBox("Dsiem Console", `The console's page can't be shown: ${reason}`),
    );
    this.#remotes = new RemoteWindows({ packaged, icon: files.icon });
    this.#outside = new ExternalGate(this.#state);
    this.#live = new LiveClient(address);
    this.#settings = new ConsoleSettings(address, (settings) => this.#applySettings(settings));
    this.#notices = new Notices(files.icon, (route) => this.#go(route));
    const { notifications } = this.#settings.value;
    this.#notifier = new AlarmNotifier((notice) => this.#notices.show(notice), SYSTEM_CLOCK, notifications);
    this.#updates = new Updates({
      never: options.noUpdates,
      load: options.loadUpdater,
      // The installer comes next: what is to be saved is saved before.
      beforeInstall: () => host.stop(),
      told: (state) => this.#window.tellIfOpen("update", state),
    });
  }

  /** Once electron is ready: guards first, then the services, then the window. */
  async run(): Promise<void> {
    const { host, version } = this.#options;
    this.#guard();
    quitInOrder(() => this.#stop());
    aboutPanel(version);
    handleCalls(this.#calls(), (contents) => this.#window.isOurs(contents));
    this.#drawMenu();
    app.on("window-all-closed", () => this.#allClosed());
    app.on("activate", () => this.opened([]));
    host.onRestart(() => this.#restarted());
    if (!(await this.#start()) || this.#stopping) return;
    this.#port = host.address?.port;
    this.#tray = createTray(this.#options.files.trayIcon, this.#trayActions(), this.#options);
    this.#window.show();
    await this.#settings.read();
    this.#feed = new AlarmFeed(
      this.#live,
      { openAlarms: (count) => this.#countAlarms(count), news: (news) => this.#notifier.take(news) },
      () => Date.now(),
    );
    this.#applySettings(this.#settings.value);
  }

  /** What a start of the program was asked to open, the first one and each later one. */
  opened(targets: readonly LaunchTarget[]): void {
    for (const target of targets) {
      if (target.kind === "route") this.#window.tell("open", { route: target.route });
      else void this.#openFile(target.path);
    }
    // Before there are services to show, the window comes by itself.
    if (this.#options.host.address !== undefined) this.#window.show();
  }

  /**
   * A service was given up. Without a frontend there is nothing to show, so a person is asked; any other is said, and
   * the Health screen has its log and a button.
   */
  async serviceFailed(name: string, reason: string): Promise<void> {
    if (name !== "frontend") {
      this.#notices.show({ title: `The ${name} was given up`, body: reason, route: "/health" });
    } else if (!this.#starting && (await this.#shallTryAgain(`The frontend has failed: ${reason}`))) {
      if (await this.#start()) this.#restarted();
    }
  }

  #guard(): void {
    const { files, host, packaged } = this.#options;
    restrainAllContents({
      mayStay: (contents, url) =>
        this.#window.isOurs(contents) ? isAppUrl(url) : this.#remotes.mayStay(contents.id, url),
      openOutside: (url) => this.#outside.open(url),
    });
    const own = session.defaultSession;
    denyPermissions(own, isAppUrl);
    guardDownloads(own, isAppUrl);
    protocol.handle(
      APP_SCHEME,
      appRequestHandler({
        rendererFolder: files.renderer,
        console: () => host.address,
        onChanged: (method, path) => this.#settings.apiChanged(method, path),
      }),
    );
    if (packaged) app.setAsDefaultProtocolClient("dsiem");
  }

  /** @returns false when a person gave up on services that don't start */
  async #start(): Promise<boolean> {
    this.#starting = true;
    try {
      for (;;) {
        try {
          await this.#options.host.start();
          return true;
        } catch (error) {
          if (!(await this.#shallTryAgain(`The services can't be started: ${errorText(error)}`))) return false;
        }
      }
    } finally {
      this.#starting = false;
    }
  }

  async #shallTryAgain(message: string): Promise<boolean> {
    const { host } = this.#options;
    const { response } = await dialog.showMessageBox({
      type: "error",
      message,
      detail: host.lastLines().slice(-SHOWN_LOG_LINES).join("\n"),
      buttons: ["Try again", "Open the logs folder", "Quit"],
      defaultId: 0,
      cancelId: 2,
    });
    if (response === 1) await openFolder(host.logsFolder);
    if (response !== 0) app.quit();
    return response === 0;
  }

  #restarted(): void {
    this.#live.reconnect();
    void this.#settings.read();
    const port = this.#options.host.address?.port;
    if (port !== this.#port) this.#window.reload();
    else this.#window.tellIfOpen("restarted", {});
    this.#port = port;
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    this.#notifier.close();
    this.#updates.close();
    this.#live.close();
    this.#window.window?.hide();
    await this.#options.host.stop();
    this.#tray?.destroy();
  }

  #calls(): CallHandlers {
    const { host } = this.#options;
    return {
      live: () => {
        const { address } = host;
        if (address === undefined) throw new Error("The services are starting; try again in a moment.");
        return { url: `${address.url.replace(/^http/, "ws")}${LIVE_PATH}`, token: address.token, port: address.port };
      },
      chooseFolder: async () => (await this.#choose("openDirectory")) ?? null,
      chooseEventsFile: async () => {
        const path = await this.#choose("openFile");
        return path === undefined ? null : this.#files.add(path);
      },
      readOpenedFile: (id, from) => this.#files.read(id, from),
      openExternal: (url) => this.#outside.open(url),
      connect: (address, token) => this.#remotes.open(address, token),
      notifications: () => this.#notificationState(),
      pauseNotifications: (minutes) => this.#pause(minutes),
      saveDiagnostics: () => this.#saveDiagnostics(),
      openLogs: () => openFolder(host.logsFolder),
      update: (wish) => this.#updates.ask(wish),
    };
  }

  #drawMenu(): void {
    const { packaged, platform } = this.#options;
    const { shortcuts } = this.#settings.value;
    const template = menuTemplate(
      { platform, packaged, shortcuts },
      {
        go: (route) => this.#go(route),
        act: (name) => this.#window.tell("action", { name }),
        openEventsFile: () => void this.#chooseAndOpen(),
        saveDiagnostics: () => void this.#report(this.#saveDiagnostics()),
        openLogs: () => void this.#report(openFolder(this.#options.host.logsFolder)),
        checkForUpdates: () => void this.#checkForUpdates(),
        about: () => app.showAboutPanel(),
      },
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  #trayActions(): { open(): void; pause(minutes: number): void; quit(): void } {
    return {
      open: () => this.#window.show(),
      pause: (minutes) => void this.#pause(minutes),
      quit: () => app.quit(),
    };
  }

  #applySettings({ notifications, updates }: Settings): void {
    this.#notifier.setRules(notifications);
    this.#feed?.watch(notifications.minRisk);
    this.#updates.setWanted(updates.check);
    this.#drawMenu();
  }

  #countAlarms(count: number): void {
    if (count === this.#openAlarms) return;
    this.#openAlarms = count;
    app.setBadgeCount(count);
    this.#drawTray();
  }

  #pause(minutes: number): NotificationState {
    this.#notifier.pause(minutes);
    this.#drawTray();
    const state = this.#notificationState();
    this.#window.tellIfOpen("notifications", state);
    return state;
  }

  #drawTray(): void {
    this.#tray?.update({ openAlarms: this.#openAlarms, pausedUntil: this.#notifier.pausedUntil });
  }

  #notificationState(): NotificationState {
    return { supported: this.#notices.supported, pausedUntil: this.#notifier.pausedUntil };
  }

  #go(route: string): void {
    this.#window.tell("open", { route });
    this.#window.show();
  }

  async #openFile(path: string): Promise<void> {
    try {
      this.#tellOfFile(await this.#files.add(path));
    } catch (error) {
      dialog.showErrorBox("Dsiem Console", errorText(error));
    }
  }

  #tellOfFile(file: OpenedFile): void {
    this.#window.tell("openFile", file);
  }

  async #choose(kind: "openFile" | "openDirectory"): Promise<string | undefined> {
    const options = {
      properties: [kind],
      ...(kind === "openFile" ? { filters: [{ name: "Events", extensions: ["ndjson", "json"] }] } : {}),
    };
    const { window } = this.#window;
    const chosen = await (window === undefined
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(window, options));
    return chosen.canceled ? undefined : chosen.filePaths[0];
  }

  async #chooseAndOpen(): Promise<void> {
    const path = await this.#choose("openFile");
    if (path === undefined) return;
    await this.#openFile(path);
    this.#window.show();
  }

  #saveDiagnostics(): Promise<OpenAnswer> {
    return saveDiagnostics(this.#options.host.address, this.#window.window);
  }

  async #report(work: Promise<OpenAnswer>): Promise<void> {
    const { ok, text } = await work;
    if (!ok && text !== "") dialog.showErrorBox("Dsiem Console", text);
  }

  async #checkForUpdates(): Promise<void> {
    const state = await this.#updates.ask("check");
    const message =
      state.kind === "off"
        ? state.why
        : state.kind === "available"
          ? `Version ${state.version} is there. The settings let you download it.`
          : state.kind === "failed"
            ? `Updates can't be looked for: ${state.error}`
            : "This is the newest version.";
    await dialog.showMessageBox({ type: "info", message, buttons: ["OK"] });
  }

  /** With a tray the console goes on watching; without one nobody could find it again. */
  #allClosed(): void {
    if (this.#tray === undefined) {
      if (this.#options.platform !== "darwin") app.quit();
      return;
    }
    if (this.#state.value.toldOfTray === true) return;
    this.#state.change({ toldOfTray: true });
    this.#notices.show({
      title: "Dsiem Console goes on",
      body: "It keeps watching for alarms; its icon in the tray opens the window again and ends it.",
      route: "/alarms",
    });
  }
}
