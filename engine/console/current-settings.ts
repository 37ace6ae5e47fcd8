import { DEFAULT_SETTINGS, type Settings } from "../contract/console/session.ts";

/** The settings as they are now, for those who act upon them; whoever stores them says when they change. */
export class CurrentSettings {
  #now: Settings = DEFAULT_SETTINGS;
  readonly #listeners = new Set<(settings: Settings) => void>();

  get now(): Settings {
    return this.#now;
  }

  change(settings: Settings): void {
    this.#now = settings;
    for (const listener of this.#listeners) listener(settings);
  }

  /** Hears of every change; returns how to end that. */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
