import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { alarmRow } from "../testing/alarm-rows.ts";
import { ConsoleServer } from "../testing/console-server.ts";
import type { ConsoleAddress } from "./console-host.ts";
import { LiveClient } from "./live-client.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function listener() {
  const heard: string[] = [];
  return {
    heard,
    snapshot: ({ rows, total }: { rows: { id: string }[]; total: number }) =>
      heard.push(`snapshot ${total} ${rows.map((row) => row.id).join()}`),
    delta: ({ rows, total }: { rows: { id: string }[]; total: number }) =>
      heard.push(`delta ${total} ${rows.map((row) => row.id).join()}`),
  };
}

function clientOf(address: () => ConsoleAddress | undefined): LiveClient {
  const client = new LiveClient(address);
  ends.push(() => client.close());
  return client;
}

describe("against the console's own hub", () => {
  let server: ConsoleServer;
  beforeEach(async () => {
    server = await ConsoleServer.start();
    ends.push(() => server.close());
  });

  it("hears the alarms that its query finds, until it doesn't want to any more", async () => {
    server.rows = [alarmRow("a"), alarmRow("low", { risk: 1 })];
    const client = clientOf(() => server.address);
    const { heard, ...rest } = listener();
    const end = client.alarms({ q: "risk>=7" }, rest);
    await vi.waitFor(() => expect(heard).toEqual(["snapshot 0 a"]));
    server.change([alarmRow("b"), alarmRow("low", { risk: 1 })], 5);
    await vi.waitFor(() => expect(heard).toEqual(["snapshot 0 a", "delta 5 b"]));
    end();
    await vi.waitFor(() => expect(server.feeds.size).toBe(0));
  });

  it("waits for services that aren't there yet", async () => {
    let address: ConsoleAddress | undefined;
    const client = clientOf(() => address);
    const { heard, ...rest } = listener();
    client.alarms({}, rest);
    expect(heard).toEqual([]);
    address = server.address;
    await vi.waitFor(() => expect(heard).toEqual(["snapshot 0 "]), { timeout: 3000 });
  });
});

describe("against a server that misbehaves", () => {
  interface Said {
    type: string;
    id: number;
  }
  async function opened() {
    const sockets: WebSocket[] = [];
    const said: Said[] = [];
    const protocols: string[] = [];
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: (given) => [...given][0] ?? "" });
    server.on("connection", (socket, request) => {
      sockets.push(socket);
      protocols.push(`${request.headers["sec-websocket-protocol"]} ${request.headers.origin} ${request.url}`);
      socket.on("message", (data) => said.push(JSON.parse(String(data)) as Said));
    });
    await new Promise((resolve) => server.once("listening", resolve));
    ends.push(() => server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const client = clientOf(() => ({ url: `http://127.0.0.1:${port}`, port, token: "the-token" }));
    const { heard, ...rest } = listener();
    client.alarms({}, rest);
    await vi.waitFor(() => expect(said).toHaveLength(1));
    const say = (message: object | string) =>
      sockets.at(-1)?.send(typeof message === "string" ? message : JSON.stringify(message));
    const data = { rows: [], rev: 1, total: 1, gone: [] };
    return { client, data, heard, protocols, said, say, sockets };
  }

  it("shows its token in the sub-protocol and the desktop's origin", async () => {
    const { protocols } = await opened();
    expect(protocols).toEqual(["dsiem.live,dsiem.token.the-token app://dsiem /api/live"]);
  });

  it("asks anew where a delta is missing, and doesn't believe what comes without a snapshot", async () => {
    const { data, heard, said, say } = await opened();
    say({ type: "delta", id: 1, seq: 1, data });
    say({ type: "snapshot", id: 1, seq: 0, data });
    say({ type: "delta", id: 1, seq: 1, data });
    say({ type: "delta", id: 1, seq: 3, data });
    await vi.waitFor(() => expect(said.map((each) => each.type)).toEqual(["subscribe", "unsubscribe", "subscribe"]));
    expect(heard).toEqual(["snapshot 1 ", "delta 1 "]);
    say({ type: "snapshot", id: 1, seq: 7, data: { ...data, total: 9 } });
    await vi.waitFor(() => expect(heard.at(-1)).toBe("snapshot 9 "));
  });

  it("overlooks what it doesn't understand", async () => {
    const { data, heard, say } = await opened();
    for (const nonsense of ["{", "[]", '{"type":"snapshot","id":1,"seq":0,"data":{"rows":1}}', { type: "ping" }]) {
      say(nonsense);
    }
    say({ type: "snapshot", id: 2, seq: 0, data });
    say({ type: "snapshot", id: 1, seq: 0, data });
    await vi.waitFor(() => expect(heard).toEqual(["snapshot 1 "]));
  });

  it("dials again when the connection ends, and when it is told that the services were started anew", async () => {
    const { client, said, sockets } = await opened();
    sockets[0]?.terminate();
    await vi.waitFor(() => expect(said).toHaveLength(2), { timeout: 3000 });
    client.reconnect();
    await vi.waitFor(() => expect(said).toHaveLength(3), { timeout: 3000 });
    client.close();
    await vi.waitFor(() => expect(sockets[2]?.readyState).toBe(3));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(sockets).toHaveLength(3);
  });
});
