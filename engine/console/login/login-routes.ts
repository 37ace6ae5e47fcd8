import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../base/clock.ts";
import type { Gate } from "../gate.ts";
import type { Handlers } from "../route-table.ts";
import { Attempts } from "./attempts.ts";
import { LOGIN_CODE_MS, type LoginCodes } from "./login-codes.ts";
import { AGAIN_PAGE, LOGIN_PAGE_POLICY, loginPage } from "./login-page.ts";

const HOME = "/ui/";
/** A form with a token in it. */
const MAX_FORM_BYTES = 4096;

/** `POST /api/login-code`, which whoever has the token or is logged in may ask. */
export function loginHandlers(codes: LoginCodes, now: () => number): Handlers {
  return {
    "POST /login-code": () => ({ path: `/login?code=${codes.issue()}`, expiresAt: Math.floor(now()) + LOGIN_CODE_MS }),
  };
}

/**
 * `/login`: swaps a code or the token for the cookie, and goes on to the clean address (operation.md §3). What stands
 * behind the # of the address stays with the browser, so a link into the console leads there after the login, too.
 */
export async function addLogin(app: FastifyInstance, gate: Gate, codes: LoginCodes, clock: Clock): Promise<void> {
  const attempts = new Attempts(() => clock.monotonic());
  const letIn = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.header("Set-Cookie", gate.sessionCookie(request.raw)).redirect(HOME, 303);
  const attempt = (request: FastifyRequest, reply: FastifyReply, right: () => boolean, trouble: string) => {
    const client = gate.clientOf(request.raw);
    const wait = attempts.waitSeconds(client);
    if (wait > 0) {
      const text = `There were too many failed logins from this address. Try again in ${wait} seconds.`;
      return sendLoginPage(reply.header("Retry-After", String(wait)), 429, text);
    }
    if (right()) return letIn(request, reply);
    attempts.failed(client);
    return sendLoginPage(reply, 401, trouble);
  };
  await app.register(async (login) => {
    login.removeAllContentTypeParsers();
    login.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: MAX_FORM_BYTES },
      (_request, body, done) => done(null, new URLSearchParams(body.toString())),
    );
    // What a HEAD asks for is not to be used up by it.
    login.get("/login", { exposeHeadRoute: false }, (request, reply) => {
      reply.header("Cache-Control", "no-store");
      const { code } = request.query as { code?: unknown };
      // Also with a link that was used before, as when its page is loaded again.
      if (gate.isLoggedIn(request.raw)) return reply.redirect(HOME, 303);
      if (code === undefined) return sendLoginPage(reply, 200, undefined);
      const trouble = "This link was used before, or is more than a minute old.";
      return attempt(request, reply, () => typeof code === "string" && codes.take(code), trouble);
    });
    login.post("/login", (request, reply) => {
      reply.header("Cache-Control", "no-store");
      const token = request.body instanceof URLSearchParams ? (request.body.get("token")?.trim() ?? "") : "";
      return attempt(request, reply, () => gate.isToken(token), "This isn't the launch token.");
    });
  });
}

/**
 * What a browser without the cookie gets instead of the console. One that follows a link of another site, such as a
 * dashboard's to an alarm, doesn't show its cookie (SameSite=Strict) although it has one: it is sent here once more, by a
 * page of ours. Nothing is given away by that, since opening the console changes nothing.
 */
export function turnAway(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const from = request.headers["sec-fetch-site"];
  const isLink = from === "cross-site" || from === "same-site";
  return isLink ? sendPage(reply, 200, AGAIN_PAGE) : sendLoginPage(reply, 401, undefined);
}

/** `undefined` for `trouble` where nothing was tried yet. */
function sendLoginPage(reply: FastifyReply, status: number, trouble: string | undefined): FastifyReply {
  return sendPage(reply, status, loginPage(trouble));
}

function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return (
    reply
      .code(status)
      .header("Cache-Control", "no-store")
      .header("Content-Security-Policy", LOGIN_PAGE_POLICY)
      // With no-referrer browsers send this page's own form with an Origin of null, which is as foreign as any other.
      .header("Referrer-Policy", "same-origin")
      .header("X-Content-Type-Options", "nosniff")
      .type("text/html; charset=utf-8")
      .send(page)
  );
}
