import type { z } from "zod";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { correlatorOf } from "../backlog/testing/scenarios.ts";
import { SystemClock } from "../base/clock.ts";
import { Cleanup, NatsProcess, recordingLogger, until } from "../bus/bus.fixture.ts";
import type { Bus } from "../bus/bus.ts";
import { backend, frontend, joined } from "../bus/link.fixture.ts";
import { MemoryBus } from "../bus/memory.ts";
import { connectNats } from "../bus/nats.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { rpcRefusalSchema } from "../contract/rpc.ts";
import { rpcSubject } from "../contract/subjects.ts";
import { Inventory } from "../inventory/inventory.ts";
import { LossLedger } from "../telemetry/loss-ledger.ts";
import { serveConsole } from "./console.ts";
import { RpcRefusal } from "./console-rpc.ts";
import { EventIntake } from "./event-intake.ts";
import type { Journal } from "./journal-feed.ts";

/** Run it after each test. */
export const cleanup = new Cleanup();

const DIRECTIVES = [
  directive([rule(1), rule(2, { from: ":1" }), rule(3, { from: ":1" })], { id: 7, name: "Scan by SRC_IP" }),
  directive([rule(1, { plugin_sid: [4] }), rule(2, { plugin_sid: [5], from: ":1" })], { id: 8 }),
];

export type Open = () => Promise<{ backendBus: Bus; consoleBus: Bus }>;

export async function overLink(): ReturnType<Open> {
  const fe = await frontend(cleanup);
  const be = backend(cleanup, fe.door.url, { node: "be1", acks: false });
  await joined(be);
  return { backendBus: be.bus, consoleBus: fe.bus };
}

export async function overNats(): ReturnType<Open> {
  const nats = cleanup.add(await NatsProcess.start("max_payload: 65536"), (server) => server.stop());
  const connect = async (name: string): Promise<Bus> => {
    const bus = connectNats({
      servers: [{ host: "127.0.0.1", port: nats.port, tls: false }],
      ...{ credentials: {}, maxBuffered: 10_000, name, logger: recordingLogger().logger, clock: new SystemClock() },
    });
    cleanup.add(bus, (opened) => opened.close());
    await until(() => bus.status().state === "connected", "a connection");
    return bus;
  };
  return { backendBus: await connect("be1"), consoleBus: await connect("console") };
}

export async function inMemory(maxPayload?: number): ReturnType<Open> {
  const bus = new MemoryBus(recordingLogger().logger, 1000, maxPayload);
  return { backendBus: bus, consoleBus: bus };
}

/** A backend's console side on a bus, and the console's end of it. */
export async function serving(open: Open, options: { journal?: Journal; directives?: readonly Directive[] } = {}) {
  const { backendBus, consoleBus } = await open();
  const clock = new SystemClock();
  const log = recordingLogger();
  const inventory = new Inventory([{ name: "lan", cidr: "10.0.0.0/8", value: 2 }]);
  const correlator = correlatorOf(options.directives ?? DIRECTIVES, [], { inventory });
  const intake = new EventIntake({
    ...{ correlator, inventory, clock, log: log.logger, maxQueue: 10_000 },
    ledger: new LossLedger(clock),
    redelivered: true,
    ack: (position) => backendBus.ack(position),
    onDelay: () => undefined,
    isBlocked: () => false,
  });
  const answering = serveConsole({
    ...{ bus: backendBus, node: "be1", correlator, intake, clock, log: log.logger, run: "run1" },
    journal: options.journal,
    config: () => [{ name: "directives_be1.json", sha256: "00" }],
    reloader: { reload: () => Promise.reject(new RpcRefusal("FRONTEND_UNAVAILABLE", "there is no frontend here")) },
    lookups: { stats: () => [] },
  });
  cleanup.add(answering, (opened) => opened.close());
  const askRaw = async (payload: Uint8Array): Promise<unknown> => {
    const answer = await consoleBus.request(rpcSubject("be1"), payload, 5000);
    if (answer.length > backendBus.maxPayload) throw new Error("the answer is larger than the bus takes");
    return JSON.parse(Buffer.from(answer).toString());
  };
  const askJson = (request: unknown): Promise<unknown> => askRaw(Buffer.from(JSON.stringify(request)));
  const ask = async <S extends z.ZodType>(schema: S, method: string, request: object = {}): Promise<z.output<S>> =>
    schema.parse(await askJson({ method, ...request }));
  const refusal = async (request: unknown) => rpcRefusalSchema.parse(await askJson(request));
  let events = 0;
  const process = (sid: number, host: number, change: Partial<NormalizedEvent> = {}): void => {
    events += 1;
    const seconds = Math.floor(Date.now() / 1000);
    const source = `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;
    correlator.process(event(sid, `e${events}`, { src_ip: source, seconds, ...change }), clock.now());
  };
  // A question that is asked before the other end knows of this one would find nobody.
  let known = false;
  const greet = async (): Promise<void> => {
    known ||= await askJson({ method: "unwatch" }).then(
      () => true,
      () => false,
    );
  };
  await until(() => {
    void greet();
    return known;
  }, "the backend to be known");
  return { answering, clock, backendBus, consoleBus, correlator, intake, log, ask, askRaw, refusal, process };
}

/** A journal that keeps these entries, of which the first has this number, and counts who listens. */
export function journalOf(entries: readonly string[], oldest = 1): Journal {
  return {
    since: async (seq, maxBytes) => {
      const from = Math.max(seq, oldest);
      const texts: string[] = [];
      let bytes = 0;
      for (const text of entries.slice(from - oldest)) {
        bytes += text.length;
        if (texts.length > 0 && bytes > maxBytes) break;
        texts.push(text);
      }
      return { entries: texts, next: from + texts.length, oldest, last: oldest + entries.length - 1 };
    },
    onJournal: undefined,
  };
}

export const omittedEntries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => JSON.stringify({ seq: from + i, at: 1, kind: "omitted" }));
