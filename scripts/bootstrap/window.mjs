// `npm start`: the desktop's window where electron can show one, else the same console in the browser.

import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { exitAs, runInForeground, runProgram } from "./child.mjs";
import { chooseWindow, installScript, tryDownload, windowFacts } from "./electron-binary.mjs";
import { root } from "./root.mjs";

/** A binary that ends so early and badly can't be used here: a library or a right is missing. */
const EARLY_END_MS = 10_000;
/** Asks for no window at all. */
const WITHOUT_WINDOW = new Set(["--help", "-h", "--browser", "--no-open"]);

/**
 * Runs the console and ends this process with its exit code.
 * @param {import("./pinned-node.mjs").PinnedNode} node
 * @param {readonly string[]} args those of `dsiem start`; `--browser` is ours
 */
export async function startWithWindow(node, args) {
  const rest = args.filter((arg) => arg !== "--browser");
  if (args.some((arg) => WITHOUT_WINDOW.has(arg))) return startInBrowser(node, rest);
  const facts = windowFacts();
  const window = chooseWindow(facts);
  if (window.kind === "desktop") {
    const began = performance.now();
    const ending = await runProgram(window.binary, [root, ...rest], { cwd: root });
    if (ending.code === 0 || performance.now() - began > EARLY_END_MS) exitAs(ending);
    const how = ending.signal === null ? `exit code ${ending.code}` : ending.signal;
    say(`Electron can't show a window here (${how}), so the console opens in the browser.`);
    return startInBrowser(node, rest);
  }
  say(window.why);
  if (window.download && facts.version !== undefined) {
    // Beside the services: nothing waits for it, and a start that ends earlier ends it too.
    void tryDownload({ download: (signal) => install(node, signal), say, version: facts.version });
  }
  return startInBrowser(node, rest);
}

/**
 * @param {import("./pinned-node.mjs").PinnedNode} node
 * @param {readonly string[]} args
 */
async function startInBrowser(node, args) {
  const command = [...node.flags, join(root, "dist", "dsiem.js"), "start", ...args];
  exitAs(await runInForeground(node.path, command, { cwd: root }));
}

/**
 * @param {import("./pinned-node.mjs").PinnedNode} node
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function install(node, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(node.path, [installScript], { cwd: root, stdio: ["ignore", "ignore", "pipe"], signal });
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("exit", end);
      if (code === 0) resolve();
      else reject(new Error(said.trim() === "" ? `exit code ${code}` : said));
    });
  });
}

/** @param {string} line */
function say(line) {
  console.error(line);
}
