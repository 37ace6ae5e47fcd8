import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { app, protocol, utilityProcess } from "electron";
import { APP_ORIGIN } from "../../engine/contract/desktop.ts";
import { ConsoleSupervisor } from "../../engine/supervisor/console-supervisor.ts";
import { Desktop } from "./desktop.ts";
import type { LaunchTarget } from "./launch-targets.ts";
import { APP_SCHEME_PRIVILEGES } from "./protocol.ts";
import { becomeOnlyInstance } from "./single-instance.ts";
import { startOptions } from "./start-options.ts";
import { UtilityLauncher } from "./utility-launcher.ts";

// Where the desktop begins. Electron becomes ready only after this file has run to its end, so nothing here waits for it.

/** This file is dist/electron/main.js, in the program's archive or in the checkout. */
const dist = join(import.meta.dirname, "..");
const icons = join(dist, "..", "assets", "icons");

protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);
app.enableSandbox();

let desktop: Desktop | undefined;
const early: LaunchTarget[] = [];
const opened = (targets: readonly LaunchTarget[]): void => {
  if (desktop === undefined) early.push(...targets);
  else desktop.opened(targets);
};

// From the checkout the first argument is the folder that electron was told to run.
const args = process.argv.slice(app.isPackaged ? 1 : 2);
if (becomeOnlyInstance(args, process.cwd(), opened)) void app.whenReady().then(run);
else app.quit();

async function run(): Promise<void> {
  desktop = new Desktop({
    host: new ConsoleSupervisor({
      launcher: new UtilityLauncher(utilityProcess),
      ...{ frontendFile: join(dist, "frontend.js"), backendFile: join(dist, "backend.js"), env: process.env },
      profileRoot: join(homedir(), ".dsiem-console"),
      ...startOptions(args, process.env),
      ...{ consoleOrigins: [APP_ORIGIN], extraArgs: [], desktop: true, user: userInfo().username },
    }),
    files: {
      renderer: join(dist, "renderer"),
      preload: join(dist, "electron", "preload.cjs"),
      icon: join(icons, "linux/256x256.png"),
      trayIcon: join(icons, process.platform === "darwin" ? "trayTemplate.png" : "tray.png"),
    },
    stateFile: join(app.getPath("userData"), "desktop.json"),
    packaged: app.isPackaged,
    version: app.getVersion(),
    platform: process.platform,
    env: process.env,
    loadUpdater: async () => (await import("electron-updater")).autoUpdater,
  });
  desktop.opened(early.splice(0));
  await desktop.run();
}
