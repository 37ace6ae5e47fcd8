import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { BusyError, DsiemError, errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { mediaTypeFault } from "../base/media-type.ts";
import type { ApiError } from "../contract/console-api.ts";
import type { Gate } from "./gate.ts";
import { ApiFault, addRoutes, type Handlers, type Users } from "./route-table.ts";

/** Largest body of a request to the API, in bytes; what takes more has a limit of its own. */
const MAX_BODY_BYTES = 1024 * 1024;
/** What changes nothing and has no body. */
const READS = new Set(["GET", "HEAD"]);

export interface ApiParts {
  gate: Gate;
  log: Logger;
  users: Users;
  /** What the features answer. */
  handlers: readonly Handlers[];
}

/**
 * The console's API (console.md §6): every path below /api, whether or not there is anything, needs the token, and takes
 * and gives JSON only. Host and Origin have been checked before a request comes here.
 */
export async function addApi(app: FastifyInstance, parts: ApiParts): Promise<void> {
  await app.register(
    async (api) => {
      guard(api, parts);
      for (const handlers of parts.handlers) addRoutes(api, handlers, parts.users);
    },
    { prefix: "/api" },
  );
}

/** What holds for each route of the API. */
function guard(api: FastifyInstance, { gate, log }: ApiParts): void {
  api.addHook("onRequest", async (request, reply) => {
    reply.header("Cache-Control", "no-store");
    // An export holds what senders of events wrote: it is never taken for a page, nor shown within one of another site.
    reply.header("X-Content-Type-Options", "nosniff");
    reply.header("Cross-Origin-Resource-Policy", "same-origin");
    const refusal = gate.unauthorised(request.raw);
    if (refusal !== undefined) {
      reply.header("WWW-Authenticate", "Bearer");
      return refuse(reply, refusal.status, refusal.text.trimEnd());
    }
    const fault = READS.has(request.method) || saysNothing(request) ? undefined : mediaTypeFault(request.raw);
    return fault === undefined ? undefined : refuse(reply, 415, fault.trimEnd());
  });
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(JSON_TYPES, { parseAs: "string", bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : JSON.parse(body.toString()));
    } catch (error) {
      done(Object.assign(new Error(`The body isn't JSON: ${errorText(error)}.`), { statusCode: 400 }));
    }
  });
  api.setNotFoundHandler((_request: FastifyRequest, reply: FastifyReply) =>
    refuse(reply, 404, "There is nothing at this path of the API."),
  );
  api.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof ApiFault) {
      return reply.code(error.status).send({ error: error.message, ...error.place } satisfies ApiError);
    }
    if (error instanceof BusyError) {
      reply.header("Retry-After", String(error.retryAfterSeconds));
      return refuse(reply, 503, sentence(error.message));
    }
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500) return refuse(reply, status, errorText(error));
    log.error(`${request.method} ${request.url} failed: ${errorText(error)}`);
    // Those are sentences for people, such as that the disk is full.
    if (error instanceof DsiemError) return refuse(reply, 500, sentence(error.message));
    return refuse(reply, 500, "The request failed; the frontend's log says why.");
  });
}

const JSON_TYPES = /^application\/(?:[^;]+\+)?json(?:;|$)/i;

/** A request with neither a body nor a type of one, such as a restart; a page's form always has a type. */
function saysNothing({ headers }: FastifyRequest): boolean {
  const { "content-length": length = "0", "content-type": type, "transfer-encoding": encoding } = headers;
  return length === "0" && type === undefined && encoding === undefined;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies ApiError);
}
