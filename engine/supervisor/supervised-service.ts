import { DsiemError } from "../base/errors.ts";
import { within } from "../base/within.ts";
import type { SupervisorQuestion } from "../contract/console/supervision.ts";
import type { SupervisedServiceState } from "../contract/console/supervisor.ts";
import type { Launcher, ServiceCommand, ServiceExit, ServiceProcess } from "./launcher.ts";
import type { ServiceMessage, SupervisorMessage } from "./messages.ts";
import type { RotatingLog } from "./rotating-log.ts";

export type ServiceState =
  | { kind: "stopped" }
  | { kind: "starting" }
  | { kind: "running"; pid: number | undefined }
  /** It failed and is started again after `delayMs`. */
  | { kind: "waiting"; delayMs: number; reason: string }
  | { kind: "stopping" }
  /** Given up. */
  | { kind: "failed"; reason: string };

/** When a failed service is started again, and when no more (operation.md §5). Times in milliseconds. */
export interface RestartPolicy {
  firstDelayMs: number;
  maxDelayMs: number;
  maxFailures: number;
  windowMs: number;
}

export const RESTART_POLICY: RestartPolicy = {
  firstDelayMs: 500,
  maxDelayMs: 10_000,
  maxFailures: 5,
  windowMs: 120_000,
};

/** Bad flags don't get better by trying again. */
/** Of a line that is quoted, in characters. */
const MAX_WORDS = 500;
const EXIT_USAGE = 2;

class ServiceFailedError extends DsiemError {
  constructor(name: string, reason: string) {
    super("SERVICE_FAILED", `${name}: ${reason}`);
  }
}

export interface ServiceOptions {
  name: string;
  role: "frontend" | "backend";
  node: string;
  command: () => ServiceCommand;
  launcher: Launcher;
  log: RotatingLog;
  policy: RestartPolicy;
  /** A service that isn't ready by then is killed, which counts as a failure; `undefined` waits for ever. */
  readyTimeoutMs: number | undefined;
  onState: (state: ServiceState) => void;
  /** It asks the supervisor for something. */
  onQuestion: (question: SupervisorQuestion) => void;
}

/** Of a service that isn't well, what is shown of its log. */
const SHOWN_LINES = 20;

/**
 * One service under supervision: started, started again with growing delays when it ends by itself, given up after too
 * many failures, stopped in order.
 */
