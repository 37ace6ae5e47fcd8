// The programs that tests need besides Node: a nats-server, a Python for the conformance runner, and a Chromium for the
// journeys. Nothing is ever skipped for want of them: they are installed where that is ours to do, else the one command to
// run is printed.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { SetupError } from "../bootstrap/setup-error.mjs";

/** Debian keeps servers where only root's PATH looks. */
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/usr/local/bin"];
const PYTHONS = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];
const OLDEST_PYTHON = [3, 11];

const CHROMIUMS = ["chromium", "chromium-browser", "google-chrome"];

/** @typedef {{ natsServer: string, python: string, chromium: string }} Programs */

/** @type {readonly { what: string, debianPackage: string, find: () => string | undefined }[]} */
const NEEDED = [
  { what: "nats-server", debianPackage: "nats-server", find: findNatsServer },
  { what: `Python ${OLDEST_PYTHON.join(".")} or newer`, debianPackage: "python3", find: findPython },
  { what: "Chromium", debianPackage: "chromium", find: findChromium },
];

/** @returns {Programs} */
export function ensurePrerequisites() {
  const missing = NEEDED.filter((program) => program.find() === undefined);
  if (missing.length > 0) install(missing);
  const [natsServer, python, chromium] = NEEDED.map((program) => program.find());
  if (natsServer === undefined || python === undefined || chromium === undefined) {
    const still = NEEDED.filter((program) => program.find() === undefined).map((program) => program.what);
    throw new SetupError(`The tests need ${still.join(" and ")}, which this system's packages don't provide.`);
  }
  return { natsServer, python, chromium };
}

/** @param {readonly { what: string, debianPackage: string }[]} missing */
function install(missing) {
  const names = missing.map((program) => program.what).join(" and ");
  const packages = missing.map((program) => program.debianPackage);
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (find("apt-get") === undefined) {
    throw new SetupError(`The tests need ${names}; please install ${missing.length === 1 ? "it" : "them"}.`);
  }
  if (process.getuid?.() !== 0)
    throw new SetupError(`The tests need ${names}. Please run:\n\n  sudo sh -c '${command}'\n`);
  console.log(`The tests need ${names}; installing with: ${command}`);
  const result = spawnSync("sh", ["-c", command], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  if (result.status !== 0)
    throw new SetupError(`${result.stdout}${result.stderr}\nInstalling ${names} failed; see above.`);
}

function findNatsServer() {
  const named = process.env.NATS_SERVER;
  return named !== undefined && existsSync(named) ? named : find("nats-server");
}

function findChromium() {
  const named = process.env.DSIEM_CHROMIUM;
  return named !== undefined && existsSync(named) ? named : CHROMIUMS.map(find).find((path) => path !== undefined);
}

function findPython() {
  return PYTHONS.map(find).find((path) => path !== undefined && isPythonNewEnough(path));
}

/** @param {string} path */
function isPythonNewEnough(path) {
  const code = `import sys; sys.exit(0 if sys.version_info >= (${OLDEST_PYTHON.join(", ")}) else 1)`;
  return spawnSync(path, ["-c", code], { stdio: "ignore" }).status === 0;
}

/** @param {string} program */
function find(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
