import type { IncomingMessage } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";

/**
 * Cookies belong to a host whatever its port, and several consoles may run on one machine: each names its own after the
 * port that it listens on.
 */
function cookieName(request: IncomingMessage, what: string): string {
  return `dsiem-${what}-${request.socket.localPort ?? 0}`;
}

export function readCookie(request: IncomingMessage, what: string): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const name = cookieName(request, what);
  const cookies = parseCookie(cookie);
  return Object.hasOwn(cookies, name) ? cookies[name] : undefined;
}

/**
 * The header's value: no script sees the cookie, and no page of another site sends it. Without an age it lasts until the
 * browser is closed.
 */
export function cookieHeader(request: IncomingMessage, what: string, value: string, maxAgeSeconds?: number): string {
  return stringifySetCookie({
    name: cookieName(request, what),
    value,
    ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
    path: "/",
    httpOnly: true,
    sameSite: "strict",
  });
}
