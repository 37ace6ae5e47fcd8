import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { within } from "../../bench/lib/waiting.ts";

const ANSWERS_MS = 30_000;

/** Sends many requests at once over one connection, and counts the statuses of the answers. */
export class Pipeline {
  readonly statuses: Map<string, number>;
  readonly #port: number;
  #socket: Socket | undefined;
  #buffer = "";
  #due = 0;
  #done: (() => void) | undefined;

  constructor(port: number, statuses: Map<string, number>) {
    this.#port = port;
    this.statuses = statuses;
  }

  /** Resolves when all are answered, or the connection has ended. */
  async send(requests: readonly Buffer[]): Promise<void> {
    const socket = await this.#connected();
    const done = Promise.withResolvers<void>();
    this.#due = requests.length;
    this.#done = done.resolve;
    socket.write(Buffer.concat(requests));
    await within("answers to pipelined requests", ANSWERS_MS, done.promise);
    this.#due = 0;
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #connected(): Promise<Socket> {
    if (this.#socket !== undefined && !this.#socket.destroyed && this.#socket.writable) return this.#socket;
    const socket = createConnection({ host: "127.0.0.1", port: this.#port, noDelay: true });
    this.#socket = socket;
    this.#buffer = "";
    await once(socket, "connect");
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#done?.());
    return socket;
  }

  #read(text: string): void {
    this.#buffer += text;
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#buffer.slice(0, end);
      const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#buffer.length < end + 4 + length) return;
      this.#buffer = this.#buffer.slice(end + 4 + length);
      const status = head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length);
      // "Go on with the body" isn't yet the answer.
      if (status === "100") continue;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      this.#due -= 1;
      if (this.#due <= 0) this.#done?.();
    }
  }
}

/** One exchange on a connection of its own: what was answered until it ended, or `undefined` after `timeoutMs`. */
export function exchange(port: number, bytes: Buffer, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    let answer = "";
    const timer = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, timeoutMs);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(answer);
    });
    socket.end(bytes);
  });
}
