import { once } from "node:events";
import { createConnection, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";

/** The answer's status; `undefined` when the connection ended without one, so that nobody knows what became of the request. */
export type PostAnswer = number | undefined;

/** One keep-alive connection that posts bodies to `/events`, one at a time. It outlives nothing: a broken one stays broken. */
export class PostConnection {
  readonly #socket: Socket;
  readonly #head: string;
  #received = "";
  #waiting: ((answer: PostAnswer) => void) | undefined;
  #broken = false;

  /** Rejects when nobody listens at the port. */
  static async open(port: number): Promise<PostConnection> {
    const connection = new PostConnection(port);
    await once(connection.#socket, "connect");
    return connection;
  }

  private constructor(port: number) {
    this.#head = `POST /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: `;
    this.#socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => this.#read(text));
    // What went wrong is followed by "close", which is all that counts here.
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => {
      this.#broken = true;
      this.#settle(undefined);
    });
  }

  get broken(): boolean {
    return this.#broken;
  }

  /** Resolves with the answer's status. `timeoutMs` without one counts as no answer, and breaks the connection. */
  post(body: string, timeoutMs: number): Promise<PostAnswer> {
    if (this.#broken) return Promise.resolve(undefined);
    if (this.#waiting !== undefined) throw new Error("broken invariant: the last request isn't answered yet");
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), timeoutMs);
      this.#waiting = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#socket.write(`${this.#head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + HEAD_END.length + length) return;
    this.#received = this.#received.slice(end + HEAD_END.length + length);
    this.#settle(Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)));
  }

  #settle(answer: PostAnswer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }
}
