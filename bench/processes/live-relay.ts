// Stands between the browser and a console: HTTP and the WebSocket pass through, and on the subscription to alarms it
// plays, when it is told to, a storm of updates as a hub would send it: at most ten deltas a second, joined by id.

import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import { LIVE_DELTAS_PER_SECOND, type LiveServerMessage } from "../../engine/contract/console/live.ts";
import { answerCalls } from "./answer.ts";

/** Larger than any revision that the console itself gives out in a bench. */
const FIRST_REV = 1_000_000_000;

/** Alarms that change in turn: as many as a delta of the storm holds. */
const MOVING_ROWS = 500;

/** The subscription to alarms of one page. */
interface Subscription {
  page: WebSocket;
  id: number;
  seq: number;
  rows: AlarmRow[];
  total: number;
}

let subscription: Subscription | undefined;
let rev = FIRST_REV;
let upstream = 0;

const server = createServer(relayRequest);
const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0] ?? false });
sockets.on("connection", relaySocket);

function relayRequest(incoming: IncomingMessage, answer: ServerResponse): void {
  const headers = { ...incoming.headers, host: `127.0.0.1:${upstream}` };
  if (headers.origin !== undefined) headers.origin = `http://127.0.0.1:${upstream}`;
  const { method, url: path } = incoming;
  const onward = request({ host: "127.0.0.1", port: upstream, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, ownAddress(response.headers));
    response.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  incoming.pipe(onward);
}

/** The page may connect to where it came from, which is this relay. */
function ownAddress(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const policy = headers["content-security-policy"];
  const own = (server.address() as AddressInfo).port;
  if (typeof policy !== "string") return headers;
  return { ...headers, "content-security-policy": policy.replaceAll(`:${upstream}`, `:${own}`) };
}

function relaySocket(page: WebSocket, incoming: IncomingMessage): void {
  const onward = new WebSocket(`ws://127.0.0.1:${upstream}${incoming.url ?? ""}`, protocolsOf(incoming), {
    headers: { cookie: incoming.headers.cookie ?? "" },
    origin: `http://127.0.0.1:${upstream}`,
  });
  const alarmIds = new Set<number>();
  const early: string[] = [];
  page.on("message", (data) => {
    const text = textOf(data);
    const message = JSON.parse(text);
    if (message.type === "subscribe" && message.topic === "alarms") alarmIds.add(message.id);
    if (onward.readyState === WebSocket.OPEN) onward.send(text);
    else early.push(text);
  });
  onward.on("open", () => {
    for (const text of early) onward.send(text);
  });
  onward.on("message", (data) => {
    const text = textOf(data);
    const message: LiveServerMessage = JSON.parse(text);
    if (message.type === "snapshot" && alarmIds.has(message.id)) {
      const { rows, total } = message.data as { rows: AlarmRow[]; total: number };
      if (rows.length > 0) subscription = { page, id: message.id, seq: message.seq, rows: withUnseen(rows), total };
    }
    const isOurs = message.type === "delta" && message.id === subscription?.id && page === subscription.page;
    if (!isOurs) page.send(text);
  });
  onward.on("close", () => page.close());
  onward.on("error", () => page.close());
  page.on("close", () => onward.close());
}

/** The rows of the page's first screenful, and others that its query finds and that it hasn't loaded yet. */
function withUnseen(rows: readonly AlarmRow[]): AlarmRow[] {
  return Array.from({ length: Math.max(rows.length, MOVING_ROWS) }, (_, at) => {
    const row = rows[at % rows.length];
    if (row === undefined) throw new Error("no row to go by");
    return at < rows.length ? row : { ...row, id: `unseen-${at}` };
  });
}

function protocolsOf(incoming: IncomingMessage): string[] {
  return (incoming.headers["sec-websocket-protocol"] ?? "").split(",").flatMap((name) => name.trim() || []);
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
}

/** Updates of the moving rows, in turn: every field that a live alarm changes. */
function sendDelta(target: Subscription, updates: number, turn: number): void {
  const rows: AlarmRow[] = [];
  const distinct = Math.min(updates, target.rows.length);
  for (let i = 0; i < distinct; i++) {
    const at = (turn * distinct + i) % target.rows.length;
    const row = target.rows[at];
    if (row === undefined) continue;
    rev += 1;
    const next = {
      ...row,
      rev,
      updated: Date.now(),
      events: row.events + 1,
      risk: (row.risk + turn + i) % 11,
      stageEvents: (row.stageEvents + 1) % Math.max(1, row.stageOccurrence + 1),
    };
    target.rows[at] = next;
    rows.push(next);
  }
  target.seq += 1;
  const data = { rows, gone: [], total: target.total, rev };
  target.page.send(JSON.stringify({ type: "delta", id: target.id, seq: target.seq, data }));
}

const methods = {
  open: async ({ port }: { port: number }): Promise<{ port: number }> => {
    upstream = port;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    return { port: (server.address() as AddressInfo).port };
  },
  /** How many rows the page's subscription has; 0 while there is none. */
  rows: (_params: Record<string, never>): number => subscription?.rows.length ?? 0,
  /** Sends so many updates a second for so long. */
  flood: async ({ updatesPerSecond, milliseconds }: { updatesPerSecond: number; milliseconds: number }) => {
    const target = subscription;
    if (target === undefined) throw new Error("no page has subscribed to alarms");
    const turns = Math.round((milliseconds / 1000) * LIVE_DELTAS_PER_SECOND);
    const perTurn = Math.round(updatesPerSecond / LIVE_DELTAS_PER_SECOND);
    const started = performance.now();
    for (let turn = 0; turn < turns; turn++) {
      const due = started + (turn * 1000) / LIVE_DELTAS_PER_SECOND;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      sendDelta(target, perTurn, turn);
    }
    const seconds = (performance.now() - started) / 1000;
    return { updatesPerSecond: (turns * Math.min(perTurn, target.rows.length)) / seconds, deltas: turns };
  },
};
export type LiveRelayMethods = typeof methods;

answerCalls(methods);
