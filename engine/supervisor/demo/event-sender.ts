import { setTimeout as sleep } from "node:timers/promises";
import { DsiemError, errorText } from "../../base/errors.ts";
import { MAX_EVENTS_BODY_BYTES } from "../../contract/limits.ts";

export interface OutgoingEvent {
  /** Where it stands in the input, for the report. */
  line: number;
  /** The event as JSON. */
  text: string;
}

export interface Refusal {
  line: number;
  /** HTTP status, or 0 when it was never sent. */
  status: number;
  reason: string;
}

/** The frontend can't be reached, isn't one, or never lets events in. */
export class SendError extends DsiemError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("SEND", message, options);
  }
}

const ANSWER_TIMEOUT_MS = 60_000;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 5000;
/** A frontend that has let nothing in for this long won't. */
const GIVE_UP_AFTER_MS = 5 * 60_000;
const TELL_EVERY_MS = 10_000;
const RETRIED = new Set([408, 429, 503]);
const REFUSED = new Set([400, 413, 418]);

/**
 * Posts events to a frontend. Arrays are all-or-nothing there (engine.md §3), so a refused batch is halved until only
 * the refused events are left out: nothing is sent twice, order is kept, and every refusal has its own sentence.
 */
export class EventSender {
  readonly #url: string;
  readonly #onWait: (status: number, reason: string) => void;
  readonly #signal: AbortSignal;
  #reached = false;
  #lastWaitTold = Number.NEGATIVE_INFINITY;

  /** `onWait` hears that the frontend asks for patience, not more often than every ten seconds. */
  constructor(
    frontend: string,
    onWait: (status: number, reason: string) => void,
    signal = new AbortController().signal,
  ) {
    this.#url = `${frontend}/events/`;
    this.#onWait = onWait;
    this.#signal = signal;
  }

  /**
   * Resolves with the events that were refused; the others were accepted.
   * @throws SendError
   */
  async send(events: readonly OutgoingEvent[]): Promise<Refusal[]> {
    const first = events[0];
    if (first === undefined) return [];
    if (events.length === 1 && Buffer.byteLength(first.text) > MAX_EVENTS_BODY_BYTES) {
      return [{ line: first.line, status: 0, reason: `larger than a frontend takes (${MAX_EVENTS_BODY_BYTES} bytes)` }];
    }
    const answer = await this.#postUntilAnswered(events);
    if (answer.status === 200) return [];
    if (!REFUSED.has(answer.status)) {
      const text = answer.text === "" ? "" : `: ${answer.text}`;
      throw new SendError(`${this.#url} answered ${answer.status}${text}; is it a Dsiem frontend?`);
    }
    if (events.length === 1) return [{ line: first.line, status: answer.status, reason: answer.text }];
    const middle = events.length >> 1;
    return [...(await this.send(events.slice(0, middle))), ...(await this.send(events.slice(middle)))];
  }

  async #postUntilAnswered(events: readonly OutgoingEvent[]): Promise<{ status: number; text: string }> {
    const body = events.length === 1 ? (events[0]?.text ?? "") : `[${events.map((event) => event.text).join(",")}]`;
    const started = performance.now();
    for (let backoff = FIRST_BACKOFF_MS; ; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      const answer = await this.#post(body, events);
      if (!RETRIED.has(answer.status)) return answer;
      if (performance.now() - started > GIVE_UP_AFTER_MS) {
        throw new SendError(
          `${this.#url} has answered ${answer.status} for ${GIVE_UP_AFTER_MS / 60_000} minutes: ${answer.text}`,
        );
      }
      if (performance.now() - this.#lastWaitTold > TELL_EVERY_MS) {
        this.#lastWaitTold = performance.now();
        this.#onWait(answer.status, answer.text);
      }
      await sleep(backoff, undefined, { signal: this.#signal });
    }
  }

  async #post(body: string, events: readonly OutgoingEvent[]): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        redirect: "manual",
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
      });
      this.#reached = true;
      return { status: response.status, text: (await response.text()).trim() };
    } catch (error) {
      if (this.#signal.aborted) throw error;
      // A frontend that was there and now refuses the connection is restarting, and has taken nothing.
      if (this.#reached && causeCode(error) === "ECONNREFUSED") return { status: 503, text: "connection refused" };
      throw this.#unreachable(error, events);
    }
  }

  #unreachable(error: unknown, events: readonly OutgoingEvent[]): SendError {
    const code = causeCode(error);
    if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
      return new SendError(`no frontend answers at ${this.#url} (${code}); is it running, and is --frontend right?`, {
        cause: error,
      });
    }
    const [from, to] = [events[0]?.line, events.at(-1)?.line];
    const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
    // The connection may have broken before or after the frontend took them; sending again could double them.
    return new SendError(
      `the connection to ${this.#url} broke while ${lines} were sent, which may or may not have been taken: ${errorText(causeOf(error))}`,
      { cause: error },
    );
  }
}

/** What `fetch` hides behind its "fetch failed". */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function causeCode(error: unknown): unknown {
  const cause = causeOf(error);
  return cause instanceof Error && "code" in cause ? cause.code : undefined;
}
