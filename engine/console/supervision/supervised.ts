import { DsiemError } from "../../base/errors.ts";
import type { LineFilter } from "../../base/log-tail.ts";
import {
  type ConsoleFacts,
  SUPERVISOR_REQUESTS,
  type SupervisorAnswer,
  type SupervisorAsk,
  type SupervisorQuestion,
  type SupervisorRequestName,
  supervisorTellingSchema,
} from "../../contract/console/supervision.ts";
import type { LogLine, SupervisorState } from "../../contract/console/supervisor.ts";
import { ApiFault } from "../api-fault.ts";
import { Listeners } from "../listeners.ts";
import type { Supervision, SupervisorTask } from "./supervision.ts";

/** The frontend's end of the IPC channel (operation.md §5). */
export interface SupervisorChannel {
  tell(question: SupervisorQuestion): void;
  listen(listener: { word(message: unknown): void; gone(): void }): void;
}

const ANSWER_MS = 10_000;

/** The supervisor doesn't answer, or answers what can't be read. */
class SupervisorError extends DsiemError {
  constructor(message: string) {
    super("SUPERVISOR", message);
  }
}

interface Waiting {
  request: SupervisorRequestName;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** A supervisor at the other end of an IPC channel. */
export class Supervised implements Supervision {
  readonly #channel: SupervisorChannel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #changes = new Listeners();
  readonly #lines = new Listeners<[readonly LogLine[], number]>();
  #nextId = 1;
  #facts: ConsoleFacts = { firstRun: false, desktop: false, user: "" };
  #state: SupervisorState = { supervised: true, services: [] };

  private constructor(channel: SupervisorChannel) {
    this.#channel = channel;
    // A process whose supervisor is gone ends, which is not this class's affair.
    channel.listen({ word: (message) => this.#hear(message), gone: () => undefined });
  }

  /**
   * Resolves once the supervisor has said what it knows.
   * @throws SupervisorError when it doesn't
   */
  static async connect(channel: SupervisorChannel): Promise<Supervised> {
    const supervised = new Supervised(channel);
    const { facts, state } = await supervised.#ask("hello", {});
    supervised.#facts = facts;
    supervised.#state = state;
    return supervised;
  }

  facts(): ConsoleFacts {
    return this.#facts;
  }

  state(): SupervisorState {
    return this.#state;
  }

  onChange(changed: () => void): () => void {
    return this.#changes.add(changed);
  }

  async lines({ service, level }: LineFilter, limit: number): Promise<LogLine[]> {
    const filter = { ...(service === undefined ? {} : { service }), ...(level === undefined ? {} : { level }) };
    return (await this.#ask("log", { ...filter, limit })).lines;
  }

  onLines(listener: (lines: readonly LogLine[], notShown: number) => void): () => void {
    const stop = this.#lines.add(listener);
    if (this.#lines.size === 1) this.#follow(true);
    return () => {
      const before = this.#lines.size;
      stop();
      if (before === 1 && this.#lines.size === 0) this.#follow(false);
    };
  }

  ask<K extends SupervisorTask>(task: K, params: SupervisorAsk<K>): Promise<SupervisorAnswer<K>> {
    return this.#ask(task, params);
  }

  #follow(on: boolean): void {
    // A supervisor that doesn't answer is about to end this process; nobody misses the lines.
    this.#ask("follow", { on }).catch(() => undefined);
  }

  async #ask<K extends SupervisorRequestName>(request: K, params: SupervisorAsk<K>): Promise<SupervisorAnswer<K>> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      reject(new SupervisorError(`the supervisor doesn't answer (${request})`));
    }, ANSWER_MS);
    this.#waiting.set(id, { request, resolve, reject, timer });
    this.#channel.tell({ type: "ask", id, request, params });
    // Checked by the schema of this very request when it came in.
    return (await promise) as SupervisorAnswer<K>;
  }

  #hear(message: unknown): void {
    const telling = supervisorTellingSchema.safeParse(message).data;
    if (telling === undefined) return;
    switch (telling.type) {
      case "state":
        this.#state = telling.state;
        this.#changes.tell();
        return;
      case "facts":
        this.#facts = telling.facts;
        this.#changes.tell();
        return;
      case "log":
        this.#lines.tell(telling.lines, telling.notShown);
        return;
      default:
        this.#settle(telling.id, telling);
    }
  }

  #settle(
    id: number,
    telling: { type: "answer"; value?: unknown } | { type: "refusal"; error: string; status: number },
  ) {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (telling.type === "refusal") {
      waiting.reject(new ApiFault(telling.status, telling.error));
      return;
    }
    const read = SUPERVISOR_REQUESTS[waiting.request].answer.safeParse(telling.value);
    if (read.success) waiting.resolve(read.data);
    else waiting.reject(new SupervisorError(`the supervisor's answer can't be read (${waiting.request})`));
  }
}
