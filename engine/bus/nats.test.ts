import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../base/clock.ts";
import {
  bytes,
  Cleanup,
  freePort,
  NatsProcess,
  published,
  recordingLogger,
  TcpProxy,
  text,
  until,
} from "./bus.fixture.ts";
import { type Bus, BusFullError, type BusLoss, PayloadTooLargeError } from "./bus.ts";
import { connectNats, type NatsBusOptions } from "./nats.ts";
import { OldNatsServer } from "./nats-stub.fixture.ts";
import { TLS_FILES } from "./nats-tls.fixture.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const at = (port: number) => ({ host: "127.0.0.1", port, tls: false });

function connect(port: number, options: Partial<NatsBusOptions> = {}) {
  const log = recordingLogger();
  const bus = connectNats({
    servers: [at(port)],
    credentials: {},
    maxBuffered: 100_000,
    name: "test",
    logger: log.logger,
    clock: new SystemClock(),
    ...options,
  });
  return { bus: cleanup.add(bus, (opened) => opened.close()), log };
}

async function connected(port: number, options: Partial<NatsBusOptions> = {}) {
  const opened = connect(port, options);
  await until(() => opened.bus.status().state === "connected", `a connection (${opened.log.lines.join("")})`);
  return opened;
}

async function server(config = "", files: Record<string, string> = {}): Promise<NatsProcess> {
  return cleanup.add(await NatsProcess.start(config, files), (nats) => nats.stop());
}

async function proxyTo(port: number): Promise<TcpProxy> {
  return cleanup.add(await TcpProxy.start(port), (proxy) => proxy.close());
}

/** What a subscriber got, and the same without the repetitions that an outage may cause. */
async function collector(port: number) {
  const { bus } = await connected(port);
  const all: number[] = [];
  bus.subscribeEvents((payload) => all.push(Number(text(payload))));
  bus.subscribe("probe", () => undefined);
  await bus.drain(1000);
  return { all, first: () => [...new Set(all)] };
}

const isFull = (attempt: () => void) => {
  try {
    attempt();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(BusFullError);
    return true;
  }
};

/** Publishes one event; "full", or whether it was answered for. */
function offer(bus: Bus, event: string): { answer: "full" | "open" | "done" | "refused" } {
  const outcome: { answer: "full" | "open" | "done" | "refused" } = { answer: "open" };
  const full = isFull(() =>
    bus.publishEvents([bytes(event)], (error) => {
      outcome.answer = error === undefined ? "done" : "refused";
    }),
  );
  if (full) outcome.answer = "full";
  return outcome;
}

