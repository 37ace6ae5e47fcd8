import {
  type HealthAnswer,
  healthAnswerSchema,
  type LossesAnswer,
  lossesAnswerSchema,
} from "../contract/console-api.ts";
import type { RunningSession } from "../supervisor/session-file.ts";
import { Paint } from "./alarm-lines.ts";
import { EXIT_RUNTIME_ERROR, type Terminal } from "./command-line.ts";
import { askFrontend, findSession, nothingRuns, type SystemChoice, sessionFolder } from "./running-session.ts";
import { statusText } from "./status-text.ts";

export type StatusOptions = SystemChoice & { json: boolean };

/**
 * `dsiem status`: how the services of a profile are, and what became of their events. Resolves with the exit code: 1
 * when nothing runs.
 */
export async function showStatus(options: StatusOptions, terminal: Terminal): Promise<number> {
  const folder = sessionFolder(options);
  const session = findSession(options);
  if (session === undefined) {
    if (options.json) terminal.out(`${JSON.stringify({ running: false, folder })}\n`);
    else terminal.err(`dsiem: ${nothingRuns(folder)}\n`);
    return EXIT_RUNTIME_ERROR;
  }
  const [health, losses] = await Promise.all([
    askFrontend(session, "GET", "/api/health", healthAnswerSchema),
    askFrontend(session, "GET", "/api/losses", lossesAnswerSchema),
  ]);
  if (options.json) terminal.out(`${JSON.stringify(withoutToken(folder, session, health, losses), undefined, 2)}\n`);
  else terminal.out(statusText({ folder, url: session.url, health, losses }, Paint.for(process.stdout, terminal.env)));
  return 0;
}

function withoutToken(folder: string, { url, pid }: RunningSession, health: HealthAnswer, losses: LossesAnswer) {
  return { running: true, folder, url, pid, health, losses };
}
