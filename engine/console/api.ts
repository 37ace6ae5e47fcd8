import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { mediaTypeFault } from "../base/media-type.ts";
import type { ApiError } from "../contract/console-api.ts";
import type { Fleet } from "./fleet.ts";
import type { Gate } from "./gate.ts";
import { healthAnswer, lossesAnswer } from "./health-routes.ts";

/** Largest body of a request to the API, in bytes; what takes more has a limit of its own. */
const MAX_BODY_BYTES = 1024 * 1024;
/** What changes nothing and has no body. */
const READS = new Set(["GET", "HEAD"]);

export interface ApiParts {
  gate: Gate;
  fleet: Fleet;
  log: Logger;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * The console's API (console.md §6): every path below /api, whether or not there is anything, needs the token, and takes
 * and gives JSON only. Host and Origin have been checked before a request comes here.
 */
export async function addApi(app: FastifyInstance, parts: ApiParts): Promise<void> {
  await app.register(
    async (api) => {
      guard(api, parts);
      api.get("/losses", () => lossesAnswer(parts.fleet, parts.now()));
      api.get("/health", () => healthAnswer(parts.fleet, parts.now()));
    },
    { prefix: "/api" },
  );
}

/** What holds for each route of the API. */
function guard(api: FastifyInstance, { gate, log }: ApiParts): void {
  api.addHook("onRequest", async (request, reply) => {
    reply.header("Cache-Control", "no-store");
    const refusal = gate.unauthorised(request.raw);
    if (refusal !== undefined) {
      reply.header("WWW-Authenticate", "Bearer");
      return refuse(reply, refusal.status, refusal.text.trimEnd());
    }
    const fault = READS.has(request.method) ? undefined : mediaTypeFault(request.raw);
    return fault === undefined ? undefined : refuse(reply, 415, fault.trimEnd());
  });
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(JSON_TYPES, { parseAs: "string", bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body.toString()));
    } catch (error) {
      done(Object.assign(new Error(`The body isn't JSON: ${errorText(error)}.`), { statusCode: 400 }));
    }
  });
  api.setNotFoundHandler((_request: FastifyRequest, reply: FastifyReply) =>
    refuse(reply, 404, "There is nothing at this path of the API."),
  );
  api.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500) return refuse(reply, status, errorText(error));
    log.error(`${request.method} ${request.url} failed: ${errorText(error)}`);
    return refuse(reply, 500, "The request failed; the frontend's log says why.");
  });
}

const JSON_TYPES = /^application\/(?:[^;]+\+)?json(?:;|$)/i;

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error } satisfies ApiError);
}
