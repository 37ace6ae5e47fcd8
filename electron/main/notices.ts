import { Notification } from "electron";
import type { Notice } from "./alarm-notifier.ts";

/** Notifications that wait for a click; without a reference to them the system forgets what a click does. */
const MOST_SHOWN = 50;

/** Shows notices as the system's notifications. */
export class Notices {
  readonly #shown = new Set<Notification>();
  readonly #open: (route: string) => void;
  readonly #icon: string;

  constructor(icon: string, open: (route: string) => void) {
    this.#icon = icon;
    this.#open = open;
  }

  get supported(): boolean {
    return Notification.isSupported();
  }

  show({ title, body, route }: Notice): void {
    if (!this.supported) return;
    const notification = new Notification({ title, body, icon: this.#icon });
    const [oldest] = this.#shown;
    if (oldest !== undefined && this.#shown.size >= MOST_SHOWN) this.#shown.delete(oldest);
    this.#shown.add(notification);
    notification.on("click", () => {
      this.#shown.delete(notification);
      this.#open(route);
    });
    notification.on("close", () => this.#shown.delete(notification));
    notification.show();
  }
}
