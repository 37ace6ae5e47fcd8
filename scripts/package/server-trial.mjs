// Unpacks the package for servers into an empty folder and does what its README says there: both services as their units
// start them, events in, an alarm out.

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { serverPackageName } from "./server.mjs";
import { unpack } from "./tar.mjs";

const NODE = "dsiem-backend-0";
const LIMIT_MS = 30_000;
const STOP_MS = 12_000;

/**
 * @param {Buffer} archive
 * @param {string} folder an empty one
 * @returns {Promise<{ alarm: string, page: number }>} the first alarm's title, and the status of the console's page
 */
export async function tryServerPackage(archive, folder) {
  unpack(archive, folder);
  const program = join(folder, serverPackageName());
  const state = join(folder, "state");
  mkdirSync(join(state, "frontend", "configs"), { recursive: true });
  mkdirSync(join(state, "backend"));
  for (const name of [`directives_${NODE}_demo.json`, "assets_demo.json"]) {
    copyFileSync(join(program, "demo", "configs", name), join(state, "frontend", "configs", name));
  }
  execFileSync(process.execPath, [join(program, "dsiem.js"), "test", join(program, "demo", "tests")]);
  const secret = randomBytes(32).toString("hex");
  const env = { PATH: process.env.PATH, DSIEM_MSQ: "link", DSIEM_LINK_TOKEN: secret };
  const portFile = join(folder, "port");
  const frontend = start(command(program, "dsiem-frontend.service", join(state, "frontend")), {
    ...env,
    ...{ DSIEM_NODE: "dsiem-frontend-0", DSIEM_ADDRESS: "127.0.0.1", DSIEM_PORT: "0", DSIEM_PORT_FILE: portFile },
    ...{ DSIEM_CONSOLE: "true", DSIEM_CONSOLE_TOKEN: secret },
  });
  let backend;
  try {
    const port = await until("the frontend listens", () =>
      existsSync(portFile) ? readFileSync(portFile, "utf8").trim() : "",
    );
    const url = `http://127.0.0.1:${port}`;
    backend = start(command(program, "dsiem-backend@.service", join(state, "backend")), {
      ...env,
      ...{ DSIEM_FRONTEND: url, DSIEM_JOURNAL: "true" },
    });
    const page = await fetch(`${url}/ui/`, { headers: { authorization: `Bearer ${secret}` } });
    await page.arrayBuffer();
    const alarmFile = join(state, "backend", "logs", "siem_alarms.json");
    let sent = 0;
    const alarm = await until("there is an alarm", async () => {
      await post(url, sent++);
      return existsSync(alarmFile) ? (readFileSync(alarmFile, "utf8").split("\n")[0] ?? "") : "";
    });
    return { alarm: JSON.parse(alarm).title, page: page.status };
  } catch (error) {
    const said = [frontend, backend].map((service) => service?.said() ?? "").join("\n");
    throw new Error(`${/** @type {Error} */ (error).message}; the services said:\n${said.slice(-4000)}`);
  } finally {
    await backend?.stop();
    await frontend.stop();
  }
}

/**
 * What a unit starts, with the folders of this trial in place of an installation's.
 * @param {string} program
 * @param {string} unit
 * @param {string} data
 */
function command(program, unit, data) {
  const line = /^ExecStart=(.*)$/m.exec(readFileSync(join(program, "systemd", unit), "utf8"))?.[1] ?? "";
  return line
    .replaceAll("/opt/dsiem-console", program)
    .replace(/\/var\/lib\/[^ ]+/, data)
    .replaceAll("%i", NODE)
    .split(" ");
}

/**
 * @param {readonly string[]} command
 * @param {Record<string, string | undefined>} env
 */
function start([file = "", ...args], env) {
  // By its first line it would look for a Node on the PATH, which needn't be this one.
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  }
  const ended = new Promise((resolve) => child.once("close", resolve));
  return {
    said: () => said,
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * An event that the demo's directives turn into an alarm.
 * @param {string} url
 * @param {number} number
 */
async function post(url, number) {
  const answer = await fetch(`${url}/events/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(demoEvent(number)),
  });
  await answer.arrayBuffer();
}

/** @param {number} number */
function demoEvent(number) {
  return {
    event_id: `trial-${number}`,
    timestamp: new Date().toISOString(),
    title: "ET EXPLOIT Apache log4j RCE Attempt (http ldap) (CVE-2021-44228)",
    sensor: "trial",
    ...{ plugin_id: 1001, plugin_sid: 2034647, protocol: "TCP" },
    ...{ src_ip: "203.0.113.99", src_port: 40000, dst_ip: "10.20.10.21", dst_port: 443 },
  };
}

/**
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} find
 */
async function until(what, find) {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited ${LIMIT_MS / 1000} s in vain until ${what}`);
    await sleep(100);
  }
}
