import type { AlarmEventFile } from "../../bench/lib/alarm-events.ts";
import { BenchError } from "../../bench/lib/failure.ts";
import { sleep } from "../../bench/lib/waiting.ts";
import type { ProvenService } from "./site.ts";

/** One SIGKILL and what followed, in milliseconds of `performance.now()`. */
export interface Kill {
  readonly who: "backend" | "frontend";
  readonly when: "running" | "starting" | "stopping";
  readonly atMs: number;
  /** When alarm-event lines came again; undefined when the next kill was faster. */
  linesAgainAtMs: number | undefined;
}

interface KillerOptions {
  victims: readonly { who: Kill["who"]; service: ProvenService }[];
  file: AlarmEventFile;
  /** "any" kills mostly at work, and sometimes while it starts or stops. */
  moment: Kill["when"] | "any";
  random: () => number;
  /** Told after each kill, for the person at the terminal. */
  onKill: (kill: Kill, number: number) => void;
}

/** A service runs this long between being ready and being killed, in milliseconds. */
const RUNS_MS = { least: 100, most: 2500 };
/** Some are killed again while they start or load their state, and some while they stop in order. */
const SHARES: Record<Kill["when"] | "any", { starting: number; stopping: number }> = {
  any: { starting: 0.2, stopping: 0.12 },
  running: { starting: 0, stopping: 0 },
  starting: { starting: 0.7, stopping: 0 },
  stopping: { starting: 0, stopping: 1 },
};
const STARTING_MS = { least: 0, most: 900 };
const STOPPING_MS = { least: 0, most: 120 };
const LINES_AGAIN_MS = 30_000;
const POLL_MS = 5;

/** Kills services at random moments, and starts them again at once. */
export class Killer {
  readonly kills: Kill[] = [];
  /** Of every start that was let finish: from the start of the process until it said that it is ready. */
  readonly readyMs: number[] = [];
  /** ... and until new alarm-event lines came. */
  readonly linesAgainMs: number[] = [];
  readonly #options: KillerOptions;

  constructor(options: KillerOptions) {
    this.#options = options;
  }

  /** Returns after so many kills, when what was killed last is ready again. */
  async run(kills: number): Promise<void> {
    const { moment, random, victims } = this.#options;
    const share = SHARES[moment];
    while (this.kills.length < kills) {
      await sleep(between(RUNS_MS, random));
      const victim = victims[Math.floor(random() * victims.length)];
      if (victim === undefined) throw new Error("broken invariant: nobody to kill");
      const { service, who } = victim;
      if (service.outcome !== undefined) throw new BenchError(`${service.outcome} by itself; ${service.lastLines()}`);
      if (random() < share.stopping) {
        service.terminate();
        await sleep(between(STOPPING_MS, random));
        await this.#kill(service, { who, when: "stopping" });
      } else {
        await this.#kill(service, { who, when: "running" });
      }
      let startedAtMs = start(service);
      while (this.kills.length < kills && random() < share.starting) {
        await sleep(between(STARTING_MS, random));
        await this.#kill(service, { who, when: "starting" });
        startedAtMs = start(service);
      }
      this.readyMs.push(await service.ready());
      await this.#linesAgain(startedAtMs);
    }
  }

  async #kill(service: ProvenService, { who, when }: Pick<Kill, "who" | "when">): Promise<void> {
    const kill: Kill = { who, when, atMs: performance.now(), linesAgainAtMs: undefined };
    await service.kill();
    this.kills.push(kill);
    this.#options.onKill(kill, this.kills.length);
  }

  async #linesAgain(startedAtMs: number): Promise<void> {
    const { file } = this.#options;
    const before = file.count();
    const deadline = performance.now() + LINES_AGAIN_MS;
    while (file.count() === before) {
      if (performance.now() > deadline) {
        throw new BenchError(
          `no alarm-event lines came for ${LINES_AGAIN_MS / 1000} s after kill ${this.kills.length}`,
        );
      }
      await sleep(POLL_MS);
    }
    const nowMs = performance.now();
    this.linesAgainMs.push(nowMs - startedAtMs);
    const last = this.kills.at(-1);
    if (last !== undefined) last.linesAgainAtMs = nowMs;
  }
}

function start(service: ProvenService): number {
  service.start();
  return performance.now();
}

function between({ least, most }: { least: number; most: number }, random: () => number): number {
  return least + random() * (most - least);
}
