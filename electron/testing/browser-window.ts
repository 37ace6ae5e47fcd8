import { EventEmitter } from "node:events";
import type { BrowserWindowConstructorOptions } from "electron";

type Answer = (granted: boolean) => void;

/** What a session was told, as electron would ask it. */
export interface StandInSession {
  permissionRequest:
    | ((contents: unknown, permission: string, answer: Answer, details: { requestingUrl: string }) => void)
    | undefined;
  permissionCheck: ((contents: { getURL(): string } | null, permission: string) => boolean) | undefined;
  devicePermission: (() => boolean) | undefined;
  displayMedia: ((request: unknown, answer: (streams: object) => void) => void) | null | undefined;
  beforeSendHeaders:
    | {
        filter: { urls: string[] };
        listener: (
          details: { requestHeaders: Record<string, string> },
          answer: (change: { requestHeaders?: Record<string, string> }) => void,
        ) => void;
      }
    | undefined;
}

let lastId = 0;

/** A page that goes where it is loaded to, and elsewhere only if nobody prevents it. */
export class StandInWebContents extends EventEmitter {
  static created: (contents: StandInWebContents) => void = () => undefined;
  readonly id = ++lastId;
  readonly mainFrame = { url: "" };
  readonly sent: { channel: string; what: unknown }[] = [];
  loads = 0;
  destroyed = false;
  #windowOpen: ((details: { url: string }) => { action: string }) | undefined;

  constructor() {
    super();
    StandInWebContents.created(this);
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  send(channel: string, what: unknown): void {
    this.sent.push({ channel, what });
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#windowOpen = handler;
  }
  reload(): void {
    this.load(this.mainFrame.url);
  }
  forcefullyCrashRenderer(): void {
    this.emit("render-process-gone", {}, { reason: "killed", exitCode: 9 });
  }
  load(url: string): void {
    this.loads++;
    this.mainFrame.url = url;
    this.emit("did-start-loading");
    this.emit("did-finish-load");
  }
  /** The page tries to go elsewhere by itself. @returns whether it got there */
  navigate(url: string, by: "will-navigate" | "will-frame-navigate" | "will-redirect" = "will-navigate"): boolean {
    if (this.#prevented(by, { url })) return false;
    this.load(url);
    return true;
  }
  /** The page calls `window.open`. @returns whether it got a window */
  open(url: string): boolean {
    return this.#windowOpen === undefined || this.#windowOpen({ url }).action === "allow";
  }
  /** The page embeds a browser. @returns whether it got one */
  attachWebview(): boolean {
    return !this.#prevented("will-attach-webview", {});
  }
  #prevented(event: string, details: object): boolean {
    let prevented = false;
    this.emit(event, { ...details, preventDefault: () => (prevented = true) });
    return prevented;
  }
}

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class StandInBrowserWindow extends EventEmitter {
  static readonly all: StandInBrowserWindow[] = [];
  static allClosed: () => void = () => undefined;
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new StandInWebContents();
  bounds: Rectangle;
  visible: boolean;
  maximized = false;
  minimized = false;
  focused = false;
  #destroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    const { x = 0, y = 0, width = 800, height = 600, show = true } = options;
    this.bounds = { x, y, width, height };
    this.visible = show;
    StandInBrowserWindow.all.push(this);
  }
  static getAllWindows(): StandInBrowserWindow[] {
    return [...StandInBrowserWindow.all];
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.load(url);
    this.emit("ready-to-show");
  }
  getNormalBounds(): Rectangle {
    return this.bounds;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  maximize(): void {
    this.maximized = true;
  }
  restore(): void {
    this.minimized = false;
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  focus(): void {
    this.focused = true;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  close(): void {
    this.emit("close", { preventDefault: () => undefined });
    this.destroy();
  }
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.webContents.destroyed = true;
    StandInBrowserWindow.all.splice(StandInBrowserWindow.all.indexOf(this), 1);
    this.emit("closed");
    if (StandInBrowserWindow.all.length === 0) StandInBrowserWindow.allClosed();
  }
}
