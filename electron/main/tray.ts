import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from "electron";

export interface TrayActions {
  open(): void;
  /** 0 ends a pause. */
  pause(minutes: number): void;
  quit(): void;
}

export interface TrayState {
  /** `undefined` while nothing is known. */
  openAlarms: number | undefined;
  /** Milliseconds since the epoch; 0: notifications aren't paused. */
  pausedUntil: number;
}

/** Desktops of Linux that show tray icons; others take the icon and show it nowhere. */
const LINUX_WITH_TRAY = /KDE|XFCE|X-Cinnamon|MATE|LXQt|LXDE|Unity|ubuntu|Pantheon|Deepin|Budgie/i;

/** Whether a program that lives on in the tray can be found again there. */
export function hasTray(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): boolean {
  return platform !== "linux" || LINUX_WITH_TRAY.test(env.XDG_CURRENT_DESKTOP ?? "");
}

/** The icon beside the clock: how many alarms are open, a pause of the notifications, and the way out. */
export class ConsoleTray {
  readonly #tray: Tray;
  readonly #actions: TrayActions;

  constructor(icon: string, actions: TrayActions) {
    const image = nativeImage.createFromPath(icon);
    this.#tray = new Tray(image);
    this.#actions = actions;
    this.#tray.on("click", () => actions.open());
    this.update({ openAlarms: undefined, pausedUntil: 0 });
  }

  update(state: TrayState): void {
    this.#tray.setToolTip(`Dsiem Console: ${countText(state.openAlarms)}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(state, this.#actions)));
  }

  destroy(): void {
    this.#tray.destroy();
  }
}

/** `undefined` where icons can't be shown: the program then ends with its window. */
export function createTray(
  icon: string,
  actions: TrayActions,
  system: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>> },
): ConsoleTray | undefined {
  if (!hasTray(system.platform, system.env)) return undefined;
  try {
    return new ConsoleTray(icon, actions);
  } catch {
    return undefined;
  }
}

function trayTemplate(state: TrayState, actions: TrayActions): MenuItemConstructorOptions[] {
  const paused = state.pausedUntil > 0;
  return [
    { label: countText(state.openAlarms), enabled: false },
    { label: "Open the console", click: () => actions.open() },
    { type: "separator" },
    ...(paused
      ? [{ label: `Resume notifications (paused until ${clock(state.pausedUntil)})`, click: () => actions.pause(0) }]
      : [
          { label: "Pause notifications for 30 minutes", click: () => actions.pause(30) },
          { label: "Pause notifications for 8 hours", click: () => actions.pause(8 * 60) },
        ]),
    { type: "separator" },
    { label: "Quit Dsiem Console", click: () => actions.quit() },
  ];
}

function countText(open: number | undefined): string {
  if (open === undefined) return "connecting …";
  return open === 1 ? "1 open alarm" : `${open} open alarms`;
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
