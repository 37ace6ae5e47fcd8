import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SystemClock } from "../base/clock.ts";
import { type Logger, silentLogger } from "../base/log.ts";
import { bytes, Cleanup, httpDoor, NatsProcess, published, text, until } from "./bus.fixture.ts";
import { type Bus, NoResponderError, PayloadTooLargeError, RequestTimeoutError } from "./bus.ts";
import { connectLink } from "./link-client.ts";
import { LinkServer } from "./link-server.ts";
import { MemoryBus } from "./memory.ts";
import { connectNats } from "./nats.ts";

/** The two ends of a transport, both connected. */
interface Ends {
  frontend: Bus;
  backend: Bus;
}

const clock = new SystemClock();
const logger: Logger = silentLogger(clock);
const shared = new Cleanup();
let nats: NatsProcess;

beforeAll(async () => {
  nats = shared.add(await NatsProcess.start(), (server) => server.stop());
});
afterAll(() => shared.run());

const transports: Record<Bus["kind"], (cleanup: Cleanup) => Promise<Ends>> = {
  memory: async () => {
    const bus = new MemoryBus(logger);
    return { frontend: bus, backend: bus };
  },
  nats: async (cleanup) => {
    const servers = [{ host: "127.0.0.1", port: nats.port, tls: false }];
    const options = { servers, credentials: {}, maxBuffered: 1000, name: "test", logger, clock };
    const frontend = cleanup.add(connectNats(options), (bus) => bus.close());
    const backend = cleanup.add(connectNats(options), (bus) => bus.close());
    return { frontend, backend };
  },
  link: async (cleanup) => {
    const door = cleanup.add(await httpDoor(), (opened) => opened.close());
    const frontend = cleanup.add(new LinkServer({ token: "secret", maxBuffered: 1000, logger, clock }), (bus) =>
      bus.close(),
    );
    frontend.attach(door.server);
    const options = { url: `${door.url}/`, token: "secret", node: "be0", maxQueue: 1000, logger };
    const backend = cleanup.add(connectLink(options), (bus) => bus.close());
    return { frontend, backend };
  },
};

