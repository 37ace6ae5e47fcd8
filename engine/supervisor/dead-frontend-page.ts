import { createServer, type Server } from "node:http";
import type { OwnNames } from "../base/own-names.ts";

/**
 * Stands in for a frontend that was given up: one page on its port that says so with its last log lines, with a status
 * that makes senders try again later (operation.md §5).
 */
export class DeadFrontendPage {
  readonly #server: Server;

  /** @param restart is called when somebody asks for it on the page */
  constructor(reason: string, lastLines: readonly string[], names: OwnNames, restart: () => void) {
    const page = [
      "<!doctype html><meta charset=utf-8><title>Dsiem: the frontend has failed</title>",
      "<h1>The frontend has failed</h1>",
      `<p>It was started again until that made no sense any more: ${escaped(reason)}. Start it again once the cause is removed.</p>`,
      `<form method=post action=/supervisor/restart><button>Start the frontend again</button></form>`,
      `<p>Its last log lines:</p><pre>${lastLines.map(escaped).join("\n")}</pre>\n`,
    ].join("\n");
    this.#server = createServer((request, response) => {
      // The log lines are nobody else's: the same gate as the frontend's (reliability.md §4).
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
      response.end(page);
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
