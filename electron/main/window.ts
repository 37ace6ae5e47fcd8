import { BrowserWindow, type BrowserWindowConstructorOptions, screen, type WebPreferences } from "electron";
import type { DesktopState } from "./desktop-state.ts";
import { fittedBounds, SMALLEST } from "./window-bounds.ts";

/** The ground of both themes while a page is drawn (tokens.css): no flash of white in the dark. */
const GROUND = { dark: "#0B0F14", light: "#FFFFFF" };

/** Of every window of the program. `devTools` only while it isn't packaged. */
export function safePreferences(packaged: boolean): WebPreferences {
  return {
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
    devTools: !packaged,
  };
}

export interface MainWindowOptions {
  packaged: boolean;
  dark: boolean;
  preload: string;
  icon: string;
  state: DesktopState;
}

/** The window of the console, where it was the last time, shown once it has something to show. */
export function createMainWindow({ dark, icon, packaged, preload, state }: MainWindowOptions): BrowserWindow {
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const primary = screen.getPrimaryDisplay().workArea;
  const saved = state.value.window;
  const options: BrowserWindowConstructorOptions = {
    ...fittedBounds(saved, [primary, ...areas]),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: "Dsiem Console",
    icon,
    show: false,
    backgroundColor: dark ? GROUND.dark : GROUND.light,
    webPreferences: { ...safePreferences(packaged), preload },
  };
  const window = new BrowserWindow(options);
  window.once("ready-to-show", () => {
    if (saved?.maximized === true) window.maximize();
    window.show();
  });
  window.on("close", () => {
    state.change({ window: { ...window.getNormalBounds(), maximized: window.isMaximized() } });
  });
  return window;
}

/** Brings a window to where it is seen. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
