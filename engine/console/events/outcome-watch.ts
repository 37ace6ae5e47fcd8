import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { type OutcomeBatch, outcomeBatchSchema } from "../../contract/outcomes.ts";
import { SUBJECT_ALL_OUTCOMES } from "../../contract/subjects.ts";

/** A backend reports for so long unless it is asked again; a console that is gone costs it no more than this. */
const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
/** How often is looked for backends that don't report yet, in milliseconds. */
const LOOK_MS = 1000;
const ASK_TIMEOUT_MS = 2000;

/** The backends, as far as they are needed here. */
export interface WatchedBackends {
  nodes(): readonly string[];
  ask(node: string, request: object, options: { timeoutMs: number }): Promise<unknown>;
  listen(subject: string, handler: (payload: Uint8Array) => void): (() => void) | Promise<() => void>;
}

export interface OutcomeWatchOptions {
  backends: WatchedBackends;
  clock: Clock;
  log: Logger;
  onBatch: (batch: OutcomeBatch) => void;
}

/**
 * Makes every backend report what becomes of each event, while somebody wants to know: the leases are renewed, backends
 * that come later are asked, too, and all are told when nobody wants to know any more.
 */
export class OutcomeWatch {
  readonly #options: OutcomeWatchOptions;
  #holders = 0;
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;
  /** When each backend was asked last, by the monotonic clock. */
  readonly #askedAt = new Map<string, number>();

  constructor(options: OutcomeWatchOptions) {
    this.#options = options;
  }

  /** Since when somebody wants to know, milliseconds since the epoch; `undefined` while nobody does. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Wants to know from now on; the function that is returned ends that, once. */
  hold(): () => void {
    this.#holders += 1;
    if (this.#holders === 1) void this.#begin();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#end();
    };
  }

  async #begin(): Promise<void> {
    const { backends, clock } = this.#options;
    this.#since = clock.now();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    const stop = await backends.listen(SUBJECT_ALL_OUTCOMES, (payload) => this.#hear(payload));
    // Nobody may want it any more, or somebody anew who has begun to listen for himself.
    if (this.#timer === undefined || this.#stopListening !== undefined) stop();
    else this.#stopListening = stop;
    this.#look();
  }

  #end(): void {
    this.#since = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stopListening?.();
    this.#stopListening = undefined;
    for (const node of this.#askedAt.keys()) void this.#ask(node, { method: "unwatch" }).catch(() => undefined);
    this.#askedAt.clear();
  }

  #look(): void {
    if (this.#timer === undefined) return;
    const { backends, clock } = this.#options;
    const now = clock.monotonic();
    for (const node of backends.nodes()) {
      const asked = this.#askedAt.get(node);
      if (asked !== undefined && now - asked < RENEW_MS) continue;
      this.#askedAt.set(node, now);
      this.#ask(node, { method: "watch", seconds: LEASE_SECONDS }).catch(() => this.#askedAt.delete(node));
    }
  }

  async #ask(node: string, request: object): Promise<void> {
    const answer = await this.#options.backends.ask(node, request, { timeoutMs: ASK_TIMEOUT_MS });
    if (typeof answer === "object" && answer !== null && "ok" in answer && answer.ok === true) return;
    throw new Error(`backend ${node} doesn't report outcomes`);
  }

  #hear(payload: Uint8Array): void {
    let batch: OutcomeBatch;
    try {
      batch = outcomeBatchSchema.parse(JSON.parse(Buffer.from(payload).toString("utf8")));
    } catch (error) {
      this.#options.log.sampled("what a backend says of its events can't be read", {
        reason: errorText(error).slice(0, 300),
      });
      return;
    }
    this.#options.onBatch(batch);
  }
}
