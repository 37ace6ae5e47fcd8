import type { z } from "zod";

/**
 * One request of the API, by its schemas: the server checks what comes in by them, the OpenAPI document is made of them,
 * and the renderer's client takes its types from them. A route is known by its key, `METHOD /path/:parameter`, below /api.
 */
export interface Route {
  /** One sentence for the OpenAPI document. */
  summary: string;
  /** Values in the query string arrive as text; the schema makes of them what they mean. */
  query?: z.ZodType;
  body?: z.ZodType;
  /** What is answered with 200 as JSON. */
  answer?: z.ZodType;
  /** Media type of an answer that isn't JSON: a stream, a download. */
  stream?: string;
  /** Largest body in bytes; 1 MiB unless the route says otherwise. */
  maxBytes?: number;
}
export type Routes = Readonly<Record<`${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`, Route>>;
