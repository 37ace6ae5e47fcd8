import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { bytes, Cleanup, freePort, httpDoor, TcpProxy, text, until } from "./bus.fixture.ts";
import { NoResponderError } from "./bus.ts";
import { backend, frontend, joined, numbers, send, TOKEN } from "./link.fixture.ts";
import { encodeAck } from "./link-frames.ts";
import { LINK_PATH, LINK_PROTOCOL, newNonce, proofOf, readChallenge } from "./link-handshake.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

describe("who may join", () => {
  it("is refused with another token, said once on both sides, and joins once the tokens agree", async () => {
    const port = await freePort();
    const wrong = await frontend(cleanup, { token: "another" }, port);
    let attempts = 0;
    wrong.door.server.on("upgrade", () => {
      attempts += 1;
    });
    const be = backend(cleanup, `http://127.0.0.1:${port}`, { slowRetryMs: 50 });
    await until(() => wrong.door.server.listening && be.log.count("token") === 1, "the refusal");
    expect(be.bus.status().detail).toContain("DSIEM_LINK_TOKEN");
    await until(() => attempts >= 4, "a few more attempts, which say nothing new");
    expect(be.log.count("token")).toBe(1);
    expect(wrong.log.count("be0 is refused")).toBe(1);
    expect(wrong.bus.status().state).toBe("connecting");
    await wrong.stop();
    await frontend(cleanup, {}, port);
    await joined(be);
    expect(be.log.lines.join("") + wrong.log.lines.join("")).not.toContain(TOKEN);
  });

  it("refuses a backend that cannot prove the token", async () => {
    const fe = await frontend(cleanup);
    const { ws, closed } = await handshake(fe.door.port, "a guess");
    expect(await closed).toMatchObject({ code: 4401 });
    expect(ws.readyState).toBe(ws.CLOSED);
    expect(fe.log.count("raw is refused")).toBe(1);
  });

  it("tells no secret to a frontend that cannot prove the token", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: LINK_PATH });
    cleanup.add(server, () => new Promise((resolve) => server.close(() => resolve())));
    await until(() => server.address() !== null, "the rogue to listen");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const heard: string[] = [];
    server.on("connection", (ws) => {
      ws.on("message", (data) => {
        heard.push(String(data));
        ws.send(JSON.stringify({ protocol: LINK_PROTOCOL, boot: "rogue", nonce: newNonce(), proof: "0".repeat(64) }));
      });
    });
    const be = backend(cleanup, `http://127.0.0.1:${port}`);
    await until(() => be.log.count("token") > 0, "the refusal");
    expect(heard.length).toBe(1);
    expect(heard.join("")).not.toContain(TOKEN);
    expect(heard.join("")).not.toContain("proof");
  });

  it("refuses web pages, and answers 404 to other upgrades only when nobody else does", async () => {
    const fe = await frontend(cleanup);
    const status = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        const ws = new WebSocket(`ws://127.0.0.1:${fe.door.port}${path}`, { headers });
        ws.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
        ws.on("open", () => reject(new Error("it was let in")));
        ws.on("error", reject);
      });
    expect(await status(LINK_PATH, { Origin: "http://127.0.0.1" })).toBe(403);
    expect(await status("/other")).toBe(404);
    fe.door.server.on("upgrade", (request, socket) => {
      if (request.url === "/other") socket.end("HTTP/1.1 418 Teapot\r\n\r\n");
    });
    expect(await status("/other")).toBe(418);
  });

  it("stops although a client that it refused never closes its end", async () => {
    const fe = await frontend(cleanup);
    const client = connect({ port: fe.door.port, host: "127.0.0.1", allowHalfOpen: true });
    cleanup.add(client, (opened) => {
      opened.destroy();
    });
    let answer = "";
    client.on("data", (chunk) => {
      answer += String(chunk);
    });
    const headers = ["Host: x", "Origin: http://x", "Connection: Upgrade", "Upgrade: websocket"].join("\r\n");
    client.write(`GET ${LINK_PATH} HTTP/1.1\r\n${headers}\r\n\r\n`);
    await until(() => client.readableEnded, "the refusal");
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*not for web pages\n$/);
    let stopped = false;
    void fe.door.close().then(() => {
      stopped = true;
    });
    await until(() => stopped, "the server to close", 2000);
  });

  it("says what to do when the frontend doesn't run with the link", async () => {
    const door = cleanup.add(await httpDoor(), (opened) => opened.close());
    const be = backend(cleanup, door.url);
    await until(() => be.bus.status().state === "disconnected", "the failure");
    expect(be.log.lines.join("")).toMatch(/cannot be joined: .*HTTP 200; is it a frontend that runs with --msq link/);
  });

  it("lets a second process of a node take over, and tells the first", async () => {
    const fe = await frontend(cleanup);
    const first = backend(cleanup, fe.door.url, { acks: false, slowRetryMs: 60_000 });
    await joined(first);
    await send(fe.bus, numbers(0, 5));
    await until(() => first.got.length === 5, "the events");
    const second = backend(cleanup, fe.door.url);
    await until(() => second.got.length === 5, "what the node hasn't acknowledged");
    await until(() => first.log.count("took over") === 1, "the first to be told");
    await send(fe.bus, numbers(5, 10));
    await until(() => second.got.length === 10, "the later events");
    expect(first.got.length).toBe(5);
    expect(first.bus.status().state).toBe("disconnected");
    expect(fe.log.count("takes over from the first")).toBe(1);
  });
});

