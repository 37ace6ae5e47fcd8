import { plain } from "../base/log.ts";
import { type Problem, problemText } from "../base/problem.ts";
import { checkConfigFile, checkConfigFolder, type FolderReport } from "../directive/config-check.ts";
import type { Terminal } from "./command-line.ts";
import { isFile, readConfigFiles } from "./config-files.ts";

/**
 * `dsiem validate`: everything that is wrong in a folder of configuration files, or in a single one; resolves with 1
 * when anything is.
 */
export async function validate(path: string, terminal: Terminal): Promise<number> {
  const files = readConfigFiles(path);
  const [only] = files;
  if (only !== undefined && isFile(path)) return report(checkConfigFile(only), 1, terminal);
  const found = checkConfigFolder(files);
  const code = report(found.problems, files.length, terminal);
  for (const name of found.ignored) terminal.out(`${plain(name)} is ignored: no service reads a file of this name\n`);
  if (code === 0) for (const line of summary(found)) terminal.out(`${plain(line)}\n`);
  return code;
}

function report(problems: readonly Problem[], files: number, terminal: Terminal): number {
  for (const problem of problems) terminal.out(`${plain(problemText(problem))}\n`);
  const bad = new Set(problems.map((problem) => problem.file)).size;
  const all = counted(files, "file");
  terminal.out(
    problems.length === 0 ? `${all}, no problem\n` : `${counted(problems.length, "problem")} in ${bad} of ${all}\n`,
  );
  return problems.length === 0 ? 0 : 1;
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

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
