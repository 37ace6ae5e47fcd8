import { changeSettings } from "../settings/settings-change.ts";
import { togglePause } from "../state/pause.ts";
import { type Command, useCommands } from "../ui/commands.ts";
import { goTo } from "../ui/hash-location.ts";
import { alarmsRoute, assetsRoute, backlogsRoute, eventsRoute } from "../ui/links.ts";
import { SHORTCUTS } from "../ui/shortcut-keys.ts";
import { addressIn } from "./command-groups.ts";
import { SCREENS } from "./screens.ts";

/** What the palette offers on every screen. */
export function useFrameCommands(openHelp: () => void): void {
  useCommands((typed) => [
    ...addressCommands(typed),
    ...SCREENS.filter(isListed).map(goToScreen),
    ...general(openHelp),
  ]);
}

const isListed = (screen: (typeof SCREENS)[number]) => screen.hidden !== true;

function goToScreen(screen: (typeof SCREENS)[number]): Command {
  const action = SHORTCUTS.find((shortcut) => shortcut.action === `go.${screen.name}`)?.action;
  return {
    ...{ id: `go ${screen.name}`, group: "Go to", text: screen.title, icon: screen.icon },
    ...(action === undefined ? {} : { action }),
    run: () => goTo(`/${screen.name}`),
  };
}

function addressCommands(typed: string): Command[] {
  const address = addressIn(typed);
  if (address === undefined) return [];
  const to = (id: string, text: string, icon: Command["icon"], route: string): Command => ({
    ...{ id, group: "Address", text: `${text} ${address}`, icon },
    run: () => goTo(route),
  });
  const isOne = !address.includes("/");
  return [
    to("ip alarms", "Alarms with", "alarms", alarmsRoute({ q: `ip:${address}`, t: "all" })),
    ...(isOne ? [to("ip backlogs", "Backlogs with", "backlogs", backlogsRoute({ ip: address }))] : []),
    to("ip events", "Events with", "events", eventsRoute({ q: `ip:${address}` })),
    ...(isOne ? [to("ip asset", "Asset value of", "assets", assetsRoute(address))] : []),
  ];
}

function general(openHelp: () => void): Command[] {
  const command = (id: string, text: string, icon: Command["icon"], run: () => void): Command => ({
    ...{ id, group: "Commands", text, icon },
    run,
  });
  return [
    { ...command("pause", "Live or paused", "pause", () => togglePause(Date.now())), action: "pause" },
    command("dark", "Dark theme", "moon", () => void changeSettings({ theme: "dark" })),
    command("light", "Light theme", "moon", () => void changeSettings({ theme: "light" })),
    command("system", "Theme of the system", "moon", () => void changeSettings({ theme: "system" })),
    command("compact", "Rows of 28 pixels", "columns", () => void changeSettings({ density: "compact" })),
    command("comfortable", "Rows of 36 pixels", "columns", () => void changeSettings({ density: "comfortable" })),
    command("relative", "Times as ages", "clock", () => void changeSettings({ times: "relative" })),
    command("absolute", "Times by the clock", "clock", () => void changeSettings({ times: "absolute" })),
    { ...command("help", "All keys", "info", openHelp), action: "help" },
  ];
}
