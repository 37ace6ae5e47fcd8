import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import { problemText } from "../base/problem.ts";
import { checkConfigFolder, type FolderReport } from "../directive/config-check.ts";
import type { Terminal } from "./command-line.ts";

/** `dsiem validate`: everything that is wrong in a folder of configuration files; resolves with 1 when anything is. */
export async function validateFolder(folder: string, terminal: Terminal): Promise<number> {
  const files = readConfigFiles(folder);
  const report = checkConfigFolder(files);
  for (const problem of report.problems) terminal.out(`${plain(problemText(problem))}\n`);
  for (const name of report.ignored) terminal.out(`${plain(name)}: ignored: no service reads a file of this name\n`);
  const { problems } = report;
  if (problems.length > 0) {
    const bad = new Set(problems.map((problem) => problem.file)).size;
    terminal.out(`${counted(problems.length, "problem")} in ${bad} of ${counted(files.length, "file")}\n`);
    return 1;
  }
  for (const line of summary(report)) terminal.out(`${plain(line)}\n`);
  terminal.out(`${counted(files.length, "file")}, no problem\n`);
  return 0;
}

function summary(report: FolderReport): string[] {
  const nodes = report.nodes.map(({ name, files, directives, disabled }) => {
    const off = disabled === 0 ? "" : `, ${disabled} disabled`;
    return `node ${name}: ${counted(directives, "directive")}${off} in ${counted(files.length, "file")}`;
  });
  const { assets, intelSources, vulnSources } = report;
  return [
    ...nodes,
    `${counted(assets, "asset")}, ${counted(intelSources, "intel source")}, ${counted(vulnSources, "vulnerability source")}`,
  ];
}

/** The JSON files of the folder, or of the `configs` folder in it. */
function readConfigFiles(folder: string): ConfigFile[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const inner = entries.some((entry) => entry.name === "configs" && !entry.isFile());
    const where = inner ? join(folder, "configs") : folder;
    const names = readdirSync(where).filter((name) => name.endsWith(".json"));
    if (names.length === 0) throw new DsiemError("NO_CONFIG", `there is no .json file in ${where}`);
    return names.sort().map((name) => ({ name, bytes: readFileSync(join(where, name)) }));
  } catch (error) {
    if (error instanceof DsiemError) throw error;
    throw new DsiemError("UNREADABLE", `the folder can't be read: ${errorText(error)}`, { cause: error });
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
