import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

const ENGINE = join(import.meta.dirname, "..");
/** What holds a role of a thread, and what only says how that is done. */
const HOLDS_ROLE = /\b(workerRole|serveJobs)\(/;
const NO_ROLE = ["base/worker-role.ts", "service/job-thread.ts"];

it("every module that holds a thread's role is loaded by the threads of a command: in a build it can't be found else", () => {
  const holders = readdirSync(ENGINE, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /(?<!\.test|\.fixture)\.ts$/.test(path) && !NO_ROLE.includes(path))
    .filter((path) => HOLDS_ROLE.test(readFileSync(join(ENGINE, path), "utf8")));
  const commands = ["dsiem-frontend.ts", "dsiem-backend.ts"].map((name) =>
    readFileSync(join(import.meta.dirname, name), "utf8"),
  );
  const missing = holders.filter((path) => {
    const specifier = relative(import.meta.dirname, join(ENGINE, path)).replaceAll("\\", "/");
    return !commands.some((text) => text.includes(`import("${specifier}")`));
  });
  expect(holders).toContain("service/config-tools.ts");
  expect(missing).toEqual([]);
});
