// Posts events over keep-alive connections, each sending its next request as soon as the last one is answered.

import { machineMs } from "../lib/clock.ts";
import { EventsRequest, HttpConnection } from "../lib/http-connection.ts";
import { EventStream, type Workload } from "../lib/workload.ts";
import { answerCalls } from "./answer.ts";

interface Load {
  port: number;
  connections: number;
  workload: Workload;
  /** Events in a request: an array of them, or one alone when it is 1. */
  perPost: number;
}

let load: Load | undefined;
let stream: EventStream | undefined;
let run: { next: number; end: number; unanswered: number; timestamp: string; done: () => void } | undefined;
const connections = new Map<HttpConnection, EventsRequest>();

const methods = { connect, post };

/** Opens the connections, after closing those to another server. */
async function connect(params: Load) {
  for (const connection of connections.keys()) connection.close();
  connections.clear();
  load = params;
  stream = new EventStream(params.workload);
  for (let i = 0; i < params.connections; i++) {
    const connection = await HttpConnection.open(params.port, answered);
    connections.set(connection, new EventsRequest(params.port, params.perPost, params.perPost > 1));
  }
}

/** Posts `count` events numbered from `first`; a whole number of requests. */
async function post({ first, count }: { first: number; count: number }) {
  const done = Promise.withResolvers<void>();
  const timestamp = new Date().toISOString();
  run = { next: first, end: first + count, unanswered: 0, timestamp, done: done.resolve };
  const startedMs = machineMs();
  for (const [connection, request] of connections) sendNext(connection, request);
  await done.promise;
  return { startedMs, endedMs: machineMs() };
}

function answered(connection: HttpConnection): void {
  const request = connections.get(connection);
  if (run === undefined || request === undefined) return;
  run.unanswered -= 1;
  sendNext(connection, request);
}

function sendNext(connection: HttpConnection, request: EventsRequest): void {
  if (run === undefined || load === undefined) return;
  if (run.next >= run.end) {
    if (run.unanswered === 0) run.done();
    return;
  }
  const { next, timestamp } = run;
  request.fill((target, offset, index) => stream?.write(target, offset, next + index, timestamp));
  run.next += load.perPost;
  run.unanswered += 1;
  connection.send(request.bytes);
}

export type HttpLoadMethods = typeof methods;
answerCalls(methods);