/** Joins with raw frames; resolves once the handshake is over, either way. */
async function handshake(port: number, token = TOKEN) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${LINK_PATH}`);
  cleanup.add(ws, () => ws.terminate());
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
  });
  ws.on("error", () => undefined);
  const hello = { protocol: LINK_PROTOCOL, node: "raw", boot: "b1", nonce: newNonce() };
  ws.on("open", () => ws.send(JSON.stringify(hello)));
  await new Promise<void>((resolve) => {
    ws.on("message", (data, isBinary) => {
      const challenge = isBinary ? undefined : readChallenge(String(data));
      if (challenge === undefined) return resolve();
      return ws.send(JSON.stringify({ proof: proofOf(token, "backend", hello, challenge), credit: 10 }));
    });
    ws.on("close", () => resolve());
  });
  return { ws, closed };
}

describe("what neither end trusts", () => {
  it("closes with a reason on malformed frames, and goes on with everybody else", async () => {
    const fe = await frontend(cleanup);
    const be = backend(cleanup, fe.door.url);
    await joined(be);
    const garbage: (Buffer | string)[] = [
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from([1, 2, 3]),
      Buffer.from([2, 0]),
      encodeAck(999, 1),
      Buffer.from([3]),
      Buffer.from([4, 0, 0, 0]),
      Buffer.from([4, 0, 16, 0, 0]),
      Buffer.from([3, 7, 1]),
      Buffer.from([3, 0, 1, 2, 3]),
      Buffer.from([3, 1, 9, 0, 0, 0, 1, 0, 0]),
      Buffer.from([3, 1, 1, 0, 0, 0, 1, 255, 255, 65]),
      Buffer.concat([Buffer.from([3, 1, 5, 0, 0, 0, 1, 0, 0]), bytes('{"listening":[1]}')]),
      Buffer.concat([Buffer.from([3, 1, 5, 0, 0, 0, 1, 0, 0]), bytes("nonsense")]),
      "text",
    ];
    for (const frame of garbage) {
      const { ws, closed } = await handshake(fe.door.port);
      ws.send(frame);
      const { code, reason } = await closed;
      expect([frame, code]).toEqual([frame, 4400]);
      expect(reason).not.toBe("");
    }
    await send(fe.bus, ["still here"]);
    await until(() => be.got.includes("still here"), "an event for the others");
  });

  it("survives random bytes, before and after the handshake", async () => {
    const fe = await frontend(cleanup);
    const be = backend(cleanup, fe.door.url);
    await joined(be);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.boolean(), async (data, after, binary) => {
        let ws: WebSocket;
        if (after) {
          ({ ws } = await handshake(fe.door.port));
        } else {
          ws = new WebSocket(`ws://127.0.0.1:${fe.door.port}${LINK_PATH}`);
          await new Promise((resolve) => ws.on("open", resolve));
        }
        ws.on("error", () => undefined);
        ws.send(binary ? data : Buffer.from(data).toString("latin1"));
        await new Promise((resolve) => setImmediate(resolve));
        ws.terminate();
      }),
      { numRuns: 40 },
    );
    const { ws, closed } = await handshake(fe.door.port);
    ws.send(Buffer.alloc(2 * 1024 * 1024));
    expect((await closed).code).toBe(1009);
    await send(fe.bus, ["still here"]);
    await until(() => be.got.includes("still here"), "an event for the others");
  });

  it("gives up a peer that isn't heard any more, at both ends, and gets everything across afterwards", async () => {
    const fe = await frontend(cleanup, { heartbeatMs: 40 });
    const proxy = cleanup.add(await TcpProxy.start(fe.door.port), (opened) => opened.close());
    const be = backend(cleanup, `http://127.0.0.1:${proxy.port}`, { heartbeatMs: 40 });
    await joined(be);
    proxy.stall(true);
    await send(fe.bus, ["on its way"]);
    await until(() => fe.log.count("nothing was heard any more") === 1, "the frontend to notice");
    await until(() => be.log.count("nothing was heard any more") === 1, "the backend to notice");
    proxy.stall(false);
    proxy.cut();
    await until(() => be.got.length === 1, "the event");
    expect(be.got).toEqual(["on its way"]);
  });

  it("lets open requests end when the connection does", async () => {
    const fe = await frontend(cleanup);
    const be = backend(cleanup, fe.door.url);
    await joined(be);
    let asked = false;
    be.bus.respond("dsiem_console.rpc.be0", () => {
      asked = true;
      return new Promise(() => undefined);
    });
    const request = async () => {
      for (;;) {
        const error = await fe.bus
          .request("dsiem_console.rpc.be0", bytes(""), 10_000)
          .catch((reason: unknown) => reason);
        if (asked) return error;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const answer = request();
    await until(() => asked, "the request");
    await be.stop();
    expect(await answer).toBeInstanceOf(NoResponderError);
  });

  it("keeps the last small message of each subject for the frontend's return", async () => {
    const port = await freePort();
    const be = backend(cleanup, `http://127.0.0.1:${port}`);
    be.bus.publish("dsiem_overload_signals", bytes("true"));
    be.bus.publish("dsiem_overload_signals", bytes("false"));
    const fe = await frontend(cleanup, {}, port);
    const got: string[] = [];
    fe.bus.subscribe("dsiem_overload_signals", (payload) => got.push(text(payload)));
    await until(() => got.length > 0, "the signal");
    expect(got).toEqual(["false"]);
  });
});
