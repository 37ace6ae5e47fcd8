import type { BrowserWindow, WebContents } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import type { DesktopNews, DesktopNewsOf } from "../../engine/contract/desktop.ts";
import { tell } from "./ipc.ts";
import { loadPage } from "./load-page.ts";
import { APP_PAGE } from "./protocol.ts";
import { reviveRenderer } from "./renderer-crash.ts";
import { bringForward, createMainWindow, type MainWindowOptions } from "./window.ts";

/** The console's window, which may be closed and opened again while the program lives on in the tray. */
export class ConsoleWindow {
  readonly #options: Omit<MainWindowOptions, "dark">;
  readonly #isDark: () => boolean;
  /** Why the page can't be shown. */
  readonly #onLoadFailed: (reason: string) => void;
  #window: BrowserWindow | undefined;
  /** What the page is to be told once it is there. */
  #waiting: ((contents: WebContents) => void)[] = [];
  #loaded = false;

  constructor(options: Omit<MainWindowOptions, "dark">, isDark: () => boolean, onLoadFailed: (reason: string) => void) {
    this.#options = options;
    this.#isDark = isDark;
    this.#onLoadFailed = onLoadFailed;
  }

  get window(): BrowserWindow | undefined {
    return this.#window;
  }

  isOurs(contents: WebContents): boolean {
    return this.#window !== undefined && contents.id === this.#window.webContents.id;
  }

  /** Opens the window, or brings it to where it is seen. */
  show(): void {
    if (this.#window !== undefined) bringForward(this.#window);
    else this.#open();
  }

  /** Loads the page anew: its address of the WebSocket, which the page's policy names, is another. */
  reload(): void {
    this.#loaded = false;
    if (this.#window !== undefined) this.#load(this.#window);
  }

  /** Tells the page now, or as soon as there is one. */
  tell<N extends DesktopNews>(news: N, what: DesktopNewsOf<N>): void {
    const send = (contents: WebContents): void => tell(contents, news, what);
    if (this.#window !== undefined && this.#loaded) send(this.#window.webContents);
    else this.#waiting.push(send);
  }

  /** Tells the page if there is one; what is only true at the moment isn't kept for later. */
  tellIfOpen<N extends DesktopNews>(news: N, what: DesktopNewsOf<N>): void {
    if (this.#window !== undefined && this.#loaded) tell(this.#window.webContents, news, what);
  }

  #open(): void {
    const window = createMainWindow({ ...this.#options, dark: this.#isDark() });
    this.#window = window;
    this.#loaded = false;
    window.on("closed", () => {
      this.#window = undefined;
      this.#loaded = false;
    });
    window.webContents.on("did-start-loading", () => {
      this.#loaded = false;
    });
    window.webContents.on("did-finish-load", () => {
      this.#loaded = true;
      for (const send of this.#waiting.splice(0)) send(window.webContents);
    });
    reviveRenderer(window, () => performance.now());
    this.#load(window);
  }

  #load(window: BrowserWindow): void {
    loadPage(window, APP_PAGE).catch((error: unknown) => this.#onLoadFailed(errorText(error)));
  }
}
