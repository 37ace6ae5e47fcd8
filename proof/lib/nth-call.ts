import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "../../bench/lib/waiting.ts";
import { ALL_KINDS, Group } from "./groups.ts";
import type { OwnFrontend } from "./own-frontend.ts";
import { PostConnection } from "./post-connection.ts";
import { type Fault, readCounts, type ShimCounts, shimEnvironment } from "./shim.ts";
import { NODE, ProvenService } from "./site.ts";
import { faultsOfAlarms } from "./whole-files.ts";

/** Groups of a run, each of another kind and on a lane of its own. */
const GROUPS_OF_A_RUN = 8;
/** Events of a group that travel in one request. */
const EVENTS_PER_POST = 7;
const ANSWER_MS = 10_000;
const ACKNOWLEDGED_MS = 20_000;
const POLL_MS = 20;
/** A disk that fails for good does so for about this long, in milliseconds. */
const TROUBLE_MS = 150;

export interface RunWithFault {
  readonly library: string;
  /** The run gets a folder within it. */
  readonly folder: string;
  readonly own: OwnFrontend;
  readonly fault: Fault;
}

export interface FaultyRun {
  /** Each in a sentence. */
  readonly faults: readonly string[];
  /** The fault ended the service, which was started again, as its supervisor would. */
  readonly restarts: number;
  readonly counts: ShimCounts;
}

/**
 * A backend starts, gets some events and is stopped, while one of its calls, or all from one on for a while, fail.
 * Every event has to be in the alarm files once, and it has to end with a clean stop.
 */
export async function runWithFault({ fault, folder, library, own }: RunWithFault): Promise<FaultyRun> {
  const base = mkdtempSync(join(folder, "run-"));
  const root = join(base, "data");
  mkdirSync(root);
  const counts = join(base, "counts");
  const control = fault.control;
  const run = new Run(root, own, shimEnvironment({ library, root, counts, fault }));
  try {
    if (control !== undefined) writeFileSync(control, "");
    run.start(true);
    const groups = await postGroups(own, () => run.restartIfEnded());
    if (control !== undefined) {
      await run.waitFor(TROUBLE_MS, () => false);
      rmSync(control);
    }
    const took = await run.waitFor(ACKNOWLEDGED_MS, () => own.link.status().buffered === 0);
    const stopped = await run.stop();
    const faults = [
      ...(took ? [] : [`${own.link.status().buffered} events weren't acknowledged within ${ACKNOWLEDGED_MS / 1000} s`]),
      ...(stopped === undefined ? [] : [stopped]),
      ...(await faultsOfAlarms(root, groups)),
    ];
    return {
      faults: faults.map((text) => `${text}${took ? "" : `; ${run.lastLines()}`}`),
      restarts: run.restarts,
      counts: readCounts(counts),
    };
  } finally {
    await run.kill();
    if (control !== undefined) rmSync(control, { force: true });
    rmSync(base, { recursive: true, force: true });
  }
}

class Run {
  readonly #faulty: ProvenService;
  readonly #sound: ProvenService;
  #service: ProvenService;
  restarts = 0;

  constructor(root: string, { frontend }: OwnFrontend, env: Record<string, string>) {
    const args = ["-n", NODE, "-f", `http://127.0.0.1:${frontend.port}`, "--msq", "link"];
    this.#faulty = new ProvenService({ name: "backend", folder: root, args, env });
    this.#sound = new ProvenService({ name: "backend", folder: root, args });
    this.#service = this.#faulty;
  }

  start(faulty: boolean): void {
    this.#service = faulty ? this.#faulty : this.#sound;
    this.#service.start();
  }

  restartIfEnded(): void {
    if (this.#service.outcome === undefined) return;
    this.restarts += 1;
    this.start(false);
  }

  /** As a supervisor does, it starts the service again when that has ended. False when the time is up. */
  async waitFor(timeoutMs: number, done: () => boolean): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!done()) {
      if (performance.now() > deadline) return false;
      this.restartIfEnded();
      await sleep(POLL_MS);
    }
    return true;
  }

  /** A stop that the fault spoilt is made good by the next start and stop; returns what is wrong if it isn't. */
  async stop(): Promise<string | undefined> {
    const first = await this.#service.stop();
    if (first === "exit code 0") return undefined;
    this.restarts += 1;
    this.start(false);
    await this.#service.ready();
    const second = await this.#service.stop();
    return second === "exit code 0" ? undefined : `a second start stopped with ${second}; ${this.lastLines()}`;
  }

  async kill(): Promise<void> {
    if (this.#service.outcome === undefined) await this.#service.kill();
  }

  lastLines(): string {
    return this.#service.lastLines();
  }
}

/** Posts the events of some groups, in turn, and counts them as taken. */
async function postGroups({ frontend }: OwnFrontend, between: () => void): Promise<Group[]> {
  const groups = Array.from({ length: GROUPS_OF_A_RUN }, (_, number) => {
    const kind = ALL_KINDS[number % ALL_KINDS.length] ?? ALL_KINDS[0];
    if (kind === undefined) throw new Error("broken invariant: there are no kinds of groups");
    return new Group(number, ALL_KINDS, kind, number);
  });
  const connection = await PostConnection.open(frontend.port);
  while (groups.some(({ left }) => left > 0)) {
    between();
    for (const group of groups) {
      const timestamp = new Date().toISOString();
      const count = Math.min(group.left, EVENTS_PER_POST);
      if (count === 0) continue;
      const events = Array.from({ length: count }, (_, i) => group.event(group.acked + i, timestamp));
      const answer = await connection.post(`[${events.join()}]`, ANSWER_MS);
      if (answer !== 200) throw new Error(`broken invariant: the frontend answered ${answer} with an empty buffer`);
      group.acknowledge(count, performance.now());
    }
    // So that there is more than one commit.
    await sleep(POLL_MS);
  }
  connection.close();
  return groups;
}
