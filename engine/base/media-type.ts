import type { IncomingMessage } from "node:http";

/** Senders repeat themselves: the last content type and what was made of it. */
let lastType: string | undefined;
let lastIsJson = false;

/**
 * Why the body of a request can't be taken as JSON, in one sentence for a 415, or `undefined` when it can:
 * `application/json` or `*+json`, any case, with parameters, and no content encoding (engine.md §3, compat.md §1).
 */
export function mediaTypeFault(request: IncomingMessage): string | undefined {
  const headers = request.headers;
  const type = headers["content-type"];
  if (type === undefined) return "The content type is missing; it must be application/json.\n";
  if (type !== lastType) {
    lastType = type;
    lastIsJson = isJsonType(type);
  }
  if (!lastIsJson) return "The content type must be application/json or one that ends with +json.\n";
  if (headers["content-encoding"] !== undefined) return "A body with a content encoding isn't taken; send it plain.\n";
  return undefined;
}

function isJsonType(type: string): boolean {
  const semicolon = type.indexOf(";");
  const essence = (semicolon < 0 ? type : type.slice(0, semicolon)).trim().toLowerCase();
  if (essence === "application/json") return true;
  const slash = essence.indexOf("/");
  return slash > 0 && essence.length > slash + 1 + "+json".length && essence.endsWith("+json");
}
