// Started by desktop-trial.mjs in a process of its own: runs the program's main script, drives it as electron and a page
// would, and prints one line of JSON: the steps that were taken.

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { StandInBrowserWindow } from "../../electron/testing/browser-window.ts";
import { app, standIn } from "../../electron/testing/electron.ts";
import { alarmsPageSchema } from "../../engine/contract/console/alarms.ts";
import { sessionSchema } from "../../engine/contract/console/session.ts";

const LIMIT_MS = 40_000;

const [main = "", userData = ""] = process.argv.slice(2);
/** @type {string[]} */
const steps = [];
standIn.userData = userData;
// As from a checkout: electron, the folder that it runs, then the program's own arguments.
process.argv.splice(1, process.argv.length, "folder", "--demo");
await import(pathToFileURL(main).href);
standIn.ready.resolve();

const window = await until("the window", () => StandInBrowserWindow.all[0]);
steps.push(`window at ${window.webContents.getURL()}`);

const page = await ask("/");
if (page.status !== 200 || !(await page.text()).includes('<div id="root">')) throw new Error("there is no page");
steps.push("its page");

const session = await until("the API", async () => {
  const answer = await ask("/api/session");
  return answer.status === 200 ? sessionSchema.parse(await answer.json()) : undefined;
});
if (!session.desktop || session.profile?.kind !== "demo")
  throw new Error(`a strange session: ${JSON.stringify(session)}`);
steps.push("its API with the demo");

// As the settings screen does; the main process sees it and follows.
const settings = { notifications: { enabled: true, minRisk: 1, mutedDirectives: [] } };
const changed = await ask("/api/settings", {
  method: "PATCH",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(settings),
});
if (changed.status !== 200) throw new Error(`settings can't be changed: ${await changed.text()}`);

const alarm = await until("an alarm", async () => {
  const answer = await ask("/api/alarms");
  return answer.status === 200 ? alarmsPageSchema.parse(await answer.json()).rows[0] : undefined;
});
steps.push(`the alarm "${alarm.title}"`);

const notification = await until("a notification", () => standIn.notifications[0]);
steps.push(`the notification "${notification.options.title}"`);

app.quit();
await until("the end", () => standIn.exited || undefined);
steps.push("quit");
console.log(JSON.stringify(steps));
process.exit(0);

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function ask(path, init) {
  const handler = standIn.protocols.get("app");
  if (handler === undefined) throw new Error("nobody handles app://");
  return handler(new Request(`app://dsiem${path}`, init));
}

/**
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} find
 * @returns {Promise<NonNullable<T>>}
 */
async function until(what, find) {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== null) return found;
    const said = [...standIn.boxes.map(({ message, detail }) => `${message}\n${detail ?? ""}`), ...standIn.errorBoxes];
    if (said.length > 0) throw new Error(`instead of ${what} it said: ${said.join("\n")}`);
    if (performance.now() > end) throw new Error(`waited ${LIMIT_MS / 1000} s in vain for ${what}`);
    await sleep(50);
  }
}
