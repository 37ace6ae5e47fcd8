import { errorText } from "../../engine/base/errors.ts";
import type { UpdateState } from "../../engine/contract/desktop.ts";

/** The part of electron-updater's `autoUpdater` that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  on(event: "update-available" | "update-downloaded", listener: (info: { version: string }) => void): unknown;
  on(event: "update-not-available", listener: () => void): unknown;
  on(event: "download-progress", listener: (progress: { percent: number }) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  checkForUpdates(): Promise<unknown>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(): void;
}

const FIRST_CHECK_MS = 60_000;
const CHECK_EVERY_MS = 24 * 60 * 60 * 1000;

/**
 * Looks for a newer version once a day, says so, and does nothing more until it is asked to (console.md §5): downloading
 * and installing are two wishes of a person.
 */
export class Updates {
  readonly #never: string | undefined;
  readonly #beforeInstall: () => Promise<unknown>;
  readonly #load: () => Promise<Updater>;
  readonly #told: (state: UpdateState) => void;
  #updater: Promise<Updater> | undefined;
  #wanted = false;
  #state: UpdateState;
  #version = "";
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param options `never`: why this copy is never updated by itself, if it isn't; `load` loads the updater, which such a
   * copy doesn't need
   */
  constructor(options: {
    never: string | undefined;
    load: () => Promise<Updater>;
    beforeInstall: () => Promise<unknown>;
    told: (state: UpdateState) => void;
  }) {
    this.#never = options.never;
    this.#beforeInstall = options.beforeInstall;
    this.#load = options.load;
    this.#told = options.told;
    this.#state = { kind: "off", why: this.#whyOff() };
  }

  get state(): UpdateState {
    return this.#state;
  }

  /** Turns the daily look on or off, as the settings have it. */
  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearTimeout(this.#timer);
    if (!wanted || this.#never !== undefined) {
      this.#set({ kind: "off", why: this.#whyOff() });
      return;
    }
    this.#set({ kind: "idle" });
    this.#timer = setTimeout(() => void this.#checkDaily(), FIRST_CHECK_MS);
  }

  /** What a person asks for; a wish that makes no sense now changes nothing. */
  async ask(wish: "state" | "check" | "download" | "install"): Promise<UpdateState> {
    const { kind } = this.#state;
    if (wish === "check" && (kind === "idle" || kind === "failed")) await this.#check();
    else if (wish === "download" && kind === "available") await this.#download();
    else if (wish === "install" && kind === "ready") await this.#install();
    return this.#state;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #checkDaily(): Promise<void> {
    this.#timer = setTimeout(() => void this.#checkDaily(), CHECK_EVERY_MS);
    await this.ask("check");
  }

  async #check(): Promise<void> {
    this.#set({ kind: "checking" });
    await this.#try(async () => {
      await (await this.#open()).checkForUpdates();
    });
  }

  async #download(): Promise<void> {
    this.#set({ kind: "downloading", version: this.#version, percent: 0 });
    await this.#try(async () => {
      await (await this.#open()).downloadUpdate();
    });
  }

  async #install(): Promise<void> {
    const updater = await this.#open();
    await this.#beforeInstall();
    updater.quitAndInstall();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#set({ kind: "failed", error: errorText(error) });
    }
  }

  async #open(): Promise<Updater> {
    this.#updater ??= this.#load().then((updater) => {
      updater.autoDownload = false;
      updater.autoInstallOnAppQuit = true;
      updater.on("update-available", ({ version }) => {
        this.#version = version;
        this.#set({ kind: "available", version });
      });
      updater.on("update-not-available", () => this.#set({ kind: "idle" }));
      updater.on("download-progress", ({ percent }) =>
        this.#set({ kind: "downloading", version: this.#version, percent: Math.floor(percent) }),
      );
      updater.on("update-downloaded", ({ version }) => this.#set({ kind: "ready", version }));
      updater.on("error", (error) => this.#set({ kind: "failed", error: errorText(error) }));
      return updater;
    });
    return this.#updater;
  }

  #whyOff(): string {
    return this.#never ?? "Looking for updates is turned off in the settings.";
  }

  #set(state: UpdateState): void {
    // An answer that comes after it was turned off is of no interest any more.
    if (this.#wanted === false && state.kind !== "off") return;
    this.#state = state;
    this.#told(state);
  }
}
