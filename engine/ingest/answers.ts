import type { IncomingMessage, ServerResponse } from "node:http";
import type { BodyReader } from "./body-reader.ts";
import { errorCode } from "./error-code.ts";

/** Bodies up to this declared size are simply let in when they are refused, so that the connection can be kept. */
const SMALL_REST_BYTES = 64 * 1024;
/** So much of a refused body is thrown away before the connection is closed under a client that is still sending. */
const MAX_REST_BYTES = 128 * 1024 * 1024;

const NO_HEADERS: readonly string[] = [];
const OK_HEADERS = ["Content-Length", "0"];

/** 200 with nothing in it, in one write. */
export function answerOk(response: ServerResponse): void {
  response.writeHead(200, OK_HEADERS);
  response.end();
}

/** One sentence as `text/plain`, in one write. `headers` are names and values in turn. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: readonly string[] = NO_HEADERS,
): void {
  response.writeHead(status, textHeaders(text, headers));
  response.end(text);
}

/** Like `answerText`, and the connection ends with it. */
export function answerLast(response: ServerResponse, status: number, text: string): void {
  answerText(response, status, text, ["Connection", "close"]);
}

/** What a request is answered that isn't taken. */
export interface Answer {
  status: number;
  text: string;
  /** Names and values in turn. */
  headers?: readonly string[];
}

/**
 * Refuses a request whose body hasn't been read. A client that is still sending sees no answer when the connection is
 * closed under it (the kernel resets it), so the answer goes out whole at once and the rest of the body, within
 * bounds, is thrown away before the connection ends.
 */
export function refuseUnread(
  bodies: BodyReader,
  request: IncomingMessage,
  response: ServerResponse,
  { status, text, headers = NO_HEADERS }: Answer,
): void {
  if (request.headers["transfer-encoding"] === undefined && declaredLength(request) <= SMALL_REST_BYTES) {
    answerText(response, status, text, headers);
    request.resume();
    return;
  }
  response.writeHead(status, textHeaders(text, [...headers, "Connection", "close"]));
  response.write(text);
  if (awaitsContinue(request)) response.end();
  else bodies.discard(request, MAX_REST_BYTES, () => response.end());
}

/** What is said when something failed that the client can't help: no path, no more than the code of a system error. */
export function failureText(what: string, error: unknown): string {
  const code = errorCode(error);
  return `${what}${code === undefined ? "" : ` (${code})`}; the frontend's log says why.\n`;
}

/** What the client says its body takes, in bytes; 0 when it doesn't say. */
export function declaredLength(request: IncomingMessage): number {
  const length = request.headers["content-length"];
  return length === undefined ? 0 : Number(length);
}

/** Sends no body before it is told to, and so none at all when it is refused. */
function awaitsContinue(request: IncomingMessage): boolean {
  return request.headers.expect !== undefined;
}

/** A whole answer for a connection on which no request could be made out. */
export function rawAnswer(status: number, reason: string, text: string): string {
  return (
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`
  );
}

function textHeaders(text: string, headers: readonly string[]): string[] {
  return ["Content-Type", "text/plain; charset=utf-8", "Content-Length", String(Buffer.byteLength(text)), ...headers];
}
