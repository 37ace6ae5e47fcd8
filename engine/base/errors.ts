/**
 * The base of every error that is meant for a person: `message` says what happened, where, and what to do, in one
 * or two sentences; `code` is stable and may be matched on.
 */
export class DsiemError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Turns whatever was thrown into one readable line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** There is too much to do already; whoever asked may do so again after a while. */
export class BusyError extends DsiemError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super("BUSY", message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
