import { join } from "node:path";
import type { NatsPublisherMethods } from "../processes/nats-publisher.ts";
import { AlarmEventFile } from "./alarm-events.ts";
import type { BenchContext } from "./bench.ts";
import { machineMs } from "./clock.ts";
import type { DirectiveSet } from "./configs.ts";
import { stopMeasured } from "./cpu-profile.ts";
import { BenchError } from "./failure.ts";
import { Helper } from "./helper.ts";
import {
  type Backend,
  type BackendSetup,
  type Frontend,
  type NatsServer,
  startBackend,
  startFrontend,
  startNats,
} from "./services.ts";
import { cpuSeconds } from "./system.ts";
import { sleep } from "./waiting.ts";
import { matchingIn, type Workload } from "./workload.ts";

const CALL_MS = 120_000;
/** Time for a service to finish what isn't urgent before its CPU time is read. */
const SETTLE_MS = 50;

/** A backend on a NATS server of its own, with a publisher that gives it events as fast as the bus takes them. */
export class BackendRig {
  readonly #context: BenchContext;
  readonly #nats: NatsServer;
  readonly #frontend: Frontend;
  readonly #publisher = new Helper<NatsPublisherMethods>("nats-publisher.ts");
  #backend: Backend | undefined;
  #file: AlarmEventFile | undefined;
  #sequence = 0;
  #lines = 0;

  static async start(context: BenchContext, directives: DirectiveSet): Promise<BackendRig> {
    const nats = await startNats();
    const bus = { kind: "nats", server: nats } as const;
    const rig = new BackendRig(context, nats, await startFrontend(context.options, bus, directives));
    await rig.#publisher.call("connect", { port: nats.port }, CALL_MS);
    return rig;
  }

  private constructor(context: BenchContext, nats: NatsServer, frontend: Frontend) {
    this.#context = context;
    this.#nats = nats;
    this.#frontend = frontend;
  }

  async startBackend(setup: BackendSetup = {}): Promise<Backend> {
    const bus = { kind: "nats", server: this.#nats } as const;
    const backend = await startBackend(this.#context.options, bus, this.#frontend.port, { profile: true, ...setup });
    this.#backend = backend;
    // What a backend wrote that ran on this folder before is counted on.
    if (setup.folder === undefined) {
      this.#file = new AlarmEventFile(backend.alarmEvents);
      this.#lines = 0;
    }
    return backend;
  }

  /** The frontend's folder of configuration files. */
  get configs(): string {
    return join(this.#frontend.folder, "configs");
  }

  get natsPort(): number {
    return this.#nats.port;
  }

  /** Ends the backend as a crash does; the next one may go on in its folder. */
  async killBackend(): Promise<void> {
    await this.#running().backend.kill();
  }

  /**
   * Publishes `count` events and waits until the line of the last matching one is written; the last event has to
   * match. As fast as the bus takes them unless a rate is given. The rate counts from the first event published to that
   * line.
   * @throws BenchError when an event is lost.
   */
  async publish(
    workload: Workload,
    count: number,
    eventsPerSecond?: number,
  ): Promise<{ perSecond: number; cpuMicros: number }> {
    const { backend, file } = this.#running();
    this.#lines += matchingIn(workload, this.#sequence, count);
    await this.#publisher.call("prepare", { workload, first: this.#sequence, count }, CALL_MS);
    this.#sequence += count;
    const cpuBefore = cpuSeconds(backend.pid);
    const published = this.#publisher.call("publish", { eventsPerSecond }, CALL_MS);
    // A failing publisher is reported when it is awaited; until then it just means that lines don't come.
    published.catch(() => undefined);
    await file.reach(this.#lines).catch((error: unknown) => {
      this.#nats.check();
      backend.check();
      throw error;
    });
    const endedMs = machineMs();
    const { startedMs } = await published;
    await sleep(SETTLE_MS);
    this.#nats.check();
    const cpu = cpuSeconds(backend.pid) - cpuBefore;
    return { perSecond: (count / (endedMs - startedMs)) * 1000, cpuMicros: (cpu * 1e6) / count };
  }

  /** Checks that every matching event is in the file once, and stops the backend. */
  async stopBackend(name = "the backend"): Promise<void> {
    const { backend, file } = this.#running();
    await stopMeasured(this.#context, name, backend);
    file.verify(this.#lines);
    file.close();
    this.#backend = undefined;
  }

  async stop(): Promise<void> {
    if (this.#backend !== undefined) await this.stopBackend();
    await this.#publisher.stop();
    await this.#frontend.stop();
    await this.#nats.stop();
  }

  #running(): { backend: Backend; file: AlarmEventFile } {
    if (this.#backend === undefined || this.#file === undefined) throw new BenchError("the backend isn't running");
    return { backend: this.#backend, file: this.#file };
  }
}
