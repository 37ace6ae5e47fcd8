import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { DsiemError } from "../base/errors.ts";
import { literalOf } from "./provider-url.ts";
import { isLinkLocal } from "./special-addresses.ts";

/** The largest answer that is read; more is no answer (reliability.md §4). */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * A look-up that brought nothing: `LOOKUP_TIMEOUT`, `LOOKUP_TOO_LARGE`, `LOOKUP_REDIRECT`, `LOOKUP_BLOCKED`,
 * `LOOKUP_ENCODED`, `LOOKUP_STATUS`, `LOOKUP_UNREADABLE`, `LOOKUP_QUEUE_FULL` or `LOOKUP_CONNECTION`.
 */
export class LookupError extends DsiemError {}

export interface HttpAnswer {
  status: number;
  body: string;
}

/**
 * Asks one provider by GET over connections that are kept. What a provider may cost is bounded: no redirect is
 * followed, no compressed answer taken, nothing above `MAX_ANSWER_BYTES` read, and no link-local address reached,
 * whatever the name resolves to (reliability.md §4).
 */
export class HttpGet {
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;

  constructor(maxConnections: number) {
    const options = { keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections };
    this.#plain = new http.Agent(options);
    this.#secure = new https.Agent(options);
  }

  /** Rejects with a `LookupError`; `timeoutMs` covers everything from resolving the name to the answer's last byte. */
  async get(url: URL, timeoutMs: number): Promise<HttpAnswer> {
    if (isLinkLocal(literalOf(url))) throw blocked(literalOf(url));
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      return await this.#once(url, timeout.signal).catch((error: unknown) => {
        // A provider may close a kept connection at the moment it is used again; only a new one tells whether it is well.
        if (!(error instanceof StaleConnection)) throw error;
        return this.#once(url, timeout.signal);
      });
    } catch (error) {
      if (error instanceof LookupError) throw error;
      if (timeout.signal.aborted)
        throw new LookupError("LOOKUP_TIMEOUT", "it did not answer in time", { cause: error });
      throw new LookupError("LOOKUP_CONNECTION", `it can't be reached: ${connectionText(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Drops the kept connections. */
  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #once(url: URL, signal: AbortSignal): Promise<HttpAnswer> {
    const secure = url.protocol === "https:";
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const request = (secure ? https : http).request(url, {
      agent: secure ? this.#secure : this.#plain,
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "dsiem-console" },
      lookup: guardedLookup,
      signal,
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    request.on("response", (response) => {
      readAnswer(response).then(resolve, (error: unknown) => {
        reject(error);
        request.destroy();
      });
    });
    request.end();
    return promise;
  }
}

class StaleConnection extends Error {}

function readAnswer(response: http.IncomingMessage): Promise<HttpAnswer> {
  const status = response.statusCode ?? 0;
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  response.on("error", reject);
  if (status >= 300 && status < 400) {
    reject(new LookupError("LOOKUP_REDIRECT", `it answered with a redirect (${status}), which is not followed`));
    return promise;
  }
  if ((response.headers["content-encoding"] ?? "identity") !== "identity") {
    reject(new LookupError("LOOKUP_ENCODED", "its answer is compressed, which was not asked for"));
    return promise;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
    else reject(new LookupError("LOOKUP_TOO_LARGE", `its answer is larger than ${MAX_ANSWER_BYTES} bytes`));
  });
  response.on("end", () => resolve({ status, body: Buffer.concat(chunks).toString("utf8") }));
  // A body that ends early fires `close` and no `end`; after `end` this rejection comes too late to matter.
  response.on("close", () => reject(new Error("the connection ended in the middle of the answer")));
  return promise;
}

/** Resolves a name and refuses the link-local addresses that it may stand for. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  const asked: LookupOptions = { ...options, all: true };
  lookup(hostname, asked, (error, found) => {
    if (error !== null) {
      callback(error, "", 0);
      return;
    }
    const addresses = found as LookupAddress[];
    const bad = addresses.find(({ address }) => isLinkLocal(address));
    const first = addresses[0];
    if (bad !== undefined || first === undefined) {
      callback(blocked(bad?.address ?? hostname) as NodeJS.ErrnoException, "", 0);
    } else if (options.all === true) {
      callback(null, addresses);
    } else {
      callback(null, first.address, first.family);
    }
  });
};

function blocked(address: string): LookupError {
  return new LookupError("LOOKUP_BLOCKED", `it leads to the link-local address ${address}, which is never asked`);
}

/** Happy eyeballs throws an AggregateError whose own message is empty. */
function connectionText(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map((each) => connectionText(each)).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? String((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
}
