import { join, resolve } from "node:path";
import { plain } from "../base/log.ts";
import { backUpFile } from "../store/console/backup.ts";
import { CONSOLE_DATABASE } from "../store/console/console-store.ts";
import { type BadLine, importFiles } from "../store/console/import-files.ts";
import { Profiles } from "../supervisor/profiles.ts";
import { planStart } from "../supervisor/start-plan.ts";
import type { Terminal } from "./command-line.ts";
import { profileRoot, type SystemChoice } from "./running-session.ts";

/** Bad lines that are shown; all are counted. */
const SHOWN_BAD_LINES = 20;

/** `dsiem backup`: a consistent copy of the console's database. Resolves with the exit code. */
export async function backUpConsole(choice: SystemChoice, file: string, terminal: Terminal): Promise<number> {
  const copy = resolve(file);
  const bytes = backUpFile(databaseOf(choice), copy);
  terminal.out(`${plain(copy)}: ${(bytes / 1024 / 1024).toFixed(1)} MiB\n`);
  return 0;
}

/** `dsiem import`: the alarms of an earlier installation. Resolves with the exit code. */
export async function importLogs(choice: SystemChoice, logs: string, terminal: Terminal): Promise<number> {
  let bad = 0;
  const onBadLine = ({ file, line, text }: BadLine): void => {
    bad += 1;
    if (bad <= SHOWN_BAD_LINES) terminal.err(`${plain(`${file}:${line}: skipped, ${text}`)}\n`);
  };
  const report = await importFiles(databaseOf(choice), resolve(logs), { nowMs: Date.now(), onBadLine });
  if (bad > SHOWN_BAD_LINES) terminal.err(`… and ${bad - SHOWN_BAD_LINES} more lines that were skipped\n`);
  const { alarms, events, files, knownAlarms, knownEvents, strayEvents } = report;
  terminal.out(
    `${counted(files, "file")}: ${counted(alarms, "alarm")} taken in, ${knownAlarms} there already; ` +
      `${counted(events, "event")} taken in, ${knownEvents} there already, ${strayEvents} of backlogs that are no alarms; ` +
      `${counted(bad, "line")} skipped\n`,
  );
  return 0;
}

/** Of the system that `dsiem start` would start with the same choice. */
function databaseOf({ profile, dataDir }: SystemChoice): string {
  const plan = planStart(new Profiles(profileRoot()), { demo: false, profile, dataDir });
  return join(plan.dataDir, CONSOLE_DATABASE);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
