import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Subscription } from "./bus.ts";

export type MessageListener = (payload: Uint8Array) => void;
export type Responder = (payload: Uint8Array) => Promise<Uint8Array>;

/** Whether `subject` is meant by `pattern`, in which `*` stands for one token and a last `>` for one or more. */
export function subjectMatches(pattern: string, subject: string): boolean {
  if (pattern === subject) return true;
  const wanted = pattern.split(".");
  const given = subject.split(".");
  for (let i = 0; i < wanted.length; i++) {
    const token = wanted[i];
    if (token === ">" && i === wanted.length - 1) return given.length > i;
    if (i >= given.length || (token !== "*" && token !== given[i])) return false;
  }
  return wanted.length === given.length;
}

/** Who in this process listens to and answers which subject: the general lane of `link` and `memory`. */
export class SubjectTable {
  readonly #logger: Logger;
  readonly #onChange: () => void;
  readonly #listeners = new Map<string, Set<MessageListener>>();
  readonly #responders = new Map<string, Responder>();

  constructor(logger: Logger, onChange: () => void = () => undefined) {
    this.#logger = logger;
    this.#onChange = onChange;
  }

  listen(subject: string, listener: MessageListener): Subscription {
    // An own function for each subscription: one listener may be subscribed twice, and each is closed on its own.
    const own: MessageListener = (payload) => listener(payload);
    const listeners = this.#listeners.get(subject) ?? new Set();
    listeners.add(own);
    this.#listeners.set(subject, listeners);
    this.#onChange();
    return {
      close: () => {
        if (!listeners.delete(own)) return;
        if (listeners.size === 0) this.#listeners.delete(subject);
        this.#onChange();
      },
    };
  }

  /** One handler for a subject: a later one takes over. */
  respond(subject: string, handler: Responder): Subscription {
    this.#responders.set(subject, handler);
    this.#onChange();
    return {
      close: () => {
        if (this.#responders.get(subject) !== handler) return;
        this.#responders.delete(subject);
        this.#onChange();
      },
    };
  }

  listening(): string[] {
    return [...this.#listeners.keys()];
  }

  responding(): string[] {
    return [...this.#responders.keys()];
  }

  /** A listener that throws is logged and costs nobody else the message: it may have come from anywhere. */
  deliver(subject: string, payload: Uint8Array): void {
    for (const [pattern, listeners] of this.#listeners) {
      if (!subjectMatches(pattern, subject)) continue;
      for (const listener of listeners) {
        try {
          listener(payload);
        } catch (error) {
          this.#logger.error(`a message could not be handled: ${errorText(error)}`, { subject });
        }
      }
    }
  }

  /** The answer, or `undefined` when nobody here answers this subject or the handler failed. */
  async answer(subject: string, payload: Uint8Array): Promise<Uint8Array | undefined> {
    const responder = this.#responders.get(subject);
    if (responder === undefined) return undefined;
    try {
      return await responder(payload);
    } catch (error) {
      this.#logger.error(`a request could not be answered: ${errorText(error)}`, { subject });
      return undefined;
    }
  }
}
