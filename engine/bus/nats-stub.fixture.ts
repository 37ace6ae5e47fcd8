import { type AddressInfo, createServer, type Socket } from "node:net";

/**
 * A server that speaks NATS as nats-server 1.3.0 does: its INFO has no `headers`, it knows no HPUB, and nobody tells
 * a requester that there is no responder.
 */
export class OldNatsServer {
  /** Every line that clients sent. */
  readonly lines: string[] = [];
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #subscriptions: { socket: Socket; subject: string; sid: string }[] = [];
  readonly #info: object;
  port = 0;

  private constructor(info: object) {
    this.#info = info;
  }

  static async start(info: object = {}): Promise<OldNatsServer> {
    const server = new OldNatsServer(info);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    server.port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  async close(): Promise<void> {
    for (const { socket } of this.#subscriptions) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    const info = {
      server_id: "old",
      version: "1.3.0",
      proto: 1,
      go: "go1.11",
      host: "127.0.0.1",
      port: this.port,
      max_payload: 1_048_576,
      client_id: 1,
      ...this.#info,
    };
    socket.write(`INFO ${JSON.stringify(info)} \r\n`);
    socket.on("error", () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        const taken = this.#take(socket, pending);
        if (taken === 0) return;
        pending = pending.subarray(taken);
      }
    });
  }

  /** Handles one command; returns the bytes it took, 0 when it isn't complete. */
  #take(socket: Socket, data: Buffer): number {
    const end = data.indexOf("\r\n");
    if (end < 0) return 0;
    const line = data.toString("latin1", 0, end);
    const [verb = "", ...words] = line.split(" ");
    let taken = end + 2;
    if (verb === "PUB") {
      const size = Number(words.at(-1));
      if (data.length < taken + size + 2) return 0;
      this.#route(words[0] ?? "", words.length === 3 ? words[1] : undefined, data.subarray(taken, taken + size));
      taken += size + 2;
    } else if (verb === "SUB") {
      this.#subscriptions.push({ socket, subject: words[0] ?? "", sid: words.at(-1) ?? "" });
    } else if (verb === "PING") {
      socket.write("PONG\r\n");
    } else if (verb !== "CONNECT" && verb !== "PONG" && verb !== "UNSUB") {
      socket.end("-ERR 'Unknown Protocol Operation'\r\n");
    }
    this.lines.push(line);
    return taken;
  }

  #route(subject: string, reply: string | undefined, payload: Buffer): void {
    for (const subscription of this.#subscriptions) {
      const { subject: wanted, sid, socket } = subscription;
      if (wanted !== subject && !(wanted.endsWith("*") && subject.startsWith(wanted.slice(0, -1)))) continue;
      socket.write(`MSG ${subject} ${sid} ${reply === undefined ? "" : `${reply} `}${payload.length}\r\n`);
      socket.write(payload);
      socket.write("\r\n");
    }
  }
}
