import { DEFAULT_SETTINGS, type Settings, settingsSchema } from "../../engine/contract/console/session.ts";
import type { ConsoleAddress } from "./console-host.ts";

const TIMEOUT_MS = 5000;

/**
 * The console's settings that the desktop goes by: notifications, shortcuts, updates. They are the frontend's; the page
 * changes them through us, so each change is seen and they are read again.
 */
export class ConsoleSettings {
  readonly #address: () => ConsoleAddress | undefined;
  readonly #changed: (settings: Settings) => void;
  #settings: Settings = DEFAULT_SETTINGS;

  constructor(address: () => ConsoleAddress | undefined, changed: (settings: Settings) => void) {
    this.#address = address;
    this.#changed = changed;
  }

  get value(): Settings {
    return this.#settings;
  }

  /** A page has changed something through the API. */
  apiChanged(method: string, path: string): void {
    if (method === "PATCH" && path === "/api/settings") void this.read();
  }

  /** Those that were known stay when the frontend doesn't answer. */
  async read(): Promise<void> {
    const address = this.#address();
    if (address === undefined) return;
    try {
      const answer = await fetch(`${address.url}/api/settings`, {
        headers: { authorization: `Bearer ${address.token}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answer.ok) return;
      this.#settings = settingsSchema.parse(await answer.json());
    } catch {
      return;
    }
    this.#changed(this.#settings);
  }
}
