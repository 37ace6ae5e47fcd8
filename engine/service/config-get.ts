import http from "node:http";
import https from "node:https";
import { DsiemError } from "../base/errors.ts";

/** The frontend isn't there, or doesn't answer as one: worth another try. Holds no password. */
export class FrontendUnavailableError extends DsiemError {
  constructor(message: string, cause?: unknown) {
    super("FRONTEND_UNAVAILABLE", message, { cause });
  }
}

export interface GetOptions {
  signal: AbortSignal;
  /** Nothing arrives for this long, in milliseconds: the frontend takes a while to print a file of 50 MB. */
  silenceMs: number;
  /** A larger answer is refused. */
  mostBytes: number;
  /** What is had already: a frontend that knows it to be the same answers so instead of sending it. */
  ifNoneMatch?: string | undefined;
}

/**
 * The body of a file that the frontend answers with 200; `undefined` when it is what `ifNoneMatch` names. By `node:http`, because `fetch` refuses credentials in a URL,
 * with the password in its message, and ports such as 10080. Rejects with `FrontendUnavailableError`.
 */
export async function getFile(url: URL, options: GetOptions): Promise<Uint8Array | undefined> {
  const shown = withoutPassword(url.href);
  try {
    return await answerOf(url, shown, options);
  } catch (error) {
    if (error instanceof FrontendUnavailableError) throw error;
    throw new FrontendUnavailableError(`the frontend can't be reached at ${shown} (${reasonOf(error)})`, error);
  }
}

/** The URL as it may be shown: without what may be a password, and without a slash at its end. */
export function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.username = "";
  parsed.password = "";
  return parsed.href.replace(/\/$/, "");
}

function answerOf(
  url: URL,
  shown: string,
  { signal, silenceMs, mostBytes, ifNoneMatch }: GetOptions,
): Promise<Uint8Array | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
  const headers = ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch };
  const request = (url.protocol === "https:" ? https : http).get(url, { signal, timeout: silenceMs, headers });
  const giveUp = (message: string): void => {
    reject(new FrontendUnavailableError(message));
    request.destroy();
  };
  const tooLarge = `the frontend's answer to ${shown} is larger than ${mostBytes} bytes`;
  request.on("timeout", () => giveUp(`the frontend at ${shown} has said nothing for ${silenceMs / 1000} s`));
  request.on("error", reject);
  request.on("response", (response) => {
    const { statusCode } = response;
    if (statusCode === 304 && ifNoneMatch !== undefined) {
      response.resume();
      return resolve(undefined);
    }
    if (statusCode !== 200) return giveUp(`the frontend answers ${shown} with status ${statusCode}`);
    const announced = Number(response.headers["content-length"] ?? 0);
    if (announced > mostBytes) return giveUp(tooLarge);
    // A frontend says how long its file is, and 25 MB arrive in one piece instead of four hundred and their sum.
    let body = Buffer.allocUnsafeSlow(announced);
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      if (size + chunk.length > mostBytes) return giveUp(tooLarge);
      if (size + chunk.length > body.length) body = grown(body, size + chunk.length);
      size += chunk.copy(body, size);
      return undefined;
    });
    response.on("error", reject);
    response.on("end", () => resolve(body.subarray(0, size)));
    // After the end this comes too late to matter.
    response.on("close", () => reject(new Error("the connection ended in the middle of the answer")));
    return undefined;
  });
  return promise;
}

/** The buffer's content in one of at least `size` bytes, twice as long as before where that is more. */
function grown(buffer: Buffer<ArrayBuffer>, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(size, buffer.length * 2));
  buffer.copy(larger);
  return larger;
}

/** A name of several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}
