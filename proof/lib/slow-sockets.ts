import { connect, type Socket } from "node:net";
import { sleep } from "../../bench/lib/waiting.ts";
import { noiseEvent } from "./groups.ts";
import { PostConnection } from "./post-connection.ts";
import type { Report } from "./report.ts";

/** All of them are closed within this time (reliability.md §3). */
const CLOSED_MS = 6000;
/** Not the service's: opening hundreds of connections from one process takes its time. */
const SPARE_MS = 500;
const DRIP_MS = 500;
const ANSWER_MS = 1000;
const GIVE_UP_MS = 15_000;

/** What a connection says at first, and what it drips afterwards. */
const WAYS: readonly { begin: string; drip: string }[] = [
  { begin: "", drip: "" },
  { begin: "POST /events HTTP/1.1\r\nHost: ", drip: "x" },
  { begin: "POST /events HTTP/1.1\r\nX: 1", drip: "\r\nX: 2" },
  { begin: "GET /link HTTP/1.1\r\nUpgrade: websocket", drip: "" },
  {
    begin: 'POST /events HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"event_id":"',
    drip: "",
  },
  { begin: "POST /events HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", drip: "" },
];

/** Opens connections that never finish what they begin, and posts beside them. */
export async function trySlowSockets(
  report: Report,
  { port, sockets }: { port: number; sockets: number },
): Promise<void> {
  const startedMs = performance.now();
  const open = new Set<Socket>();
  let lastClosedMs = 0;
  for (let i = 0; i < sockets; i++) {
    const { begin, drip } = WAYS[i % WAYS.length] ?? { begin: "", drip: "" };
    const socket = connect(port, "127.0.0.1");
    open.add(socket);
    socket.on("error", () => undefined);
    socket.resume();
    if (begin !== "") socket.write(begin);
    const timer = setInterval(() => drip !== "" && socket.write(drip), DRIP_MS);
    socket.on("close", () => {
      clearInterval(timer);
      open.delete(socket);
      lastClosedMs = performance.now() - startedMs;
    });
  }
  let answered = 0;
  let slowestMs = 0;
  const connection = await PostConnection.open(port);
  while (open.size > 0 && performance.now() - startedMs < GIVE_UP_MS) {
    const sentMs = performance.now();
    const answer = await connection.post(noiseEvent(answered, new Date().toISOString()), ANSWER_MS);
    if (answer !== 200) break;
    answered += 1;
    slowestMs = Math.max(slowestMs, performance.now() - sentMs);
    await sleep(DRIP_MS / 10);
  }
  connection.close();
  const left = open.size;
  for (const socket of open) socket.destroy();
  report.check(`${sockets} connections that never finish are all closed`, left === 0, `${left} stayed open`);
  report.atMost("the last of them is closed after", lastClosedMs, CLOSED_MS + SPARE_MS, "ms");
  report.check(
    "events are answered meanwhile",
    answered > 0 && slowestMs < ANSWER_MS,
    `${answered}, the slowest after ${slowestMs.toFixed(0)} ms`,
  );
}
