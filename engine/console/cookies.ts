import type { IncomingMessage } from "node:http";
import { parseCookie, stringifySetCookie } from "cookie";
import { consoleCookieName } from "../base/console-session.ts";

export function readCookie(request: IncomingMessage, what: string): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const name = consoleCookieName(what, request.socket.localPort);
  const cookies = parseCookie(cookie);
  return Object.hasOwn(cookies, name) ? cookies[name] : undefined;
}

export interface CookieMore {
  maxAgeSeconds?: number;
  /** The browser is to show it by https only. */
  secure?: boolean;
}

/**
 * The header's value: no script sees the cookie, and no page of another site sends it. Without an age it lasts until the
 * browser is closed.
 */
export function cookieHeader(request: IncomingMessage, what: string, value: string, more: CookieMore = {}): string {
  return stringifySetCookie({
    name: consoleCookieName(what, request.socket.localPort),
    value,
    ...(more.maxAgeSeconds === undefined ? {} : { maxAge: more.maxAgeSeconds }),
    secure: more.secure ?? false,
    path: "/",
    httpOnly: true,
    sameSite: "strict",
  });
}
