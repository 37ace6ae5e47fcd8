import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { _electron, type ElectronApplication } from "@playwright/test";
import { findElectron } from "../../scripts/bootstrap/electron-binary.mjs";
import { RunningConsole } from "./running-console.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Why there is no desktop to try, or undefined where there is one. */
export function desktopMissing(): string | undefined {
  if (findElectron() === undefined) return "Electron's binary isn't here; npm start downloads it where it can";
  if (process.platform !== "linux") return undefined;
  const { DISPLAY = "", WAYLAND_DISPLAY = "" } = process.env;
  return DISPLAY === "" && WAYLAND_DISPLAY === "" ? "there is no display for a window" : undefined;
}

/** The desktop on a folder: its window, and the services that it started. */
export async function startDesktop(
  folder: string,
  args: readonly string[],
  { fresh }: { fresh: boolean },
): Promise<{ app: ElectronApplication; running: RunningConsole }> {
  const executablePath = findElectron();
  if (executablePath === undefined) throw new Error("Electron's binary isn't here");
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const environment = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const app = await _electron.launch({
    executablePath,
    args: [...sandbox, ROOT, ...(fresh ? [] : ["--data-dir", folder]), ...args],
    env: { ...Object.fromEntries(environment), ...(fresh ? { HOME: folder } : {}) },
  });
  return { app, running: await RunningConsole.follow(app.process(), folder, { fresh }) };
}
