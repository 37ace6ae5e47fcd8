import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { app, type BrowserWindow, dialog, shell } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import type { ConsoleAddress } from "./console-host.ts";
import type { OpenAnswer } from "./open-external.ts";

/** Asks where to, and saves what the frontend gathers for somebody who is to help: without secrets and event texts. */
export async function saveDiagnostics(
  address: ConsoleAddress | undefined,
  window: BrowserWindow | undefined,
): Promise<OpenAnswer> {
  if (address === undefined) return failed("The services don't run, so there is nobody to ask: see the logs folder.");
  const options = {
    title: "Save diagnostics",
    defaultPath: "dsiem-console-diagnostics.zip",
    filters: [{ name: "Zip archive", extensions: ["zip"] }],
  };
  const { canceled, filePath } =
    window === undefined ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
  if (canceled || filePath === "") return failed("");
  const fresh = `${filePath}.part`;
  try {
    const answer = await fetch(`${address.url}/api/diagnostics`, {
      headers: { authorization: `Bearer ${address.token}` },
    });
    if (!answer.ok || answer.body === null) return failed(`The frontend answered with status ${answer.status}.`);
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(fresh, { mode: 0o600 }));
    await rename(fresh, filePath);
    return { ok: true, text: "" };
  } catch (error) {
    await rm(fresh, { force: true });
    return failed(`The diagnostics can't be saved: ${errorText(error)}.`);
  }
}

/** Opens a folder of ours in the system's file manager. */
export async function openFolder(path: string): Promise<OpenAnswer> {
  const problem = await shell.openPath(path);
  return problem === "" ? { ok: true, text: "" } : failed(`${path} can't be opened: ${problem}.`);
}

/** Versions for people, as the About panel shows them. */
export function aboutPanel(version: string): void {
  app.setAboutPanelOptions({
    applicationName: "Dsiem Console",
    applicationVersion: version,
    credits: "A Dsiem-compatible engine with every decision explained. Apache License 2.0.",
  });
}

function failed(text: string): OpenAnswer {
  return { ok: false, text };
}
