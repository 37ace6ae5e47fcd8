import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { sendFile } from "./send.ts";
import { TestTerminal } from "./testing/terminal.ts";

interface Received {
  url: string | undefined;
  type: string | undefined;
  events: { n: number; bad?: boolean }[];
}

/** All-or-nothing like the real one: a batch with a bad event is refused whole. */
class FakeFrontend {
  readonly requests: Received[] = [];
  readonly accepted: number[] = [];
  /** Statuses to answer with before anything is looked at. */
  readonly first: number[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const events = (Array.isArray(body) ? body : [body]) as Received["events"];
      this.requests.push({ url: request.url, type: request.headers["content-type"], events });
      const status = this.first.shift() ?? (events.some((event) => event.bad) ? 400 : 200);
      if (status === 200) this.accepted.push(...events.map((event) => event.n));
      response.writeHead(status).end(status === 200 ? "" : `status ${status}\u001b[31m\n`);
    });
  }

  async listen(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

let frontend = new FakeFrontend();
afterEach(async () => {
  await frontend.close();
  frontend = new FakeFrontend();
});

const NO_INPUT = Readable.from([]);
const events = (count: number, bad: readonly number[] = []) => {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ n: i + 1, ...(bad.includes(i + 1) ? { bad: true } : {}) }),
  );
};

async function send(input: string, options: { batch?: number; rate?: number } = {}) {
  const url = await frontend.listen();
  const terminal = new TestTerminal();
  const file = "-";
  const code = await sendFile(
    { file, frontend: url, batch: options.batch ?? 100, rate: options.rate },
    terminal,
    Readable.from([Buffer.from(input)]),
  );
  return { code, terminal };
}

describe("dsiem send", () => {
  test("sends in batches and in order", async () => {
    const { code, terminal } = await send(events(25).join("\n"), { batch: 10 });
    expect(code).toBe(0);
    expect(frontend.requests.map((request) => request.events.length)).toEqual([10, 10, 5]);
    expect(frontend.requests[0]).toMatchObject({ url: "/events/", type: "application/json" });
    expect(frontend.accepted).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(terminal.stdout).toBe("25 events: 25 accepted, 0 refused\n");
  });

  test("refused events are named by line, with the server's sentence; the others arrive once, in order", async () => {
    const lines = events(20, [3, 11, 12]);
    lines.splice(5, 0, "{broken");
    const { code, terminal } = await send(lines.join("\n"));
    expect(code).toBe(1);
    expect(frontend.accepted).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 18, 19, 20]);
    const said = terminal.stdout.split("\n");
    expect(said[0]).toMatch(/^line 6: not sent: isn't JSON: /);
    expect(said.slice(1)).toEqual([
      String.raw`line 3: refused: 400 status 400\u001b[31m`,
      String.raw`line 12: refused: 400 status 400\u001b[31m`,
      String.raw`line 13: refused: 400 status 400\u001b[31m`,
      "21 events: 17 accepted, 4 refused",
      "",
    ]);
  });

  test("waits when the frontend asks for it, and says so once", async () => {
    frontend.first.push(429, 503);
    const { code, terminal } = await send(events(2).join("\n"));
    expect(code).toBe(0);
    expect(frontend.accepted).toEqual([1, 2]);
    expect(terminal.stderr).toBe(`${String.raw`waiting: the frontend answers 429, status 429\u001b[31m`}\n`);
  });

  test("keeps to a rate", async () => {
    const started = performance.now();
    await send(events(11).join("\n"), { rate: 20 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(490);
    expect(frontend.requests.map((request) => request.events.length)).toEqual([2, 2, 2, 2, 2, 1]);
  });

  test("a server that is no frontend ends it with the count so far", async () => {
    frontend.first.push(200, 404);
    const url = await frontend.listen();
    const terminal = new TestTerminal();
    const sending = sendFile(
      { file: "-", frontend: url, batch: 1, rate: undefined },
      terminal,
      Readable.from(events(3).join("\n")),
    );
    await expect(sending).rejects.toThrow("answered 404");
    expect(terminal.stdout).toBe("1 event: 1 accepted, 0 refused\n");
  });

  test("a frontend that isn't there is one clear sentence", async () => {
    const url = await frontend.listen();
    await frontend.close();
    const file = join(mkdtempSync(join(tmpdir(), "dsiem-send-")), "events.json");
    writeFileSync(file, `[${events(1)}]`);
    const sending = sendFile({ file, frontend: url, batch: 1, rate: undefined }, new TestTerminal(), NO_INPUT);
    await expect(sending).rejects.toThrow(`no frontend answers at ${url}/events/ (ECONNREFUSED)`);
  });

  test("a file that isn't there too", async () => {
    const sending = sendFile(
      { file: "/no/such/file", frontend: "http://127.0.0.1:9", batch: 1, rate: undefined },
      new TestTerminal(),
      NO_INPUT,
    );
    await expect(sending).rejects.toThrow("the events can't be read: ENOENT");
  });
});
