import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { type ServiceStats, serviceStatsSchema } from "../contract/stats.ts";
import { Listeners } from "./listeners.ts";

/** Services that are known at once; a fleet has tens. */
const MAX_SERVICES = 256;
/** What wasn't heard for this long is forgotten, in milliseconds. */
const FORGOTTEN_AFTER_MS = 60 * 60 * 1000;
/** Who was heard within so many seconds is there: services tell of themselves every three. */
const PRESENT_SECONDS = 15;

export interface Heard {
  stats: ServiceStats;
  ageSeconds: number;
}

interface Kept {
  stats: ServiceStats;
  heardAtMs: number;
}

/** What the services of the fleet told of themselves last, this frontend's own word first. */
export class Fleet {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #own: () => ServiceStats;
  /** By role and node; the one that was heard longest ago first. */
  readonly #services = new Map<string, Kept>();
  readonly #listeners = new Listeners<[ServiceStats]>();

  constructor(clock: Clock, log: Logger, own: () => ServiceStats) {
    this.#clock = clock;
    this.#log = log;
    this.#own = own;
  }

  /** A message on a stats subject. */
  hear(payload: Uint8Array): void {
    const stats = readStats(payload);
    if (stats === undefined) {
      this.#log.sampled("what a service tells of itself can't be read; is it of another version?");
      return;
    }
    // Over NATS a service hears itself; another one of the same name must not be taken for it.
    if (stats.boot === this.#own().boot) return;
    const key = `${stats.role} ${stats.node}`;
    this.#services.delete(key);
    const [oldest] = this.#services.keys();
    if (oldest !== undefined && this.#services.size >= MAX_SERVICES) this.#services.delete(oldest);
    this.#services.set(key, { stats, heardAtMs: this.#clock.monotonic() });
    this.#listeners.tell(stats);
  }

  /** Hears what each service tells of itself, until what it returns is called. */
  onHeard(listener: (stats: ServiceStats) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** The node of another frontend that serves a console to the same fleet, if one was heard lately. */
  otherConsole(): string | undefined {
    return this.services().find(
      ({ stats, ageSeconds }, i) =>
        i > 0 && stats.role === "frontend" && stats.console === true && ageSeconds <= PRESENT_SECONDS,
    )?.stats.node;
  }

  services(): Heard[] {
    const now = this.#clock.monotonic();
    const own = this.#own();
    const heard: Heard[] = [{ stats: own, ageSeconds: 0 }];
    for (const [key, { stats, heardAtMs }] of this.#services) {
      if (now - heardAtMs > FORGOTTEN_AFTER_MS) this.#services.delete(key);
      else if (stats.boot !== own.boot) heard.push({ stats, ageSeconds: Math.round((now - heardAtMs) / 100) / 10 });
    }
    const [first, ...others] = heard;
    const byName = ({ stats: a }: Heard, { stats: b }: Heard): number =>
      `${a.role} ${a.node}` < `${b.role} ${b.node}` ? -1 : 1;
    return first === undefined ? [] : [first, ...others.sort(byName)];
  }
}

function readStats(payload: Uint8Array): ServiceStats | undefined {
  try {
    return serviceStatsSchema.safeParse(JSON.parse(Buffer.from(payload).toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
