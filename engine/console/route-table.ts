import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Route } from "../contract/console/route.ts";
import { API_ROUTES, type ApiRoutes } from "../contract/console/routes.ts";
import { ApiFault } from "./api-fault.ts";

export { ApiFault };

/** `GET /alarms/:id` and its like. */
export type RouteKey = keyof ApiRoutes;

/** The names behind the colons of a path. */
type ParamNames<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParamNames<`/${More}`>
    : Rest
  : never;
type Output<R, Part extends string> = R extends { readonly [P in Part]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** What a handler is called with. */
export interface RouteInput<K extends RouteKey> {
  /** Decoded. */
  params: Readonly<Record<ParamNames<K>, string>>;
  query: Output<ApiRoutes[K], "query">;
  body: Output<ApiRoutes[K], "body">;
  client: Client;
  /** Under which changes are noted; empty when the client hasn't said one yet. */
  user: string;
  /** Aborted when the client is gone before it was answered. */
  signal: AbortSignal;
}

/** Who asks. */
export interface Client {
  /** `frontend:8080`, as the client reaches it. */
  readonly host: string;
  /** Under this name its changes are noted from now on, also after a restart. */
  rename(name: string): void;
}

/** An answer that isn't JSON, or that is too long to be put together first. */
export interface StreamAnswer {
  contentType: string;
  /** Offered for saving under this name. */
  fileName?: string;
  content: string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
}

/** What a handler gives back; `ApiFault` is what it throws to refuse. */
export type RouteAnswer<K extends RouteKey> = ApiRoutes[K] extends { readonly stream: string }
  ? StreamAnswer
  : Output<ApiRoutes[K], "answer">;
export type Handler<K extends RouteKey> = (input: RouteInput<K>) => Promise<RouteAnswer<K>> | RouteAnswer<K>;
/** The part of the API that a feature answers. */
export type Handlers = { readonly [K in RouteKey]?: Handler<K> };

/** Under which name a request's changes are noted, and how a client gets another one. */
export interface Users {
  nameOf(request: FastifyRequest): string;
  rename(request: FastifyRequest, reply: FastifyReply, name: string): void;
}

/**
 * Registers the routes of a feature below the instance's prefix. What comes in is checked by the contract's schemas: a
 * handler never sees anything else, and the refusal names the field.
 */
export function addRoutes(api: FastifyInstance, handlers: Handlers, users: Users): void {
  for (const [key, handle] of Object.entries(handlers)) {
    if (handle !== undefined && isRouteKey(key)) addRoute(api, key, handle as AnyHandler, users);
  }
}

/** The registrar checks by the schemas of the same key, so it is the one place that may forget which key it was. */
type AnyHandler = (input: {
  params: unknown;
  query: unknown;
  body: unknown;
  client: Client;
  user: string;
  signal: AbortSignal;
}) => unknown;

function isRouteKey(key: string): key is RouteKey {
  return Object.hasOwn(API_ROUTES, key);
}

function addRoute(api: FastifyInstance, key: RouteKey, handle: AnyHandler, users: Users): void {
  const route: Route = API_ROUTES[key];
  const [method = "", url = ""] = key.split(" ");
  api.route({
    method,
    url,
    ...(route.maxBytes === undefined ? {} : { bodyLimit: route.maxBytes }),
    handler: async (request, reply) => {
      const query = checked(route.query, request.query, "query");
      const body = checked(route.body, request.body, "body");
      const answer = await handle({
        params: request.params,
        query,
        body,
        client: { host: request.headers.host ?? "", rename: (name) => users.rename(request, reply, name) },
        user: users.nameOf(request),
        signal: untilGone(reply),
      });
      return route.stream === undefined ? reply.send(answer) : sendStream(reply, answer as StreamAnswer);
    },
  });
}

function checked(schema: z.ZodType | undefined, value: unknown, where: "query" | "body"): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value ?? (where === "query" ? {} : undefined));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  const message = issue?.message ?? "it can't be read";
  if (field === "") throw new ApiFault(400, `The ${where} can't be taken: ${message}.`);
  throw new ApiFault(400, `${field} in the ${where} can't be taken: ${message}.`, { field });
}

function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

function sendStream(reply: FastifyReply, { contentType, fileName, content }: StreamAnswer): FastifyReply {
  reply.type(contentType);
  if (fileName !== undefined) {
    // Names are ours and of ASCII; what else stood in one would end the header.
    reply.header("Content-Disposition", `attachment; filename="${fileName.replace(/[^\w.-]/g, "_")}"`);
  }
  if (typeof content === "string") return reply.send(content);
  if (content instanceof Uint8Array) return reply.send(Buffer.from(content.buffer, content.byteOffset, content.length));
  return reply.send(Readable.from(content, { objectMode: false }));
}
