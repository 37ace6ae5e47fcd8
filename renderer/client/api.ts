import { ApiError, errorOf } from "./api-error.ts";
import type { Answer, JsonRoute, RequestInput, RouteKey, RouteOf, StreamRoute } from "./route-types.ts";

/** The values of a request, whichever its route is: what the typed signatures below come down to. */
interface AnyInput {
  params?: Record<string, string> | undefined;
  query?: object | undefined;
  body?: unknown;
  signal?: AbortSignal;
}

/** The path and query of a route below the API's base. */
export function pathOf(key: RouteKey, { params = {}, query = {} }: AnyInput): string {
  const path = key
    .slice(key.indexOf("/"))
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

async function send(key: RouteKey, input: AnyInput): Promise<Response> {
  const response = await fetch(`/api${pathOf(key, input)}`, {
    method: key.slice(0, key.indexOf(" ")),
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(input.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  }).catch((error: unknown) => {
    if (input.signal?.aborted) throw error;
    throw new ApiError(0, "The console's server doesn't answer.");
  });
  if (response.ok) return response;
  if (response.status === 401) for (const listener of loggedOut) listener();
  throw errorOf(response.status, await response.json().catch(() => undefined));
}

/**
 * Asks a route of the API. Throws ApiError, or the AbortError of the caller's own signal. The answer is taken as the
 * contract has it: the server that sent it was built from the same commit.
 */
async function ask<K extends JsonRoute>(key: K, input: RequestInput<K>): Promise<Answer<K>> {
  const response = await send(key, input);
  return (await response.json()) as Answer<K>;
}

type Nothing = Record<never, never>;
/** A request's input may be left out when the route needs none. */
type Input<K extends RouteKey> = Nothing extends RequestInput<K> ? [input?: RequestInput<K>] : [input: RequestInput<K>];
type Ask<Method extends string> = <K extends RouteOf<Method> & JsonRoute>(
  key: K,
  ...input: Input<K>
) => Promise<Answer<K>>;

const asking: Ask<string> = (key, ...input) => ask(key, (input[0] ?? {}) as RequestInput<typeof key>);

/** The API, by its routes' keys: `api.get("GET /alarms/:id", { params: { id } })`. */
export const api: {
  get: Ask<"GET">;
  post: Ask<"POST">;
  put: Ask<"PUT">;
  patch: Ask<"PATCH">;
  delete: Ask<"DELETE">;
} = { get: asking, post: asking, put: asking, patch: asking, delete: asking };

/** Where a link or a form may fetch a file from; the page's cookie, or the desktop, speaks for it. */
export function urlOf<K extends StreamRoute>(key: K, input: RequestInput<K>): string {
  return `/api${pathOf(key, input)}`;
}

const loggedOut = new Set<() => void>();
/** Calls back whenever the server says that nobody is logged in. Returns how to stop. */
export function onLoggedOut(listener: () => void): () => void {
  loggedOut.add(listener);
  return () => loggedOut.delete(listener);
}
