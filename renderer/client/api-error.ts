/**
 * What became of a request that didn't succeed, as a sentence for people. `status` 0: no answer came at all. `column` and
 * `length` mark the part of a query that couldn't be read.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly column: number | undefined;
  readonly length: number | undefined;
  readonly field: string | undefined;

  constructor(status: number, text: string, where: { column?: number; length?: number; field?: string } = {}) {
    super(text);
    this.status = status;
    this.column = where.column;
    this.length = where.length;
    this.field = where.field;
  }
}

/** The error that an answer's body describes; a body of somebody else's (a proxy's page) says only its status. */
export function errorOf(status: number, body: unknown): ApiError {
  if (typeof body !== "object" || body === null || !("error" in body) || typeof body.error !== "string") {
    return new ApiError(status, `The server answered ${status} without a reason.`);
  }
  const where: { column?: number; length?: number; field?: string } = {};
  if ("column" in body && typeof body.column === "number") where.column = body.column;
  if ("length" in body && typeof body.length === "number") where.length = body.length;
  if ("field" in body && typeof body.field === "string") where.field = body.field;
  return new ApiError(status, body.error, where);
}

/** Whether a request was given up by its caller, which is nothing to tell anybody. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
