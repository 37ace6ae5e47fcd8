import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { MemoryBus } from "../../bus/memory.ts";
import { type FrontendDeps, runFrontend } from "../frontend.ts";
import type { RunningFrontend } from "../running.ts";

/** What a build says of itself. */
export const BUILD = { version: "1.2.3", commit: "abc", riskMedium: [3, 6] } as const;
export const TOKEN = "the-launch-token-of-this-test";
export const BEARER = { authorization: `Bearer ${TOKEN}` };
export const JSON_TYPE = { "content-type": "application/json" };

/** Frontends on a data folder of their own, and all that they log. */
export class ConsoleFrontends {
  readonly folder = mkdtempSync(join(tmpdir(), "dsiem-console-mode-"));
  readonly rendererFolder = join(this.folder, "renderer");
  readonly lines: string[] = [];
  readonly #running: RunningFrontend[] = [];

  constructor() {
    mkdirSync(join(this.folder, "configs"));
  }

  async start(mode: "console" | "server" = "console", deps: FrontendDeps = {}): Promise<RunningFrontend> {
    const { folder, rendererFolder } = this;
    const console = { token: TOKEN, origins: ["https://siem.example.com"], rendererFolder, ...BUILD };
    const frontend = await runFrontend(
      {
        ...{ address: "127.0.0.1", port: 0, node: "fe", maxEps: 0, minEps: 0, maxQueue: 20, writableConfig: true },
        ...{ status: ["Open"], tags: ["One"], dataDir: folder, bus: { kind: "link", token: "t" } },
        ...(mode === "console" ? { console } : {}),
        log: { level: "INFO", json: true },
        telemetry: { tracing: false, metrics: false, endpoint: "" },
      },
      {
        write: (line) => this.lines.push(line),
        openBus: () => new MemoryBus(silentLogger(new ManualClock())),
        ...deps,
      },
    );
    this.#running.push(frontend);
    return frontend;
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.map((frontend) => frontend.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Answer {
  status: number;
  text: string;
  headers: IncomingHttpHeaders;
}

/** With any `Host`, which fetch doesn't allow, and without following redirects. */
export function ask(
  { port }: RunningFrontend,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    request.on("error", reject);
    // What follows a GET without a length would be another request.
    request.end(method === "GET" ? undefined : body);
  });
}

export async function statusOf(...args: Parameters<typeof ask>): Promise<number> {
  return (await ask(...args)).status;
}
