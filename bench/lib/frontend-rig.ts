import type { HttpLoadMethods } from "../processes/http-load.ts";
import type { NatsCounterMethods } from "../processes/nats-counter.ts";
import type { BenchContext } from "./bench.ts";
import { SHORT_LIVED } from "./configs.ts";
import { stopMeasured } from "./cpu-profile.ts";
import { BenchError } from "./failure.ts";
import { Helper } from "./helper.ts";
import { type Frontend, type NatsServer, startFrontend, startNats } from "./services.ts";
import { cpuSeconds } from "./system.ts";
import { sleep } from "./waiting.ts";
import type { Workload } from "./workload.ts";

const CALL_MS = 120_000;
const SETTLE_MS = 50;
const ARRIVE_MS = 10_000;

/** One way of posting: how many connections, and how many events in each request. */
export interface Posting {
  readonly workload: Workload;
  readonly connections: number;
  readonly perPost: number;
}

/** Posts events with a process of its own, and reads what the server spends on them. */
export class HttpLoad {
  readonly #helper = new Helper<HttpLoadMethods>("http-load.ts");
  readonly #posting: Posting;
  #sequence = 0;

  constructor(posting: Posting) {
    this.#posting = posting;
  }

  /** Posts so many events to the server at a port, each answered with 200. */
  async post(port: number, pid: number, count: number): Promise<{ cpuMicros: number; perSecond: number }> {
    await this.#helper.call("connect", { port, ...this.#posting }, CALL_MS);
    const cpuBefore = cpuSeconds(pid);
    const { startedMs, endedMs } = await this.#helper.call("post", { first: this.#sequence, count }, CALL_MS);
    this.#sequence += count;
    await sleep(SETTLE_MS);
    const cpu = cpuSeconds(pid) - cpuBefore;
    return { cpuMicros: (cpu * 1e6) / count, perSecond: (count / (endedMs - startedMs)) * 1000 };
  }

  stop(): Promise<void> {
    return this.#helper.stop();
  }
}

/** A frontend on a NATS server of its own, with a subscriber that counts what it publishes. */
export class FrontendRig {
  readonly frontend: Frontend;
  readonly #context: BenchContext;
  readonly #nats: NatsServer;
  readonly #counter = new Helper<NatsCounterMethods>("nats-counter.ts");
  #posted = 0;

  static async start(context: BenchContext): Promise<FrontendRig> {
    const nats = await startNats();
    const bus = { kind: "nats", server: nats } as const;
    const frontend = await startFrontend(
      context.options,
      bus,
      { count: 1, occurrences: SHORT_LIVED },
      { profile: true },
    );
    const rig = new FrontendRig(context, nats, frontend);
    await rig.#counter.call("subscribe", { port: nats.port }, CALL_MS);
    return rig;
  }

  private constructor(context: BenchContext, nats: NatsServer, frontend: Frontend) {
    this.#context = context;
    this.#nats = nats;
    this.frontend = frontend;
  }

  /** Posts so many events and checks that each came out on the bus. */
  async post(load: HttpLoad, count: number): Promise<{ cpuMicros: number; perSecond: number }> {
    const measured = await load.post(this.frontend.port, this.frontend.pid, count);
    this.#posted += count;
    await this.#allPublished();
    return measured;
  }

  async #allPublished(): Promise<void> {
    const deadline = performance.now() + ARRIVE_MS;
    for (;;) {
      const counted = await this.#counter.call("count", undefined, CALL_MS);
      if (counted === this.#posted) break;
      this.#nats.check();
      if (counted > this.#posted || performance.now() > deadline) {
        throw new BenchError(`LOST: ${this.#posted} events were acknowledged, ${counted} published`);
      }
      await sleep(SETTLE_MS);
    }
  }

  async stop(): Promise<void> {
    await stopMeasured(this.#context, "the frontend", this.frontend);
    await this.#counter.stop();
    await this.#nats.stop();
  }
}
