import type { FastifyReply, FastifyRequest } from "fastify";
import { cookieHeader, readCookie } from "./cookies.ts";
import type { Users } from "./route-table.ts";

const MAX_NAME = 60;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Under which name changes are noted (console.md §6): the one that this browser said once, which its cookie keeps, else
 * the operating system's user where the desktop is. A label, not a right: whoever has the token may do everything.
 */
export class CookieUsers implements Users {
  readonly #desktopUser: () => string;

  constructor(desktopUser: () => string) {
    this.#desktopUser = desktopUser;
  }

  nameOf({ raw }: FastifyRequest): string {
    const said = readCookie(raw, "user")?.trim().slice(0, MAX_NAME) ?? "";
    return said === "" ? this.#desktopUser() : said;
  }

  rename({ raw }: FastifyRequest, reply: FastifyReply, name: string): void {
    reply.header("Set-Cookie", cookieHeader(raw, "user", name, { maxAgeSeconds: YEAR_SECONDS }));
  }
}
