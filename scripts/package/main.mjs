// `npm run package:check` builds the desktop's program without installers and looks through it, offline;
// `npm run package:server` writes the package for servers and tries it. The release workflow builds the installers.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { root } from "../bootstrap/root.mjs";
import { tryDesktop } from "./desktop-trial.mjs";
import { lookAtFuses, lookThroughArchive, megabytes } from "./look-through.mjs";
import { packServer, serverPackageName } from "./server.mjs";
import { tryServerPackage } from "./server-trial.mjs";
import { buildUnpackedProgram } from "./unpacked-program.mjs";

const WHAT = { desktop: checkDesktop, server: writeServerPackage };

const what = process.argv[2];
const scratch = mkdtempSync(join(tmpdir(), "dsiem-package-"));
try {
  if (what !== "desktop" && what !== "server") throw new Error(`one of: ${Object.keys(WHAT).join(", ")}`);
  await WHAT[what]();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function checkDesktop() {
  const program = await buildUnpackedProgram(scratch);
  const { bytes, files, problems } = lookThroughArchive(program.archive);
  problems.push(...(await lookAtFuses(program.binary)));
  console.log(`app.asar: ${files} files, ${megabytes(bytes)} MB; electron: ${program.electron}`);
  for (const problem of problems) console.error(`FAIL ${problem}`);
  if (problems.length > 0) {
    process.exitCode = 1;
    return;
  }
  console.log("ok   what it needs is in it, what it doesn't isn't; the fuses are set");
  const trial = await tryDesktop(program.archive, join(scratch, "trial"));
  console.log(`ok   started from the archive: ${trial.steps.join(", ")}`);
}

async function writeServerPackage() {
  const archive = packServer(commitTime());
  const folder = join(root, "release");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${serverPackageName()}.tar.gz`);
  writeFileSync(file, archive);
  const { alarm, page } = await tryServerPackage(archive, join(scratch, "trial"));
  console.log(`ok   unpacked and run: an event became the alarm "${alarm}", the console's page answers ${page}`);
  console.log(`${file}: ${megabytes(archive.length)} MB`);
}

/** Seconds since the epoch of what is packed, so that the same commit makes the same archive. */
function commitTime() {
  try {
    const options = { cwd: root, encoding: /** @type {const} */ ("utf8"), stdio: /** @type {const} */ ("pipe") };
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], options));
  } catch {
    return Math.floor(Date.now() / 1000);
  }
}
