// Started by desktop-trial.mjs in a process of its own: runs the program's main script, drives it as electron and a page
// would, and prints one line of JSON: the steps that were taken.

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { StandInBrowserWindow } from "../../electron/testing/browser-window.ts";
import { app, standIn } from "../../electron/testing/electron.ts";
import { healthAnswerSchema } from "../../engine/contract/console-api.ts";

const LIMIT_MS = 40_000;

const [main = "", userData = ""] = process.argv.slice(2);
/** @type {string[]} */
const steps = [];
standIn.userData = userData;
process.argv.splice(1, process.argv.length, "program");
await import(pathToFileURL(main).href);
standIn.ready.resolve();

const window = await until("the window", () => StandInBrowserWindow.all[0]);
steps.push(`window at ${window.webContents.getURL()}`);

const page = await ask("/");
if (page.status !== 200 || !(await page.text()).includes('<div id="root">')) throw new Error("there is no page");
steps.push("its page");

const health = await until("the API", async () => {
  const answer = await ask("/api/health");
  return answer.status === 200 ? healthAnswerSchema.parse(await answer.json()) : undefined;
});
steps.push(`its API with ${health.services.length} service(s)`);

app.quit();
await until("the end", () => standIn.exited || undefined);
steps.push("quit");
console.log(JSON.stringify(steps));
process.exit(0);

/** @param {string} path */
async function ask(path) {
  const handler = standIn.protocols.get("app");
  if (handler === undefined) throw new Error("nobody handles app://");
  return handler(new Request(`app://dsiem${path}`));
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
    if (performance.now() > end) throw new Error(`waited ${LIMIT_MS / 1000} s in vain for ${what}`);
    await sleep(50);
  }
}
