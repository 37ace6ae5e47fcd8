import { randomBytes } from "node:crypto";

/** How long a code lets somebody in, in milliseconds (operation.md §3). */
export const LOGIN_CODE_MS = 60_000;
/** Codes that wait to be used; another one takes the oldest's place. */
const MAX_CODES = 32;

/** Codes that stand in a URL in the token's place: each works once, and soon no more. */
export class LoginCodes {
  /** With the time at which each ends, the oldest first. */
  readonly #codes = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  issue(): string {
    const [oldest] = this.#codes.keys();
    if (oldest !== undefined && this.#codes.size >= MAX_CODES) this.#codes.delete(oldest);
    const code = randomBytes(32).toString("base64url");
    this.#codes.set(code, this.#now() + LOGIN_CODE_MS);
    return code;
  }

  /** Whether the code lets somebody in; it doesn't do so again. */
  take(code: string): boolean {
    const until = this.#codes.get(code);
    this.#codes.delete(code);
    return until !== undefined && this.#now() <= until;
  }
}
