import { type LineFilter, LogTail } from "../../base/log-tail.ts";
import type { ConsoleFacts } from "../../contract/console/supervision.ts";
import type { LogLine, SupervisorState } from "../../contract/console/supervisor.ts";
import { ApiFault } from "../api-fault.ts";
import { Listeners } from "../listeners.ts";
import type { Supervision } from "./supervision.ts";

const OWN_NAME = "frontend";

/** A frontend in console mode that was started by hand: it knows its own log and can restart nothing. */
export class Unsupervised implements Supervision {
  readonly #tail: LogTail;
  readonly #listeners = new Listeners<[readonly LogLine[], number]>();
  readonly #state: SupervisorState;

  /** @param now milliseconds since the epoch */
  constructor(node: string, now: () => number) {
    this.#tail = new LogTail(now);
    const startedAt = Math.floor(now());
    const service = { name: OWN_NAME, role: "frontend", node, state: "ready", restarts: 0, startedAt } as const;
    this.#state = { supervised: false, services: [{ ...service, pid: process.pid, lastLines: [] }] };
  }

  /** A line of this frontend's own log. */
  note(line: string): void {
    const noted = this.#tail.add(OWN_NAME, line.trimEnd());
    if (this.#listeners.size > 0) this.#listeners.tell([noted], 0);
  }

  facts(): ConsoleFacts {
    return { firstRun: false, desktop: false, user: "" };
  }

  state(): SupervisorState {
    return this.#state;
  }

  onChange(): () => void {
    return () => undefined;
  }

  lines(filter: LineFilter, limit: number): Promise<LogLine[]> {
    return Promise.resolve(this.#tail.last(limit, filter));
  }

  onLines(listener: (lines: readonly LogLine[], notShown: number) => void): () => void {
    return this.#listeners.add(listener);
  }

  ask(): Promise<never> {
    const text = "This frontend was started by hand, without a supervisor: do it where the service was started.";
    return Promise.reject(new ApiFault(409, text));
  }
}
