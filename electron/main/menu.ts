import type { MenuItemConstructorOptions } from "electron";

export interface MenuActions {
  /** Goes to a route of the console. */
  go(route: string): void;
  /** Does what the page's shortcut of this name does. */
  act(name: string): void;
  openEventsFile(): void;
  saveDiagnostics(): void;
  openLogs(): void;
  checkForUpdates(): void;
  about(): void;
}

/** What a menu names beside its own words: the keys are the page's, which reads them itself. */
interface Entry {
  label: string;
  /** The page's name of the shortcut, by which a person may have changed its keys. */
  action: string;
  keys: string;
}

const SCREENS: readonly (Entry & { route: string })[] = [
  { label: "Overview", action: "go.overview", keys: "g o", route: "/overview" },
  { label: "Alarms", action: "go.alarms", keys: "g a", route: "/alarms" },
  { label: "Backlogs", action: "go.backlogs", keys: "g b", route: "/backlogs" },
  { label: "Directives", action: "go.directives", keys: "g d", route: "/directives" },
  { label: "Events", action: "go.events", keys: "g e", route: "/events" },
  { label: "Assets", action: "go.assets", keys: "g s", route: "/assets" },
  { label: "Health", action: "go.health", keys: "g h", route: "/health" },
];
const SETTINGS: Entry & { route: string } = {
  label: "Settings …",
  action: "go.settings",
  keys: "g ,",
  route: "/settings",
};

const ALARM_ACTIONS: readonly Entry[] = [
  { label: "Next Alarm", action: "alarm.next", keys: "]" },
  { label: "Previous Alarm", action: "alarm.previous", keys: "[" },
  { label: "Set Status …", action: "status", keys: "s" },
  { label: "Set Tag …", action: "tag", keys: "t" },
  { label: "Write Note …", action: "note", keys: "n" },
  { label: "Take In Progress", action: "take", keys: "i" },
  { label: "Close Alarm", action: "close", keys: "c" },
  { label: "Undo Change", action: "undo", keys: "u" },
];

const VIEW_ACTIONS: readonly Entry[] = [
  { label: "Search and Commands …", action: "palette", keys: "Mod+k" },
  { label: "Filter", action: "filter", keys: "/" },
  { label: "Live or Paused", action: "pause", keys: "l" },
  { label: "Show What Is New", action: "apply", keys: "." },
  { label: "Copy Link", action: "copyLink", keys: "y" },
];

export interface MenuFacts {
  platform: NodeJS.Platform;
  packaged: boolean;
  /** The page's keys by action, where a person has changed them. */
  shortcuts: Readonly<Record<string, string>>;
}

/**
 * The native menu. It mirrors the page's shortcuts and never takes a key away from the page: a key of one letter in a menu
 * would swallow that letter in every text field.
 */
export function menuTemplate(facts: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = facts.platform === "darwin";
  const item = (entry: Entry, click: () => void): MenuItemConstructorOptions => ({
    ...labelled(entry, facts),
    click,
  });
  const act = (entry: Entry): MenuItemConstructorOptions => item(entry, () => actions.act(entry.action));
  const settings = item(SETTINGS, () => actions.go(SETTINGS.route));
  return [
    ...(isMac ? [macMenu(settings, actions)] : []),
    {
      label: "&File",
      submenu: [
        { label: "Open Events File …", click: () => actions.openEventsFile() },
        { label: "Start Screen", click: () => actions.go("/start") },
        { type: "separator" },
        ...(isMac ? [] : [settings, { type: "separator" } as const]),
        isMac ? { role: "close" } : { role: "quit" },
      ],
    },
    { role: "editMenu" },
    { label: "&Alarm", submenu: ALARM_ACTIONS.map(act) },
    { label: "&Go", submenu: SCREENS.map((entry) => item(entry, () => actions.go(entry.route))) },
    {
      label: "&View",
      submenu: [
        ...VIEW_ACTIONS.map(act),
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
        ...(facts.packaged ? [] : [{ type: "separator" } as const, { role: "toggleDevTools" } as const]),
      ],
    },
    { role: "windowMenu" },
    helpMenu(isMac, act, actions),
  ];
}

function macMenu(settings: MenuItemConstructorOptions, actions: MenuActions): MenuItemConstructorOptions {
  return {
    role: "appMenu",
    submenu: [
      { label: "About Dsiem Console", click: () => actions.about() },
      { type: "separator" },
      settings,
      { type: "separator" },
      { role: "services" },
      { type: "separator" },
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      { type: "separator" },
      { role: "quit" },
    ],
  };
}

function helpMenu(
  isMac: boolean,
  act: (entry: Entry) => MenuItemConstructorOptions,
  actions: MenuActions,
): MenuItemConstructorOptions {
  return {
    role: "help",
    submenu: [
      act({ label: "Keyboard Shortcuts", action: "help", keys: "?" }),
      { type: "separator" },
      { label: "Open Logs Folder", click: () => actions.openLogs() },
      { label: "Save Diagnostics …", click: () => actions.saveDiagnostics() },
      { type: "separator" },
      { label: "Check for Updates …", click: () => actions.checkForUpdates() },
      ...(isMac ? [] : [{ label: "About Dsiem Console", click: () => actions.about() }]),
    ],
  };
}

/** Keys that a menu can show are shown in its column and not registered; sequences and macOS get them into the label. */
function labelled(entry: Entry, { platform, shortcuts }: MenuFacts): MenuItemConstructorOptions {
  const keys = shortcuts[entry.action] ?? entry.keys;
  if (keys === "") return { label: entry.label };
  const accelerator = acceleratorOf(keys);
  if (accelerator === undefined || platform === "darwin")
    return { label: `${entry.label}  (${keysText(keys, platform)})` };
  return { label: entry.label, accelerator, registerAccelerator: false };
}

/** `undefined` for a sequence such as `g o`, and for what no menu can show. */
function acceleratorOf(keys: string): string | undefined {
  const parts = keys.split("+");
  const key = parts.pop() ?? "";
  if (!/^(?:[a-z0-9]|Enter|Escape|[[\]/.,])$/i.test(key)) return undefined;
  const names = parts.map((part) => MODIFIERS.get(part.toLowerCase()));
  if (names.includes(undefined)) return undefined;
  return [...names, key.toUpperCase()].join("+");
}

const MODIFIERS = new Map([
  ["mod", "CommandOrControl"],
  ["ctrl", "Control"],
  ["meta", "Super"],
  ["shift", "Shift"],
  ["alt", "Alt"],
]);

function keysText(keys: string, platform: NodeJS.Platform): string {
  return keys.replace(/\bmod\+/gi, platform === "darwin" ? "⌘" : "Ctrl+");
}
