import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { app, dialog, protocol, utilityProcess } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import { APP_ORIGIN } from "../../engine/contract/desktop.ts";
import { ConsoleSupervisor } from "../../engine/supervisor/console-supervisor.ts";
import { Desktop } from "./desktop.ts";
import type { LaunchTarget } from "./launch-targets.ts";
import { quitWithParent } from "./parent-watch.ts";
import { APP_SCHEME_PRIVILEGES } from "./protocol.ts";
import { becomeOnlyInstance } from "./single-instance.ts";
import { type DesktopStart, readStart } from "./start-options.ts";
import { UtilityLauncher } from "./utility-launcher.ts";

// Where the desktop begins. Electron becomes ready only after this file has run to its end, so nothing here waits for it.

/** This file is dist/electron/main.js, in the program's archive or in the checkout. */
const dist = join(import.meta.dirname, "..");
const icons = join(dist, "..", "assets", "icons");

protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);
app.enableSandbox();
// By this name Windows knows whose notifications are whose; it is the installer's (electron-builder.yml).
app.setAppUserModelId("org.dsiem.console");

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
  quitWithParent(process.env.DSIEM_BOOTSTRAP_PID, () => process.ppid);
  let start: DesktopStart;
  try {
    start = readStart(args, process.env);
  } catch (error) {
    dialog.showErrorBox("Dsiem Console", errorText(error));
    app.quit();
    return;
  }
  desktop = new Desktop({
    host: supervisor(start),
    files: {
      renderer: join(dist, "renderer"),
      preload: join(dist, "electron", "preload.cjs"),
      icon: join(icons, "linux", "256x256.png"),
      trayIcon: join(icons, process.platform === "darwin" ? "trayTemplate.png" : "tray.png"),
    },
    stateFile: join(app.getPath("userData"), "desktop.json"),
    packaged: app.isPackaged,
    version: app.getVersion(),
    platform: process.platform,
    env: process.env,
    noUpdates: noUpdates(),
    loadUpdater: async () => (await import("electron-updater")).autoUpdater,
  });
  desktop.opened(early.splice(0));
  await desktop.run();
}

/** The services, as utility processes of this program; all else about them is the same as for `dsiem start`. */
function supervisor({
  consoleOrigins,
  dataDir,
  demo,
  listen,
  port,
  profile,
  verbosity,
}: DesktopStart): ConsoleSupervisor {
  return new ConsoleSupervisor({
    launcher: new UtilityLauncher(utilityProcess),
    frontendFile: join(dist, "frontend.js"),
    backendFile: join(dist, "backend.js"),
    profileRoot: join(homedir(), ".dsiem-console"),
    wish: { demo, profile, dataDir },
    ...{ port, listen, env: process.env, desktop: true, user: userName() },
    consoleOrigins: [APP_ORIGIN, ...consoleOrigins],
    extraArgs: Array.from({ length: verbosity }, () => "-v"),
    listener: {
      service: (service, state) => {
        if (state.kind === "failed") void desktop?.serviceFailed(service.name, state.reason);
      },
      notice: (text) => dialog.showErrorBox("Dsiem Console", text),
      failed: (reason) => dialog.showErrorBox("Dsiem Console", `The profile can't be started: ${reason}`),
    },
  });
}

/** Why this copy is never updated by itself; the packager writes down where updates come from, if anybody said so. */
function noUpdates(): string | undefined {
  if (!app.isPackaged) return "This copy runs from its sources: update those.";
  const source = join(process.resourcesPath, "app-update.yml");
  return existsSync(source) ? undefined : "This copy doesn't know where its updates come from: install a newer one.";
}

/** Under which changes are noted; a system that knows no name for its user has the console ask for one. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
