import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SystemClock } from "../engine/base/clock.ts";
import { silentLogger } from "../engine/base/log.ts";
import type { Bus } from "../engine/bus/bus.ts";
import { connectNats } from "../engine/bus/nats.ts";
import { type ReloadAnswer, reloadAnswerSchema } from "../engine/contract/rpc.ts";
import { rpcSubject } from "../engine/contract/subjects.ts";
import { BackendRig } from "./lib/backend-rig.ts";
import { asMs, type Bench, type BenchContext, type Row, rowAtMost, rowForInformation } from "./lib/bench.ts";
import { makeConfigs, SHORT_LIVED } from "./lib/configs.ts";
import { BenchError } from "./lib/failure.ts";
import { median } from "./lib/figures.ts";
import { type Backend, type LoopDelay, loopDelay, NODE } from "./lib/services.ts";
import { sleep } from "./lib/waiting.ts";
import type { Workload } from "./lib/workload.ts";

const DIRECTIVES = 20_000;
const FILE_BYTES = 25_000_000;
const EVENTS_PER_SECOND = 5_000;
/** The stream goes on for so long around a reload. */
const STREAM_SECONDS = { one: 2, all: 8 } as const;
const HEAD_START_MS = 500;
const RELOAD_WITHIN_MS = 60_000;
const ONE_MS = 500;
const ALL_MS = 3_000;
const STALL_MS = 50;
/** A tenth of the events is for the directives, each in turn, so that many of them are alive while they change. */
const WORKLOAD: Workload = { matchEvery: 10, directives: DIRECTIVES, sources: 1, form: "published" };
const OWN = `directives_${NODE}_own.json`;
const WHOLE = `directives_${NODE}_whole.json`;

/** A plugin of which no event comes. */
const NOBODYS = 999_999;

type DirectiveText = Record<string, unknown> & { id: number; rules: object[] };

/** What a changed directive costs until a running backend goes by it, and whether the events have to wait for it. */
export const reload: Bench = {
  name: "reload",
  async run(context) {
    const directives = context.options.quick ? DIRECTIVES / 10 : DIRECTIVES;
    const set = { count: directives, occurrences: SHORT_LIVED };
    const rig = await BackendRig.start(context, set);
    const all = makeConfigs(NODE, set)
      .filter(({ name }) => name.startsWith("directives_"))
      .flatMap(({ text }) => (JSON.parse(text) as { directives: DirectiveText[] }).directives);
    const run = new ReloadRun(context, rig, all);
    const rows = [...(await run.oneOfMany()), ...(await run.wholeFile())];
    await run.close();
    await rig.stop();
    return rows;
  },
};

interface Measured {
  answer: ReloadAnswer;
  /** From the question to the answer. */
  ms: number;
  delay: LoopDelay;
}

class ReloadRun {
  readonly #context: BenchContext;
  readonly #rig: BackendRig;
  readonly #directives: readonly DirectiveText[];
  readonly #bus: Bus;
  #workload: Workload;
  #priority = 3;

  constructor(context: BenchContext, rig: BackendRig, directives: readonly DirectiveText[]) {
    this.#context = context;
    this.#rig = rig;
    this.#directives = directives;
    this.#workload = { ...WORKLOAD, directives: directives.length };
    const clock = new SystemClock();
    const servers = [{ host: "127.0.0.1", port: rig.natsPort, tls: false }];
    const logger = silentLogger(clock);
    this.#bus = connectNats({ servers, credentials: {}, maxBuffered: 0, name: "bench", clock, logger });
  }

  /** One directive in a file of its own, beside 20,000 in files of hundreds. */
  async oneOfMany(): Promise<Row[]> {
    const [first] = this.#directives;
    if (first === undefined) throw new BenchError("there is no directive");
    const rules = first.rules.map((rule) => ({ ...rule, type: "PluginRule", plugin_id: NOBODYS, plugin_sid: [1] }));
    this.#write(OWN, [{ ...first, id: 1, rules }]);
    const backend = await this.#rig.startBackend({ watchesLoop: true });
    const change = (): void => this.#write(OWN, [{ ...first, id: 1, rules, priority: this.#other() }]);
    const measured = await this.#measure(backend, change, STREAM_SECONDS.one, 1);
    await this.#rig.stopBackend();
    const what = `one directive of ${(this.#directives.length + 1).toLocaleString("en-US")}, in a file of its own`;
    return this.#rows(what, measured, ONE_MS);
  }

