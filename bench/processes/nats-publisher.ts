// Publishes events as fast as the bus takes them. It speaks the protocol of NATS itself, over a plain socket and with
// frames that were made before the clock starts, because any client library would cost more CPU than the backend that
// is measured. The server's back-pressure is respected: what the socket doesn't take waits for it to drain.

import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { machineMs } from "../lib/clock.ts";
import { EVENT_BYTES, EventStream, type Workload } from "../lib/workload.ts";
import { answerCalls } from "./answer.ts";

const HEADER = Buffer.from(`PUB dsiem_events ${EVENT_BYTES}\r\n`, "latin1");
const FRAME_BYTES = HEADER.length + EVENT_BYTES + 2;
/** Frames that are written at once. */
const BLOCK_FRAMES = 100;

let socket: Socket | undefined;
let blocks: Buffer[] = [];

const methods = { connect, prepare, publish };

async function connect({ port }: { port: number }) {
  socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "data");
  socket.on("data", (data) => {
    if (data.includes("PING")) socket?.write("PONG\r\n");
    if (data.includes("-ERR")) throw new Error(`nats-server says ${data.toString("latin1").trim()}`);
  });
  socket.write('CONNECT {"verbose":false,"pedantic":false,"name":"bench"}\r\n');
  await roundTrip(socket);
}

/** Makes the frames of `count` events from number `first` on. */
function prepare({ workload, first, count }: { workload: Workload; first: number; count: number }) {
  const stream = new EventStream(workload);
  const timestamp = new Date().toISOString();
  blocks = [];
  for (let done = 0; done < count; done += BLOCK_FRAMES) {
    const frames = Math.min(BLOCK_FRAMES, count - done);
    const block = Buffer.allocUnsafe(frames * FRAME_BYTES);
    for (let i = 0; i < frames; i++) {
      const at = i * FRAME_BYTES;
      HEADER.copy(block, at);
      stream.write(block, at + HEADER.length, first + done + i, timestamp);
      block.write("\r\n", at + FRAME_BYTES - 2, "latin1");
    }
    blocks.push(block);
  }
}

/** Publishes what was prepared, at a rate where one is given; says when it began and when the server had taken everything. */
async function publish({ eventsPerSecond }: { eventsPerSecond?: number | undefined }) {
  if (socket === undefined) throw new Error("broken invariant: not connected");
  const startedMs = machineMs();
  for (const [i, block] of blocks.entries()) {
    if (eventsPerSecond !== undefined) {
      const dueMs = startedMs + (i * BLOCK_FRAMES * 1000) / eventsPerSecond;
      const earlyMs = dueMs - machineMs();
      if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs));
    }
    if (!socket.write(block)) await once(socket, "drain");
  }
  await roundTrip(socket);
  blocks = [];
  return { startedMs, endedMs: machineMs() };
}

/** The server answers in order: its PONG says that it has read everything before. */
async function roundTrip(to: Socket): Promise<void> {
  const pong = Promise.withResolvers<void>();
  const listen = (data: Buffer): void => {
    if (data.includes("PONG")) pong.resolve();
  };
  to.on("data", listen);
  to.write("PING\r\n");
  await pong.promise;
  to.off("data", listen);
}

export type NatsPublisherMethods = typeof methods;
answerCalls(methods);