describe("NATS that is away", () => {
  it("is tried again until it starts; what waited is delivered in order", async () => {
    const nats = await server();
    const proxy = await proxyTo(nats.port);
    await nats.kill();
    const { bus: reader } = connect(nats.port);
    const got: string[] = [];
    reader.subscribeEvents((payload) => got.push(text(payload)));
    proxy.refuse(true);
    const { bus, log } = connect(proxy.port);
    expect(bus.status().state).toBe("connecting");
    const sent = Array.from({ length: 100 }, (_, i) => String(i));
    for (const event of sent) await published(bus, [bytes(event)]);
    expect(bus.status().buffered).toBe(100);
    await until(() => bus.status().state === "disconnected", "a failed attempt");
    await nats.start();
    await until(() => reader.status().state === "connected", "the reader to connect");
    await reader.drain(1000);
    proxy.refuse(false);
    await until(() => got.length === 100, "what waited");
    expect(got).toEqual(sent);
    expect(log.count("NATS cannot be reached")).toBe(1);
    expect(log.lines.join("")).toContain(`127.0.0.1:${proxy.port}`);
  });

  it("is looked for at every server of the list", async () => {
    const nats = await server();
    const { bus } = await connected(0, { servers: [at(await freePort()), at(nats.port)] });
    expect(bus.status().detail).toContain(String(nats.port));
  });

  it("costs nothing that was answered for, and no order, when its server is killed and started again", async () => {
    const nats = await server();
    const proxy = await proxyTo(nats.port);
    const { all, first } = await collector(nats.port);
    const { bus, log } = await connected(proxy.port);
    for (let i = 0; i < 50; i++) await published(bus, [bytes(String(i))]);
    await until(() => all.length === 50, "the first events");
    // The reader must be back before the writer, since core NATS keeps nothing for it.
    proxy.refuse(true);
    await nats.kill();
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    for (let i = 50; i < 150; i++) await published(bus, [bytes(String(i))]);
    expect(bus.status().buffered).toBeGreaterThanOrEqual(100);
    await nats.start();
    const { bus: probe } = await connected(nats.port);
    await until(() => {
      probe.publishEvents([bytes("-1")], () => undefined);
      return all.includes(-1);
    }, "the reader to be back");
    proxy.refuse(false);
    await until(() => first().includes(149), "what waited");
    for (let i = 150; i < 200; i++) await published(bus, [bytes(String(i))]);
    await until(() => first().includes(199), "the last events");
    expect(first().filter((i) => i >= 0)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(log.count("is lost")).toBe(1);
    expect(log.count("connected to NATS")).toBe(2);
  });

  it("loses and reorders nothing while the connection is cut again and again under load", async () => {
    const nats = await server();
    const proxy = await proxyTo(nats.port);
    const { all, first } = await collector(nats.port);
    const { bus } = await connected(proxy.port);
    let next = 0;
    let answered = 0;
    const deadline = performance.now() + 2500;
    let cutAt = performance.now() + 100;
    while (performance.now() < deadline) {
      for (let batch = 0; batch < 20; batch++) {
        const size = 1 + ((next * 7) % 30);
        const events = Array.from({ length: size }, (_, i) => bytes(String(next + i)));
        bus.publishEvents(events, (error) => {
          expect(error).toBeUndefined();
          answered += size;
        });
        next += size;
      }
      if (performance.now() > cutAt) {
        proxy.cut();
        cutAt = performance.now() + 150 + ((next * 13) % 200);
      }
      await new Promise((resolve) => setImmediate(resolve));
      // About what 25 MB a second are: the reader shares this process.
      if (next % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await bus.drain(5000)).toBe(0);
    expect(answered).toBe(next);
    await until(() => new Set(all).size >= next, "all events");
    expect(first()).toEqual(Array.from({ length: next }, (_, i) => i));
  });

  it("that was started anew gets what waits only when its readers had time to come back", async () => {
    const nats = await server();
    const { bus, log } = await connected(nats.port, { readersBackMs: 1000 });
    await nats.kill();
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    for (let i = 0; i < 50; i++) await published(bus, [bytes(String(i))]);
    await nats.start();
    await until(() => bus.status().state === "connected", "the connection");
    // Core NATS keeps nothing for a reader that comes after the writer.
    const { all } = await collector(nats.port);
    for (let i = 50; i < 60; i++) await published(bus, [bytes(String(i))]);
    await until(() => all.length >= 60, "what waited and what came since");
    expect(all).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(log.count("its subscribers")).toBe(1);
  });

  it("that only lost our connection gets what waits at once", async () => {
    const nats = await server();
    const proxy = await proxyTo(nats.port);
    const { all } = await collector(nats.port);
    const { bus } = await connected(proxy.port, { readersBackMs: 60_000 });
    proxy.refuse(true);
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    for (let i = 0; i < 50; i++) await published(bus, [bytes(String(i))]);
    proxy.refuse(false);
    await until(() => all.length >= 50, "what waited");
  });

  it("that was started anew is drained to before the time for the stop is up", async () => {
    const nats = await server();
    const { bus } = await connected(nats.port, { readersBackMs: 60_000 });
    await nats.kill();
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    await published(bus, [bytes("1")]);
    await nats.start();
    await until(() => bus.status().state === "connected", "the connection");
    const { all } = await collector(nats.port);
    expect(await bus.drain(1500)).toBe(0);
    await until(() => all.length === 1, "what waited");
  });

  it("has a full buffer after --max_queue events: singles and arrays, all or none", async () => {
    const { bus } = connect(await freePort(), { maxBuffered: 20 });
    const answers = Array.from({ length: 15 }, (_, i) => offer(bus, String(i)).answer);
    expect(answers).toEqual(answers.map(() => "done"));
    expect(
      isFull(() =>
        bus.publishEvents(
          Array.from({ length: 6 }, () => bytes("x")),
          () => undefined,
        ),
      ),
    ).toBe(true);
    expect(bus.status().buffered).toBe(15);
    await published(
      bus,
      Array.from({ length: 5 }, () => bytes("x")),
    );
    expect(Array.from({ length: 180 }, () => offer(bus, "x").answer)).toEqual(
      Array.from({ length: 180 }, () => "full"),
    );
    expect(await bus.drain(10)).toBe(20);
    const none = connect(await freePort(), { maxBuffered: 0 });
    expect(offer(none.bus, "x").answer).toBe("full");
  });

  it("says how many events that were answered for it never handed over when it is closed", async () => {
    const losses: BusLoss[] = [];
    const { bus } = connect(await freePort(), { onLoss: (loss) => losses.push(loss) });
    await published(bus, [bytes("x"), bytes("y")]);
    await bus.close();
    expect(losses).toEqual([{ cause: "left_in_frontend", events: 2, text: "NATS was away, or too slow" }]);
  });

  it("answers for what fits when the connection breaks over unconfirmed events, and refuses the rest", async () => {
    const nats = await server();
    const proxy = await proxyTo(nats.port);
    const { first } = await collector(nats.port);
    const { bus } = await connected(proxy.port, { maxBuffered: 20 });
    proxy.stall(true);
    const outcomes = Array.from({ length: 50 }, (_, i) => offer(bus, String(i)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(outcomes.every(({ answer }) => answer === "open")).toBe(true);
    proxy.refuse(true);
    proxy.stall(false);
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    expect(outcomes.map(({ answer }) => answer)).toEqual(
      Array.from({ length: 50 }, (_, i) => (i < 20 ? "done" : "refused")),
    );
    proxy.refuse(false);
    await until(() => first().length >= 20, "what was answered for");
    expect(first()).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it("gets the last small message of each subject once it is back", async () => {
    const nats = await server();
    const proxy = await proxyTo(nats.port);
    const { bus: reader } = await connected(nats.port);
    const got: string[] = [];
    reader.subscribe("dsiem_overload_signals", (payload) => got.push(text(payload)));
    await reader.drain(1000);
    proxy.refuse(true);
    const { bus } = connect(proxy.port);
    bus.publish("dsiem_overload_signals", bytes("true"));
    bus.publish("dsiem_overload_signals", bytes("false"));
    proxy.refuse(false);
    await until(() => got.length > 0, "the signal");
    expect(got).toEqual(["false"]);
  });
});

describe("a NATS server that wants credentials", () => {
  it("takes a token, from the URL or the environment, and user and password", async () => {
    const withToken = await server('authorization { token: "s3cr3t-token" }');
    await connected(withToken.port, { credentials: { token: "s3cr3t-token" } });
    await connected(withToken.port, { servers: [{ ...at(withToken.port), user: "s3cr3t-token" }] });
    const withUser = await server('authorization { user: "dsiem", password: "p:ss@w/rd" }');
    await connected(withUser.port, { credentials: { user: "dsiem", password: "p:ss@w/rd" } });
    const url = { ...at(withUser.port), user: "dsiem", password: "p:ss@w/rd" };
    // What the URL says counts.
    await connected(withUser.port, { servers: [url], credentials: { user: "other", password: "wrong" } });
  });

  it("that refuses ours is tried again, is said once, and no password reaches the log", async () => {
    const nats = await server('authorization { user: "dsiem", password: "right" }');
    const servers = [{ ...at(nats.port), user: "dsiem", password: "wr0ng-password" }];
    const { bus, log } = connect(nats.port, { servers });
    await until(() => bus.status().state === "disconnected", "the refusal");
    expect(bus.status().detail).toMatch(/authorization violation/i);
    await nats.kill();
    await nats.start('authorization { user: "dsiem", password: "wr0ng-password" }');
    await until(() => bus.status().state === "connected", "the server to take them");
    expect(log.count("Authorization")).toBe(1);
    expect(log.lines.join("") + bus.status().detail).not.toContain("wr0ng-password");
  });

  it("gets a signature made with the creds file", async () => {
    const { nkeys } = await import("@nats-io/transport-node");
    const user = nkeys.createUser();
    const folder = cleanup.add(mkdtempSync(join(tmpdir(), "dsiem-creds-")), (path) =>
      rmSync(path, { recursive: true }),
    );
    const file = join(folder, "user.creds");
    const old = cleanup.add(await OldNatsServer.start({ nonce: "bm9uY2U", auth_required: true }), (stub) =>
      stub.close(),
    );
    const { bus, log } = connect(old.port, { credentials: { credsFile: file } });
    await until(() => bus.status().state === "disconnected", "the missing file to be noticed");
    expect(log.lines.join("")).toContain("user.creds");
    const seed = new TextDecoder().decode(user.getSeed());
    writeFileSync(
      file,
      `-----BEGIN NATS USER JWT-----\na.jwt.here\n------END NATS USER JWT------\n\n` +
        `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
    );
    await until(() => bus.status().state === "connected", "a connection");
    const line = old.lines.find((said) => said.startsWith("CONNECT ")) ?? "";
    const said: { jwt?: string; sig?: string } = JSON.parse(line.slice(8));
    expect(said.jwt).toBe("a.jwt.here");
    expect(user.verify(bytes("bm9uY2U"), Buffer.from(said.sig ?? "", "base64url"))).toBe(true);
  });

  it("is reached over TLS, both certificates checked, the server's against its address", async () => {
    const config =
      'tls { cert_file: "FOLDER/server.pem", key_file: "FOLDER/server.key", ca_file: "FOLDER/ca.pem", verify: true }';
    const nats = await server(config, TLS_FILES);
    const file = (name: string) => join(nats.folder, name);
    const servers = [{ ...at(nats.port), tls: true }];
    const credentials = {
      tlsCaFile: file("ca.pem"),
      tlsCertFile: file("client.pem"),
      tlsKeyFile: file("client.key"),
    };
    const { bus } = await connected(nats.port, { servers, credentials });
    await published(bus, [bytes("x")]);
    await connected(nats.port, { credentials });
    const distrusting = connect(nats.port, { servers });
    await until(() => distrusting.bus.status().state === "disconnected", "the refusal");
    expect(distrusting.bus.status().detail).toMatch(/certificate/i);
  });

  it("that forbids us to publish events refuses them, loudly", async () => {
    const nats = await server(
      'authorization { users: [ { user: "a", password: "b", permissions: { publish: { deny: "dsiem_events" } } } ] }',
    );
    const { bus, log } = await connected(nats.port, { credentials: { user: "a", password: "b" } });
    await expect(published(bus, [bytes("x")])).rejects.toThrow(/NATS refuses our events/);
    await expect(published(bus, [bytes("x"), bytes("y")])).rejects.toThrow(/NATS refuses our events/);
    expect(log.count("Permissions Violation")).toBeGreaterThan(0);
  });

  it("that forbids it only after an outage: what was answered meanwhile is lost, and said to be", async () => {
    const users = (more: string) => `authorization { users: [ { user: "a", password: "b"${more} } ] }`;
    const nats = await server(users(""));
    const losses: BusLoss[] = [];
    const onLoss = (loss: BusLoss) => losses.push(loss);
    const { bus, log } = await connected(nats.port, { credentials: { user: "a", password: "b" }, onLoss });
    await nats.kill();
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    await published(bus, [bytes("x"), bytes("y")]);
    await nats.start(users(', permissions: { publish: { deny: "dsiem_events" } }'));
    await until(() => log.count("events that were answered 200 are lost: NATS refuses our events") > 0, "the error");
    expect(log.count("lost=2")).toBe(1);
    expect(losses.map(({ cause, events }) => [cause, events])).toEqual([["refused_by_bus", 2]]);
    expect(bus.status().buffered).toBe(0);
  });
});

describe("what a NATS server takes", () => {
  it("is what its INFO says", async () => {
    const nats = await server("max_payload: 2048");
    const { bus } = connect(nats.port);
    expect(bus.maxPayload).toBe(1024 * 1024);
    await until(() => bus.status().state === "connected", "a connection");
    expect(bus.maxPayload).toBe(2048);
    expect(() => bus.publishEvents([Buffer.alloc(2049)], () => undefined)).toThrow(PayloadTooLargeError);
    await published(bus, [Buffer.alloc(2048)]);
  });

  it("may shrink while it is away: what no longer fits is dropped, loudly, and the rest goes on", async () => {
    const nats = await server("max_payload: 2048");
    const proxy = await proxyTo(nats.port);
    const { bus: reader } = await connected(nats.port);
    const got: number[] = [];
    reader.subscribeEvents((payload) => got.push(payload.length));
    const losses: BusLoss[] = [];
    const { bus, log } = await connected(proxy.port, { onLoss: (loss) => losses.push(loss) });
    proxy.refuse(true);
    await until(() => bus.status().state === "disconnected", "the loss to be seen");
    await published(bus, [Buffer.alloc(10)]);
    await published(bus, [Buffer.alloc(1500), Buffer.alloc(11)]);
    await published(bus, [Buffer.alloc(12)]);
    await nats.kill();
    await nats.start("max_payload: 1024");
    await until(() => reader.status().state === "connected" && reader.maxPayload === 1024, "the reader to be back");
    await reader.drain(1000);
    proxy.refuse(false);
    await until(() => got.includes(12), "what fits");
    expect(got).toEqual([10, 11, 12]);
    expect(log.count("dropped=1")).toBe(1);
    expect(losses).toEqual([{ cause: "too_large_for_bus", events: 1, text: "NATS now takes 1024 bytes a message" }]);
  });

  it("is enough without headers: nats-server 1.3.0", async () => {
    const old = cleanup.add(await OldNatsServer.start(), (stub) => stub.close());
    const { bus } = await connected(old.port);
    const got: string[] = [];
    bus.subscribeEvents((payload) => got.push(text(payload)));
    bus.respond("dsiem_console.rpc.a", async (payload) => payload);
    await published(bus, [bytes("one"), bytes("two")]);
    await until(() => got.length === 2, "the events");
    expect(got).toEqual(["one", "two"]);
    expect(text(await bus.request("dsiem_console.rpc.a", bytes("echo"), 1000))).toBe("echo");
    await expect(bus.request("dsiem_console.rpc.b", bytes("echo"), 50)).rejects.toThrow(/within 50 ms/);
    const said = old.lines.join("\n");
    expect(said).not.toContain("HPUB");
    expect(said).toMatch(/^SUB dsiem_events \d+$/m);
    expect(JSON.parse(old.lines[0]?.slice(8) ?? "")).not.toHaveProperty("headers");
  });
});
