import { BrowserWindow, dialog, session } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import { loadPage } from "./load-page.ts";
import type { OpenAnswer } from "./open-external.ts";
import { denyPermissions, guardDownloads } from "./security.ts";
import { safePreferences } from "./window.ts";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Windows with the pages of consoles elsewhere (operation.md §3). Such a page is a stranger: no preload script, a session
 * of its own that is forgotten with the program, and no way off its own origin.
 */
export class RemoteWindows {
  readonly #packaged: boolean;
  readonly #icon: string;
  /** Which origin a window's contents belong to, by the id of the contents. */
  readonly #origins = new Map<number, string>();

  constructor(options: { packaged: boolean; icon: string }) {
    this.#packaged = options.packaged;
    this.#icon = options.icon;
  }

  /** Whether contents are those of a remote window, and the URL is one of its console. */
  mayStay(contentsId: number, url: string): boolean {
    const origin = this.#origins.get(contentsId);
    return origin !== undefined && URL.parse(url)?.origin === origin;
  }

  /** @param token that console's token; empty: its page asks for it itself. */
  async open(address: string, token: string): Promise<OpenAnswer> {
    const url = URL.parse(address);
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
      return { ok: false, text: "The address of a console begins with https:// or http://." };
    }
    if (token !== "" && !/^[\x21-\x7e]+$/.test(token)) {
      return { ok: false, text: "A token has no blanks in it: copy it once more." };
    }
    const isOpenToAll = url.protocol === "http:" && !LOOPBACK.includes(url.hostname) && token !== "";
    if (isOpenToAll && !(await confirmPlain(url.host))) return { ok: false, text: "" };
    return this.#show(url, token);
  }

  async #show(url: URL, token: string): Promise<OpenAnswer> {
    // Without "persist:" it is kept in memory only.
    const own = session.fromPartition(`console ${url.origin}`);
    const isItsOwn = (text: string): boolean => URL.parse(text)?.origin === url.origin;
    denyPermissions(own, isItsOwn);
    guardDownloads(own, isItsOwn);
    if (token !== "") sendToken(url, own, token);
    const window = new BrowserWindow({
      width: 1280,
      height: 800,
      title: `Dsiem Console: ${url.host}`,
      icon: this.#icon,
      webPreferences: { ...safePreferences(this.#packaged), session: own },
    });
    const { id } = window.webContents;
    this.#origins.set(id, url.origin);
    window.on("closed", () => this.#origins.delete(id));
    // Which console it is, is not for its page to say.
    window.on("page-title-updated", (event) => event.preventDefault());
    try {
      await loadPage(window, `${url.origin}/ui/`);
      return { ok: true, text: "" };
    } catch (error) {
      if (!window.isDestroyed()) window.destroy();
      return { ok: false, text: `The console at ${url.host} can't be shown: ${errorText(error)}.` };
    }
  }
}

/** The token goes to that origin in a header, WebSocket included: never into a URL, where logs would keep it. */
function sendToken(url: URL, own: Electron.Session, token: string): void {
  const live = url.origin.replace(/^http/, "ws");
  own.webRequest.onBeforeSendHeaders({ urls: [`${url.origin}/*`, `${live}/*`] }, ({ requestHeaders }, answer) =>
    answer({ requestHeaders: { ...requestHeaders, Authorization: `Bearer ${token}` } }),
  );
}

async function confirmPlain(host: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: "warning",
    message: `The way to ${host} isn't encrypted.`,
    detail: "Whoever can read the network's traffic can read its token, and then everything that this console shows.",
    buttons: ["Connect all the same", "Cancel"],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}
