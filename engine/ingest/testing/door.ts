import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock, SystemClock } from "../../base/clock.ts";
import { createLogger } from "../../base/log.ts";
import type { RefusalCause } from "../../contract/loss.ts";
import { ConfigFolder } from "../config-folder.ts";
import { checkedFile, printConfigFile } from "../config-work.ts";
import type { IngestCounters } from "../counters.ts";
import { Door, type DoorParts } from "../door.ts";
import { EpsLimiter } from "../eps-limiter.ts";

/** A door in a folder of its own, for tests, with everything that was published through it. */
export interface TestDoor {
  door: Door;
  folder: string;
  port: number;
  base: string;
  counters: IngestCounters;
  /** How often each cause was counted. */
  refused: Partial<Record<RefusalCause, number>>;
  /** The events that were published, parsed. */
  published: Record<string, unknown>[];
  logLines: string[];
  post(body: string | Uint8Array, headers?: Record<string, string>): Promise<Answer>;
  request(method: string, path: string, body?: string | Uint8Array, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
}

export async function startTestDoor(overrides: Partial<DoorParts> & { eps?: number } = {}): Promise<TestDoor> {
  const { eps, ...parts } = overrides;
  const folder = mkdtempSync(join(tmpdir(), "dsiem-door-"));
  const counters: IngestCounters = { requests: 0, accepted: 0 };
  const refused: Partial<Record<RefusalCause, number>> = {};
  const published: Record<string, unknown>[] = [];
  const logLines: string[] = [];
  const clock = new SystemClock();
  const log = createLogger({
    level: "TRACE",
    json: false,
    target: "dsiem::server",
    clock,
    write: (line) => logLines.push(line),
  });
  const door = new Door({
    clock,
    log,
    counters,
    onRefused: (cause) => {
      refused[cause] = (refused[cause] ?? 0) + 1;
    },
    // A clock that stands still: the bucket isn't refilled while a slow machine runs the test.
    limiter: eps === undefined ? undefined : new EpsLimiter(eps, eps, new ManualClock(), log),
    configFolder: new ConfigFolder(join(folder, "configs")),
    configWork: {
      print: async (file) => printConfigFile(file),
      check: async (file) => checkedFile(file, []),
    },
    writableConfig: false,
    webFolder: join(folder, "web", "dist"),
    publish: (events, done) => {
      for (const event of events) published.push(JSON.parse(Buffer.from(event).toString()));
      setImmediate(done);
    },
    ...parts,
  });
  const port = await door.listen("127.0.0.1", 0);
  const base = `http://127.0.0.1:${port}`;
  const request = async (
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Record<string, string> = {},
  ) => {
    const given = body === undefined ? {} : { body: body as NonNullable<RequestInit["body"]> };
    const response = await fetch(`${base}${path}`, { method, headers, redirect: "manual", ...given });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    door,
    folder,
    port,
    base,
    counters,
    refused,
    published,
    logLines,
    request,
    post: (body, headers = { "content-type": "application/json" }) => request("POST", "/events", body, headers),
    close: async () => {
      await door.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends bytes as they are, and resolves with everything that comes back once the other side has closed. */
export function rawExchange(
  port: number,
  bytes: string | Uint8Array,
  options: { end?: boolean; until?: RegExp } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => {
      if (options.end === true) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      received += text;
      if (options.until?.test(received) === true) socket.destroy();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", (error) => (received === "" ? reject(error) : resolve(received)));
  });
}

/** A well-formed event; `fields` replace or add. */
export function anEvent(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    event_id: "e1",
    timestamp: "2026-11-23T00:00:01Z",
    sensor: "s",
    title: "t",
    src_ip: "10.0.0.1",
    dst_ip: "10.0.0.2",
    plugin_id: 1001,
    plugin_sid: 1,
    ...fields,
  };
}
