import { createServer, type Server } from "node:http";
import { showsSession } from "../base/console-session.ts";
import type { OwnNames } from "../base/own-names.ts";

export interface DeadFrontendParts {
  reason: string;
  lastLines: readonly string[];
  /** Where the whole log is. */
  logFile: string;
  names: OwnNames;
  /** Whose browsers see the log: those that have logged in with it. */
  launchToken: string;
  /** Is called when somebody asks for it on the page. */
  restart: () => void;
}

/**
 * Stands in for a frontend that was given up: one page on its port that says so, to those who have logged in with its last
 * log lines, with a status that makes senders try again later (operation.md §5).
 */
export class DeadFrontendPage {
  readonly #server: Server;

  constructor({ reason, lastLines, logFile, names, launchToken, restart }: DeadFrontendParts) {
    const page = [
      "<!doctype html><meta charset=utf-8><title>Dsiem: the frontend has failed</title>",
      "<h1>The frontend has failed</h1>",
      `<p>It was started again until that made no sense any more: ${escaped(reason)}. Start it again once the cause is removed.</p>`,
      `<form method=post action=/supervisor/restart><button>Start the frontend again</button></form>\n`,
    ].join("\n");
    const log = `<p>Its last log lines:</p><pre>${lastLines.map(escaped).join("\n")}</pre>\n`;
    const noLog = `<p>Its log shows in browsers that have logged in, and is the file <code>${escaped(logFile)}</code>.</p>\n`;
    this.#server = createServer((request, response) => {
      // The same gate as the frontend's (reliability.md §4).
      const fault = names.fault(request);
      if (fault !== undefined) {
        response.writeHead(403, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${fault}\n`);
        return;
      }
      // Only this page: one of somebody else's would say so in Origin, and browsers always send one with a form.
      const asked = request.method === "POST" && request.url === "/supervisor/restart";
      if (asked && request.headers.origin !== undefined) {
        response.writeHead(303, { location: "/ui/", connection: "close" }).end();
        restart();
        return;
      }
      response.writeHead(503, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "cache-control": "no-store",
        connection: "close",
      });
      // Every user of this machine reaches the page; the log may tell what only the console's may know.
      const mayRead = showsSession(request.headers.cookie, request.socket.localPort, launchToken);
      response.end(`${page}${mayRead ? log : noLog}`);
    });
    // The port may be taken: that may be why the frontend failed. Then the terminal is the only place that says it.
    this.#server.on("error", () => undefined);
  }

  listen(port: number, address: string): void {
    this.#server.listen(port, address);
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