  /** As many directives as a file of 25 MB holds, each changed. */
  async wholeFile(): Promise<Row[]> {
    for (const name of readdirSync(this.#rig.configs)) {
      if (name.startsWith("directives_")) rmSync(join(this.#rig.configs, name));
    }
    const most = this.#context.options.quick ? FILE_BYTES / 10 : FILE_BYTES;
    const each = JSON.stringify({ directives: this.#directives }, undefined, 2).length / this.#directives.length;
    const directives = this.#directives.slice(0, Math.floor(most / each));
    const change = (): void => {
      const priority = this.#other();
      this.#write(
        WHOLE,
        directives.map((directive) => ({ ...directive, priority })),
      );
    };
    change();
    this.#workload = { ...WORKLOAD, directives: directives.length };
    const backend = await this.#rig.startBackend({ watchesLoop: true });
    const measured = await this.#measure(backend, change, STREAM_SECONDS.all, directives.length);
    await this.#rig.stopBackend();
    const what = `one file of ${(most / 1e6).toFixed(0)} MB, each of its ${directives.length.toLocaleString("en-US")} directives changed`;
    return this.#rows(what, measured, ALL_MS);
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }

  async #measure(backend: Backend, change: () => void, streamSeconds: number, expected: number) {
    const { runs } = this.#context.options;
    const reloads: Measured[] = [];
    const quiet: LoopDelay[] = [];
    const stream = () => this.#rig.publish(this.#workload, EVENTS_PER_SECOND * streamSeconds, EVENTS_PER_SECOND);
    await stream();
    for (let i = 0; i < runs; i++) {
      await loopDelay(backend);
      await stream();
      quiet.push(await loopDelay(backend));
      change();
      const streaming = stream();
      await sleep(HEAD_START_MS);
      const startedMs = performance.now();
      const request = Buffer.from(JSON.stringify({ method: "reload", by: "the bench" }));
      const reply = await this.#bus.request(rpcSubject(NODE), request, RELOAD_WITHIN_MS);
      const ms = performance.now() - startedMs;
      const answer = reloadAnswerSchema.parse(JSON.parse(Buffer.from(reply).toString("utf8")));
      if (answer.directives.changed !== expected)
        throw new BenchError(`${answer.directives.changed} directives changed instead of ${expected}`);
      // Fails when an event is lost.
      await streaming;
      reloads.push({ answer, ms, delay: await loopDelay(backend) });
    }
    return { reloads, quiet };
  }

  #rows(
    what: string,
    { reloads, quiet }: { reloads: readonly Measured[]; quiet: readonly LoopDelay[] },
    most: number,
  ): Row[] {
    const bench = reload.name;
    const rate = `${EVENTS_PER_SECOND.toLocaleString("en-US")} events per second meanwhile, none lost`;
    const waits = (delays: readonly LoopDelay[]) => delays.map(({ maxMs }) => maxMs);
    const works = (delays: readonly LoopDelay[]) => delays.map(({ maxCpuMs }) => maxCpuMs);
    const delays = reloads.map(({ delay }) => delay);
    const without = `without a reload ${asMs(median(waits(quiet)))}, of its own work ${asMs(median(works(quiet)))}`;
    const stall = "… longest turn of its event loop";
    return [
      rowAtMost({ bench, measure: what, values: reloads.map(({ ms }) => ms), format: asMs, detail: rate }, most),
      rowAtMost({ bench, measure: `${stall}, CPU time`, values: works(delays), format: asMs }, STALL_MS),
      rowForInformation({
        bench,
        measure: `${stall}, by the clock`,
        values: waits(delays),
        format: asMs,
        detail: without,
      }),
    ];
  }

  #other(): number {
    this.#priority = this.#priority === 3 ? 4 : 3;
    return this.#priority;
  }

  #write(name: string, directives: readonly object[]): void {
    writeFileSync(join(this.#rig.configs, name), JSON.stringify({ directives }, undefined, 2));
  }
}
