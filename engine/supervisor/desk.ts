import { DsiemError, errorText } from "../base/errors.ts";
import type { LogTail, TailLine } from "../base/log-tail.ts";
import {
  type ConsoleFacts,
  SUPERVISOR_REQUESTS,
  type SupervisorAnswer,
  type SupervisorAsk,
  type SupervisorQuestion,
  type SupervisorRequestName,
  type SupervisorTelling,
} from "../contract/console/supervision.ts";
import type { SupervisorState } from "../contract/console/supervisor.ts";
import { SupervisorRefusal } from "./refusal.ts";

/** What the desk can't answer by itself. */
export type Tasks = {
  [K in Exclude<SupervisorRequestName, "hello" | "log" | "follow">]: (
    params: SupervisorAsk<K>,
  ) => SupervisorAnswer<K> | Promise<SupervisorAnswer<K>>;
};

export interface DeskParts {
  tail: LogTail;
  facts: () => ConsoleFacts;
  state: () => SupervisorState;
  tasks: Tasks;
  /** To the frontend, if it is there. */
  tell: (telling: SupervisorTelling) => void;
}

/** New lines reach a console this often, in milliseconds, and not more of them than a person could read. */
const LINES_EVERY_MS = 100;
const MAX_LINES = 200;

/** Answers what the frontend asks, and tells it what has changed (operation.md §5). */
export class Desk {
  readonly #parts: DeskParts;
  /** A frontend that said hello wants to hear; another one has no console, or isn't there yet. */
  #greeted = false;
  #following = false;
  #lines: TailLine[] = [];
  #notShown = 0;
  #timer: NodeJS.Timeout | undefined;
  #stateDue = false;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  hear(question: SupervisorQuestion): void {
    const { id } = question;
    const { tell } = this.#parts;
    this.#answer(question).then(
      (value) => tell({ type: "answer", id, value }),
      (error: unknown) => {
        tell({ type: "refusal", id, error: errorText(error), status: statusOf(error) });
      },
    );
  }

  /** A line of any service's log. */
  line(line: TailLine): void {
    if (!this.#following) return;
    if (this.#lines.length < MAX_LINES) this.#lines.push(line);
    else this.#notShown += 1;
    this.#timer ??= setTimeout(() => this.#sendLines(), LINES_EVERY_MS);
  }

  /** Something about a service has changed; what changes in one go is told in one go. */
  stateChanged(): void {
    if (!this.#greeted || this.#stateDue) return;
    this.#stateDue = true;
    setImmediate(() => {
      this.#stateDue = false;
      this.#parts.tell({ type: "state", state: this.#parts.state() });
    });
  }

  factsChanged(): void {
    if (this.#greeted) this.#parts.tell({ type: "facts", facts: this.#parts.facts() });
  }

  /** The frontend is another one: it asks for itself. */
  forget(): void {
    this.#greeted = false;
    this.#following = false;
    this.close();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lines = [];
    this.#notShown = 0;
  }

  async #answer({ request, params }: SupervisorQuestion): Promise<unknown> {
    const { tail, facts, state, tasks } = this.#parts;
    if (!isRequestName(request)) throw new SupervisorRefusal(400, "The supervisor doesn't know this request.");
    const asked = SUPERVISOR_REQUESTS[request].ask.safeParse(params);
    if (!asked.success) throw new SupervisorRefusal(400, "The supervisor can't read this request.");
    switch (request) {
      case "hello":
        this.#greeted = true;
        return { facts: facts(), state: state() };
      case "log": {
        const { limit, ...filter } = asked.data as SupervisorAsk<"log">;
        return { lines: tail.last(limit, filter) };
      }
      case "follow":
        this.#following = (asked.data as SupervisorAsk<"follow">).on;
        return {};
      default:
        // The parameters were checked by the schema of this very request.
        return (tasks[request] as (params: unknown) => unknown)(asked.data);
    }
  }

  #sendLines(): void {
    const [lines, notShown] = [this.#lines, this.#notShown];
    this.close();
    this.#parts.tell({ type: "log", lines, notShown });
  }
}

/** What is meant for a person, such as that a folder is in use, is no failure of ours. */
function statusOf(error: unknown): number {
  if (error instanceof SupervisorRefusal) return error.status;
  return error instanceof DsiemError ? 409 : 500;
}

function isRequestName(name: string): name is SupervisorRequestName {
  return Object.hasOwn(SUPERVISOR_REQUESTS, name);
}
