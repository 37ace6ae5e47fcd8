import { type BrowserWindow, dialog } from "electron";

/** A page that dies this often within this time (milliseconds) isn't loaded again by itself. */
const MOST_CRASHES = 3;
const WINDOW_MS = 60_000;

/** Loads a page again whose process died, and asks what to do with one that doesn't react. */
export function reviveRenderer(window: BrowserWindow, now: () => number): void {
  let crashes: number[] = [];
  window.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    if (reason === "clean-exit") return;
    crashes = [...crashes.filter((at) => now() - at < WINDOW_MS), now()];
    if (crashes.length < MOST_CRASHES) window.webContents.reload();
    else void askAfterCrash(window, `${reason}, exit code ${exitCode}`);
  });
  let asking = false;
  window.on("unresponsive", () => {
    if (asking) return;
    asking = true;
    void askWhileHung(window).finally(() => {
      asking = false;
    });
  });
}

async function askAfterCrash(window: BrowserWindow, cause: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: "error",
    message: "The page of the console ended several times.",
    detail: `The services go on; alarms are not lost. Cause: ${cause}.`,
    buttons: ["Load it again", "Close the window"],
    defaultId: 0,
    cancelId: 1,
  });
  if (window.isDestroyed()) return;
  if (response === 0) window.webContents.reload();
  else window.destroy();
}

async function askWhileHung(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: "warning",
    message: "The page of the console doesn't react.",
    buttons: ["Wait", "Load it again"],
    defaultId: 0,
    cancelId: 0,
  });
  if (response !== 1 || window.isDestroyed()) return;
  window.webContents.forcefullyCrashRenderer();
  window.webContents.reload();
}
