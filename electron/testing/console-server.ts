import { mkdirSync, mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../engine/base/clock.ts";
import { silentLogger } from "../../engine/base/log.ts";
import { LiveHub } from "../../engine/console/live/hub.ts";
import type { LiveFeed, LiveSink, LiveTopics } from "../../engine/console/live/topic.ts";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import type { LiveParams } from "../../engine/contract/console/live.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../engine/contract/console/session.ts";
import type { ConsoleAddress, ConsoleHost } from "../main/console-host.ts";

export const TOKEN = "the-launch-token-of-this-test";

interface Feed {
  params: LiveParams<"alarms">;
  sink: LiveSink<"alarms">;
}

/** The part of a frontend that the desktop speaks to: the real live hub, and an API that keeps what it was asked. */
export class ConsoleServer {
  readonly asked: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  settings: Settings = DEFAULT_SETTINGS;
  rows: AlarmRow[] = [];
  total = 0;
  readonly feeds = new Set<Feed>();
  readonly #server: Server;
  readonly #hub: LiveHub;

  private constructor() {
    const clock = new SystemClock();
    this.#hub = new LiveHub(() => this.#topics(), silentLogger(clock), clock);
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, type, body }) =>
        response.writeHead(status, { "content-type": type, "set-cookie": "a=b" }).end(body),
      );
    });
    this.#hub.attach(this.#server);
  }

  static async start(): Promise<ConsoleServer> {
    const server = new ConsoleServer();
    await server.listen(0);
    return server;
  }

  async listen(port: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(port, "127.0.0.1", resolve);
    await promise;
  }

  get address(): ConsoleAddress {
    const { port } = this.#server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, port, token: TOKEN };
  }

  /** Alarms changed: each subscription is told of those that its query finds. */
  change(rows: readonly AlarmRow[], total = this.total): void {
    this.total = total;
    for (const { params, sink } of this.feeds) {
      sink.delta({ rows: rows.filter((row) => isFound(row, params)), gone: [], total, rev: 1 });
    }
  }

  async close(): Promise<void> {
    this.#hub.close();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #topics(): LiveTopics {
    return {
      alarms: {
        open: (params, sink): LiveFeed => {
          const feed = { params, sink };
          const resnapshot = (): void => {
            sink.snapshot({ rows: this.rows.filter((row) => isFound(row, params)), rev: 1, total: this.total });
          };
          this.feeds.add(feed);
          resnapshot();
          return { close: () => this.feeds.delete(feed), resnapshot };
        },
      },
    };
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const { method = "", url = "", headers } = request;
    this.asked.push({ method, url, headers, body });
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, type: "text/plain", body: "no" };
    const json = (value: unknown) => ({ status: 200, type: "application/json", body: JSON.stringify(value) });
    if (url === "/api/settings") {
      if (method === "PATCH") this.settings = { ...this.settings, ...(JSON.parse(body) as Partial<Settings>) };
      return json(this.settings);
    }
    if (url === "/api/diagnostics") return { status: 200, type: "application/zip", body: "PK of this test" };
    if (url.startsWith("/api/echo")) return json({ method, url, body });
    return { status: 404, type: "application/json", body: JSON.stringify({ error: "There is no such thing." }) };
  }
}

function isFound(row: AlarmRow, { q }: LiveParams<"alarms">): boolean {
  const least = /^risk>=(\d+)$/.exec(q ?? "")?.[1];
  return least === undefined || row.risk >= Number(least);
}

/** A host whose services are a server of the test. */
export class StandInHost implements ConsoleHost {
  readonly logsFolder: string;
  readonly #server: ConsoleServer;
  #started = false;
  failures: string[] = [];
  stops = 0;
  restarted: () => void = () => undefined;
  moved: ConsoleAddress | undefined;

  constructor(server: ConsoleServer) {
    this.#server = server;
    const folder = mkdtempSync(join(tmpdir(), "dsiem-desktop-"));
    this.logsFolder = join(folder, "logs");
    mkdirSync(this.logsFolder);
  }

  get address(): ConsoleAddress | undefined {
    return this.#started ? (this.moved ?? this.#server.address) : undefined;
  }
  async start(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const failure = this.failures.shift();
    if (failure !== undefined) throw new Error(failure);
    this.#started = true;
  }
  onRestart(listener: () => void): void {
    this.restarted = listener;
  }
  lastLines(): readonly string[] {
    return ["the last line"];
  }
  async stop(): Promise<void> {
    this.stops++;
    this.#started = false;
  }
}