/** Tries until an attempt succeeds that `counts`: the other side may not have heard of a subscription yet. */
async function retrying<T>(attempt: () => Promise<T>, counts: () => boolean): Promise<T> {
  const deadline = performance.now() + 5000;
  for (;;) {
    try {
      const result = await attempt();
      if (counts()) return result;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(Object.entries(transports))("the bus over %s", (_kind, open) => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  async function ends(): Promise<Ends> {
    const both = await open(cleanup);
    await until(() => Object.values(both).every((bus) => bus.status().state === "connected"), "both ends to connect");
    return both;
  }

  /** Collects events; resolves once the subscription is known to work. */
  async function collect({ frontend, backend }: Ends) {
    const got: string[] = [];
    const positions: number[] = [];
    const subscription = backend.subscribeEvents((payload, position) => {
      if (text(payload) === "{}") {
        got.length = 0;
        positions.length = 0;
      } else {
        got.push(text(payload));
        positions.push(position);
      }
      backend.ack(position);
    });
    let probed = false;
    const probe = backend.subscribeEvents(() => {
      probed = true;
    });
    while (!probed) {
      await published(frontend, [bytes("{}")]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    probe.close();
    got.length = 0;
    positions.length = 0;
    return { got, positions, subscription };
  }

  it("delivers singles and arrays in order, byte for byte, at positions that grow by one", async () => {
    const both = await ends();
    const { got, positions } = await collect(both);
    const sent = Array.from({ length: 500 }, (_, i) => `{"event_id":"${i}","title":"é\\u0000 ${"x".repeat(i)}"}`);
    const answers: Promise<void>[] = [];
    for (let i = 0; i < 100; i++) answers.push(published(both.frontend, [bytes(sent[i] ?? "")]));
    answers.push(published(both.frontend, sent.slice(100).map(bytes)));
    await Promise.all(answers);
    await until(() => got.length >= sent.length, "all events");
    expect(got).toEqual(sent);
    expect(positions.map((position) => position - (positions[0] ?? 0))).toEqual(sent.map((_, i) => i));
    expect(await both.frontend.drain(2000)).toBe(0);
  });

  it("answers for an empty array", async () => {
    const { frontend } = await ends();
    await published(frontend, []);
  });

  it("carries events of the largest size and refuses larger ones, naming the one and taking none", async () => {
    const both = await ends();
    const { got } = await collect(both);
    const largest = Buffer.alloc(both.frontend.maxPayload, "a");
    await published(both.frontend, [largest]);
    await until(() => got.length === 1, "the large event");
    expect(got[0]?.length).toBe(largest.length);
    const tooLarge = Buffer.alloc(both.frontend.maxPayload + 1);
    let answered = false;
    const attempt = () =>
      both.frontend.publishEvents([bytes("1"), tooLarge], () => {
        answered = true;
      });
    expect(attempt).toThrow(PayloadTooLargeError);
    expect(attempt).toThrow(expect.objectContaining({ index: 1, limit: both.frontend.maxPayload }));
    await published(both.frontend, [bytes("after")]);
    await until(() => got.length === 2, "the event after");
    expect(got[1]).toBe("after");
    expect(answered).toBe(false);
  });

  it("delivers nothing after the subscription was closed", async () => {
    const both = await ends();
    const { got, subscription } = await collect(both);
    subscription.close();
    await published(both.frontend, [bytes("late")]);
    await both.frontend.drain(50);
    expect(got).toEqual([]);
  });

  it("carries small messages both ways until the listener closes", async () => {
    const { frontend, backend } = await ends();
    for (const [from, to] of [
      [frontend, backend],
      [backend, frontend],
    ] as const) {
      const got: string[] = [];
      const all: string[] = [];
      const subscription = to.subscribe("dsiem_console.stats.be0", (payload) => got.push(text(payload)));
      to.subscribe("dsiem_console.*.be0", (payload) => all.push(text(payload)));
      await until(() => {
        from.publish("dsiem_console.stats.be0", bytes("hello"));
        return got.length > 0;
      }, "a message");
      expect(got[0]).toBe("hello");
      await until(() => all.length > 0, "the message of the pattern");
      subscription.close();
      const before = got.length;
      from.publish("dsiem_console.stats.be0", bytes("late"));
      await until(() => all.at(-1) === "late", "the later message of the pattern");
      expect(got.length).toBe(before);
    }
  });

  it("asks and answers both ways, up to the largest payload", async () => {
    const { frontend, backend } = await ends();
    for (const [from, to] of [
      [frontend, backend],
      [backend, frontend],
    ] as const) {
      to.respond("dsiem_console.rpc.be0", async (payload) => Buffer.concat([payload, bytes("!")]));
      const answer = await retrying(
        () => from.request("dsiem_console.rpc.be0", bytes("ping"), 1000),
        () => true,
      );
      expect(text(answer)).toBe("ping!");
      const large = Buffer.alloc(500_000, "z");
      expect((await from.request("dsiem_console.rpc.be0", large, 5000)).length).toBe(500_001);
      const many = await Promise.all(
        Array.from({ length: 50 }, (_, i) => from.request("dsiem_console.rpc.be0", bytes(String(i)), 5000)),
      );
      expect(many.map(text)).toEqual(Array.from({ length: 50 }, (_, i) => `${i}!`));
    }
  });

  it("rejects a request that nobody answers in time, and one that nobody can answer", async () => {
    const { frontend, backend } = await ends();
    let asked = 0;
    backend.respond("dsiem_console.rpc.slow", () => {
      asked += 1;
      return new Promise(() => undefined);
    });
    const error = await retrying(
      () => frontend.request("dsiem_console.rpc.slow", bytes(""), 50).catch((reason: unknown) => reason),
      () => asked > 0,
    );
    expect(error).toBeInstanceOf(RequestTimeoutError);
    await expect(frontend.request("dsiem_console.rpc.nobody", bytes(""), 50)).rejects.toThrow(NoResponderError);
  });

  it("says what state it is in", async () => {
    const { frontend, backend } = await ends();
    expect(frontend.status()).toMatchObject({ state: "connected", buffered: 0 });
    expect(frontend.status().detail).not.toBe("");
    const states: string[] = [];
    backend.onStatus((status) => states.push(status.state));
    await backend.close();
    expect(states).toEqual(["closed"]);
    expect(backend.status().state).toBe("closed");
  });
});
