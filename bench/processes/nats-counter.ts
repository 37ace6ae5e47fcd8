// Subscribes to the events on the bus and counts them: whether a frontend published all that it acknowledged.

import { once } from "node:events";
import { createConnection } from "node:net";
import { answerCalls } from "./answer.ts";

const LINE_END = Buffer.from("\r\n");
const MESSAGE = Buffer.from("MSG ");
const PING = Buffer.from("PING");

let counted = 0;

const methods = { subscribe, count };

async function subscribe({ port }: { port: number }) {
  const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "data");
  socket.write('CONNECT {"verbose":false,"pedantic":false,"name":"bench-counter"}\r\nSUB dsiem_events 1\r\nPING\r\n');
  const subscribed = Promise.withResolvers<void>();
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (data) => {
    rest = read(rest.length === 0 ? data : Buffer.concat([rest, data]), (line) => {
      if (line.subarray(0, 4).equals(PING)) socket.write("PONG\r\n");
      else if (line.includes("PONG")) subscribed.resolve();
    });
  });
  await subscribed.promise;
}

/** Takes whole messages and lines off the front; gives back what is still incomplete. */
function read(data: Buffer, control: (line: Buffer) => void): Buffer {
  let at = 0;
  for (;;) {
    const end = data.indexOf(LINE_END, at);
    if (end < 0) return data.subarray(at);
    if (data.subarray(at, at + MESSAGE.length).equals(MESSAGE)) {
      const length = Number(data.toString("latin1", data.lastIndexOf(0x20, end) + 1, end));
      const next = end + 2 + length + 2;
      if (next > data.length) return data.subarray(at);
      counted += 1;
      at = next;
    } else {
      control(data.subarray(at, end));
      at = end + 2;
    }
  }
}

/** Events since it subscribed. */
function count(): number {
  return counted;
}

export type NatsCounterMethods = typeof methods;
answerCalls(methods);