export class SupervisedService {
  readonly name: string;
  readonly #options: ServiceOptions;
  readonly #ready = Promise.withResolvers<number | undefined>();
  #state: ServiceState = { kind: "stopped" };
  #process: ServiceProcess | undefined;
  #ended = Promise.withResolvers<void>();
  #drained = Promise.withResolvers<void>();
  #failures: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #starts = 0;
  #restarting: Promise<void> | undefined;
  /** Nothing starts it again from now on, not even a restart that is under way. */
  #isOver = false;
  /** When it was started, and when it will be: milliseconds since the epoch. */
  #startedAt: number | undefined;
  #retryAt: number | undefined;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
    // Whoever waits for it hears of the failure; when nobody does, the state says it.
    this.#ready.promise.catch(() => undefined);
  }

  get state(): ServiceState {
    return this.#state;
  }

  get log(): RotatingLog {
    return this.#options.log;
  }

  /** What a console shows of it. */
  describe(): SupervisedServiceState {
    const { role, node } = this.#options;
    const { kind } = this.#state;
    const reason = "reason" in this.#state ? this.#state.reason : undefined;
    return {
      ...{ name: this.name, role, node, restarts: Math.max(0, this.#starts - 1) },
      state: kind === "running" ? "ready" : kind,
      ...(this.#process?.pid === undefined ? {} : { pid: this.#process.pid }),
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      ...(this.#retryAt === undefined ? {} : { retryAt: this.#retryAt }),
      ...(reason === undefined ? {} : { reason }),
      lastLines: kind === "running" ? [] : this.log.lastLines(SHOWN_LINES),
    };
  }

  start(): void {
    this.#starts += 1;
    this.#startedAt = Date.now();
    this.#retryAt = undefined;
    this.#set({ kind: "starting" });
    this.#ended = Promise.withResolvers();
    this.#drained = Promise.withResolvers();
    const ended = this.#ended;
    this.#process = this.#options.launcher.launch(this.#options.command(), {
      message: (message) => this.#onMessage(message),
      output: (chunk) => this.#options.log.write(chunk),
      exit: (exit) => {
        this.#onExit(exit);
        ended.resolve();
      },
    });
    const { readyTimeoutMs } = this.#options;
    if (readyTimeoutMs !== undefined) this.#timer = setTimeout(() => this.#process?.kill(), readyTimeoutMs);
  }

  /**
   * Resolves when it was ready for the first time, with the port when it named one.
   * @throws ServiceFailedError when it was given up or stopped before that
   */
  ready(): Promise<number | undefined> {
    return this.#ready.promise;
  }

  /**
   * Asks it to take no new work and to hand over what it has; resolves when it did, or after `timeoutMs`. Only before
   * `stop`: that it may end from now on is no failure.
   */
  async drain(timeoutMs: number): Promise<void> {
    if (this.#state.kind !== "running") return;
    this.#set({ kind: "stopping" });
    this.#process?.send({ type: "drain" });
    await within(timeoutMs, Promise.race([this.#drained.promise, this.#ended.promise]));
  }

  /**
   * Asks it to end for good and waits; after `timeoutMs` it is killed.
   * @returns whether it ended by itself
   */
  async stop(timeoutMs: number): Promise<boolean> {
    this.#isOver = true;
    const inTime = await this.#end(timeoutMs);
    // Whoever waits for it to be ready would do so for ever.
    this.#ready.reject(new ServiceFailedError(this.name, "it was stopped before it was ready"));
    return inTime;
  }

  async #end(timeoutMs: number): Promise<boolean> {
    clearTimeout(this.#timer);
    const running = this.#process;
    if (running === undefined) {
      if (this.#state.kind === "waiting") this.#set({ kind: "stopped" });
      return true;
    }
    if (this.#state.kind !== "stopping") this.#set({ kind: "stopping" });
    running.send({ type: "stop" });
    const inTime = await within(timeoutMs, this.#ended.promise);
    if (!inTime) {
      running.kill();
      await this.#ended.promise;
    }
    return inTime;
  }

  /**
   * Stops it in order and starts it again, also when it was given up.
   * @param timeoutMs after which a service that doesn't end is killed
   */
  restart(timeoutMs: number): Promise<void> {
    this.#restarting ??= this.#restart(timeoutMs);
    return this.#restarting;
  }

  async #restart(timeoutMs: number): Promise<void> {
    await this.#end(timeoutMs);
    this.#restarting = undefined;
    if (this.#isOver) return;
    this.#failures = [];
    this.start();
  }

  /** Nobody hears it while the service doesn't run. */
  tell(message: SupervisorMessage): void {
    this.#process?.send(message);
  }

  #onMessage(message: ServiceMessage): void {
    if (message.type === "drained") {
      this.#drained.resolve();
      return;
    }
    if (message.type === "ask") {
      this.#options.onQuestion(message);
      return;
    }
    if (this.#state.kind !== "starting") return;
    clearTimeout(this.#timer);
    this.#set({ kind: "running", pid: this.#process?.pid });
    this.#ready.resolve(message.port);
  }

  #onExit(exit: ServiceExit): void {
    clearTimeout(this.#timer);
    this.#process = undefined;
    if (this.#state.kind === "stopping") {
      this.#set({ kind: "stopped" });
      return;
    }
    const { policy } = this.#options;
    const now = performance.now();
    this.#failures = [...this.#failures.filter((at) => now - at < policy.windowMs), now];
    if (exit.code === EXIT_USAGE) {
      this.#giveUp(`it was started with flags that can't be used (${exit.text})`);
    } else if (this.#failures.length >= policy.maxFailures) {
      const minutes = policy.windowMs / 60_000;
      this.#giveUp(`it failed ${this.#failures.length} times within ${minutes} minutes; the last time: ${exit.text}`);
    } else {
      const delayMs = Math.min(policy.firstDelayMs * 2 ** (this.#failures.length - 1), policy.maxDelayMs);
      this.#retryAt = Date.now() + delayMs;
      this.#set({ kind: "waiting", delayMs, reason: exit.text });
      this.#timer = setTimeout(() => this.start(), delayMs);
    }
  }

  #giveUp(reason: string): void {
    this.#set({ kind: "failed", reason });
    // Its last words say most often what to do.
    const words = this.log.lastLines(SHOWN_LINES).findLast((line) => line.trim() !== "");
    const said = words === undefined ? "" : `; it said last: ${words.trim().slice(0, MAX_WORDS)}`;
    this.#ready.reject(new ServiceFailedError(this.name, `${reason}${said}`));
  }

  #set(state: ServiceState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
