import { sessionRoutes } from "../contract/console/session.ts";
import { EXIT_RUNTIME_ERROR, type Terminal } from "./command-line.ts";
import { openBrowser } from "./open-browser.ts";
import { askFrontend, findSession, nothingRuns, type SystemChoice, sessionFolder } from "./running-session.ts";

export type OpenOptions = SystemChoice & { noOpen: boolean };

/**
 * `dsiem open`: prints an address that lets a browser in, once, within a minute, and opens it where there is a display
 * (operation.md §3). Resolves with the exit code.
 */
export async function openConsole(options: OpenOptions, terminal: Terminal): Promise<number> {
  const session = findSession(options);
  if (session === undefined) {
    terminal.err(`dsiem: ${nothingRuns(sessionFolder(options))}\n`);
    return EXIT_RUNTIME_ERROR;
  }
  const { path } = await askFrontend(session, "POST", "/api/login-code", sessionRoutes["POST /login-code"].answer);
  const url = `${session.url}${path}`;
  terminal.out(`${url}\n`);
  if (!options.noOpen) openBrowser(url, terminal.env);
  return 0;
}
