import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { EVENT_BYTES } from "./workload.ts";

const HEAD_END = Buffer.from("\r\n\r\n");
const READ_BYTES = 4096;

/**
 * One keep-alive connection that posts events and waits for each answer. It knows just enough HTTP for that: a load
 * generator must cost less than what it measures.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #answered: (connection: HttpConnection) => void;
  /** How many bytes of the answer's body are still to come; undefined while its head is. */
  #head = "";
  #waiting = false;

  /** `answered` is called after each answer of 200; any other answer, or the connection's end, is an error it throws. */
  static async open(port: number, answered: (connection: HttpConnection) => void): Promise<HttpConnection> {
    const connection = new HttpConnection(port, answered);
    await once(connection.#socket, "connect");
    return connection;
  }

  private constructor(port: number, answered: (connection: HttpConnection) => void) {
    this.#answered = answered;
    this.#socket = createConnection({
      host: "127.0.0.1",
      port,
      noDelay: true,
      // One buffer for all that comes: node:net would make a new one for each piece.
      onread: {
        buffer: Buffer.alloc(READ_BYTES),
        callback: (length, buffer) => {
          this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    this.#socket.on("close", () => {
      if (this.#waiting) throw new Error("the server closed a connection before it had answered");
    });
  }

  /** True while the answer to the last request hasn't come. */
  get waiting(): boolean {
    return this.#waiting;
  }

  send(request: Buffer): void {
    this.#waiting = true;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    if (!this.#waiting) throw new Error("the server sent something that nobody asked for");
    // Nearly always the whole answer, which has an empty body, comes in one piece.
    const whole = this.#head === "" && data.indexOf(HEAD_END) === data.length - HEAD_END.length;
    if (!whole) {
      this.#head += data.toString("latin1");
      if (!this.#head.includes("\r\n\r\n")) return;
    }
    const head = whole ? data.toString("latin1", 0, 12) : this.#head;
    if (!head.startsWith("HTTP/1.1 200")) {
      throw new Error(`the server answered ${(whole ? data.toString("latin1") : head).replaceAll("\r\n", " | ")}`);
    }
    this.#head = "";
    this.#waiting = false;
    this.#answered(this);
  }
}

/** A request of so many events, one alone or several in an array, and where in it the events are. */
export class EventsRequest {
  readonly bytes: Buffer;
  readonly #at: number[];

  constructor(port: number, events: number, asArray: boolean) {
    const length = asArray ? events * (EVENT_BYTES + 1) + 1 : EVENT_BYTES;
    const head =
      `POST /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${length}\r\n\r\n`;
    this.bytes = Buffer.alloc(head.length + length, ",", "latin1");
    this.bytes.write(head, "latin1");
    const first = head.length + (asArray ? 1 : 0);
    if (asArray) {
      this.bytes.write("[", head.length, "latin1");
      this.bytes.write("]", this.bytes.length - 1, "latin1");
    }
    this.#at = Array.from({ length: events }, (_, i) => first + i * (EVENT_BYTES + 1));
  }

  /** Puts events in with `write`, which gets the offset of each. */
  fill(write: (target: Buffer, offset: number, index: number) => void): void {
    this.#at.forEach((offset, index) => {
      write(this.bytes, offset, index);
    });
  }
}
