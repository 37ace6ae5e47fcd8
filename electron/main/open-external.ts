import { dialog, shell } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import type { DesktopState } from "./desktop-state.ts";

export interface OpenAnswer {
  ok: boolean;
  /** Why it wasn't opened, one sentence. */
  text: string;
}

const MOST_HOSTS = 200;

/**
 * The one way out to the system's browser. Only web pages: what a system does with another scheme is anybody's guess. A
 * host that nobody confirmed yet is asked about, because a link may come out of an event that an attacker wrote.
 */
export class ExternalGate {
  readonly #state: DesktopState;

  constructor(state: DesktopState) {
    this.#state = state;
  }

  async open(text: string): Promise<OpenAnswer> {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
      return refused("Only web pages (https and http) can be opened.");
    }
    if (url.username !== "" || url.password !== "") {
      return refused("Links with a name or password in them are not opened: they hide where they lead.");
    }
    if (!(await this.#isConfirmed(url))) return refused("");
    try {
      await shell.openExternal(url.href);
      return { ok: true, text: "" };
    } catch (error) {
      return refused(`The browser can't be opened: ${errorText(error)}.`);
    }
  }

  async #isConfirmed(url: URL): Promise<boolean> {
    const hosts = this.#state.value.confirmedHosts ?? [];
    if (hosts.includes(url.host)) return true;
    const { response, checkboxChecked } = await dialog.showMessageBox({
      type: "question",
      message: `Open a page of ${url.host} in the browser?`,
      detail: url.href.length > 300 ? `${url.href.slice(0, 300)}…` : url.href,
      buttons: ["Open", "Cancel"],
      defaultId: 1,
      cancelId: 1,
      checkboxLabel: `Always open pages of ${url.host}`,
      noLink: true,
    });
    if (response !== 0) return false;
    if (checkboxChecked) this.#state.change({ confirmedHosts: [...hosts, url.host].slice(-MOST_HOSTS) });
    return true;
  }
}

function refused(text: string): OpenAnswer {
  return { ok: false, text };
}
