import type { MenuItemConstructorOptions } from "electron";
import { describe, expect, it } from "vitest";
import { keysByAction, SHORTCUTS } from "../../renderer/ui/shortcut-keys.ts";
import { Menu, type MenuItem } from "../testing/electron.ts";
import { type MenuFacts, menuTemplate } from "./menu.ts";

const FACTS = { platform: "linux", packaged: true, shortcuts: {} } as const;
const ACTIONS = {
  go: () => undefined,
  act: () => undefined,
  openEventsFile: () => undefined,
  saveDiagnostics: () => undefined,
  openLogs: () => undefined,
  checkForUpdates: () => undefined,
  about: () => undefined,
};

function items(facts: Partial<MenuFacts> = {}): MenuItemConstructorOptions[] {
  const all = (list: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    list.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
  return all(menuTemplate({ platform: "linux", packaged: true, shortcuts: {}, ...facts }, ACTIONS));
}
const find = (label: string, facts: Partial<MenuFacts> = {}) =>
  items(facts).find((item) => item.label?.startsWith(label));

/** What electron looks at before it takes an item. */
function named({ label, role, type, submenu }: MenuItemConstructorOptions): MenuItem & { type?: string } {
  return {
    ...(label === undefined ? {} : { label }),
    ...(role === undefined ? {} : { role }),
    ...(type === undefined ? {} : { type }),
    ...(Array.isArray(submenu) ? { submenu: submenu.map(named) } : {}),
  };
}

describe("keys in the menu", () => {
  it("are shown and never registered: the page reads them itself", () => {
    const keyed = items().filter((item) => item.accelerator !== undefined);
    expect(keyed.length).toBeGreaterThan(5);
    for (const item of keyed) expect(item.registerAccelerator).toBe(false);
    expect(find("Search and Commands")).toMatchObject({ accelerator: "CommandOrControl+K" });
    expect(find("Close Alarm")).toMatchObject({ accelerator: "C" });
  });

  it("that a menu can't show stand in the label", () => {
    expect(find("Alarms")?.label).toBe("Alarms  (g a)");
    expect(find("Keyboard Shortcuts")?.label).toBe("Keyboard Shortcuts  (?)");
  });

  it("on macOS all stand in the label, since there every accelerator is registered", () => {
    expect(items({ platform: "darwin" }).filter((item) => item.accelerator !== undefined)).toEqual([]);
    expect(find("Search and Commands", { platform: "darwin" })?.label).toBe("Search and Commands …  (⌘k)");
  });

  it("are those that a person has set", () => {
    const shortcuts = { note: "Ctrl+Alt+n", "go.alarms": "a a", undo: "", filter: "Hyper+f" };
    expect(find("Write Note", { shortcuts })).toMatchObject({ accelerator: "Control+Alt+N" });
    expect(find("Alarms", { shortcuts })?.label).toBe("Alarms  (a a)");
    expect(find("Filter", { shortcuts })?.label).toBe("Filter  (Hyper+f)");
    expect(items({ shortcuts }).filter((item) => item.label === "Undo Change")).toHaveLength(1);
  });
});

it("names the page's own shortcuts, with the page's own keys and routes", () => {
  const acted: string[] = [];
  const gone: string[] = [];
  const recording = { ...ACTIONS, act: (name: string) => acted.push(name), go: (route: string) => gone.push(route) };
  const template = (shortcuts: Record<string, string>) => menuTemplate({ ...FACTS, shortcuts }, recording);
  const clickAll = (list: readonly MenuItemConstructorOptions[]): void => {
    for (const { click, submenu } of list) {
      // The handlers of this menu look at nothing of what electron hands them.
      Reflect.apply(click ?? (() => undefined), undefined, []);
      if (Array.isArray(submenu)) clickAll(submenu);
    }
  };
  clickAll(template({}));
  const known: ReadonlyMap<string, string> = keysByAction({});
  expect(acted.filter((name) => !known.has(name))).toEqual([]);
  expect(acted.length).toBeGreaterThan(10);
  expect(gone.filter((route) => route !== "/start").map((route) => `go.${route.slice(1)}`)).toEqual(
    expect.arrayContaining(SHORTCUTS.map(({ action }) => action).filter((action) => action.startsWith("go."))),
  );
  // Were one of our keys another than the page's, these would differ.
  const shown = (list: MenuItemConstructorOptions[]) => JSON.stringify(list);
  expect(shown(template(Object.fromEntries(known)))).toBe(shown(template({})));
});

describe("the template", () => {
  it.each(["linux", "win32", "darwin"] as const)("is one that electron takes, on %s", (platform) => {
    const template = menuTemplate({ platform, packaged: false, shortcuts: {} }, ACTIONS);
    expect(() => Menu.buildFromTemplate(template.map(named))).not.toThrow();
    expect(() => Menu.buildFromTemplate([{ submenu: [{}] }])).toThrow("Invalid template");
  });

  it("has devtools only while the program isn't packaged", () => {
    expect(items().some((item) => item.role === "toggleDevTools")).toBe(false);
    expect(items({ packaged: false }).some((item) => item.role === "toggleDevTools")).toBe(true);
    expect(items({ packaged: false }).some((item) => item.role === "reload")).toBe(false);
  });

  it("on macOS Settings, About and Quit are where that system has them", () => {
    const [first] = menuTemplate({ platform: "darwin", packaged: true, shortcuts: {} }, ACTIONS);
    expect(first?.role).toBe("appMenu");
    expect(items({ platform: "darwin" }).filter((item) => item.label?.startsWith("Settings …") === true)).toHaveLength(
      1,
    );
  });
});
