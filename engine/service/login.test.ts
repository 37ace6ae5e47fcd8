import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ManualClock, SystemClock } from "../base/clock.ts";
import { LIVE_PROTOCOL, TOKEN_PROTOCOL } from "../contract/console/live.ts";
import type { RunningFrontend } from "./running.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE, statusOf, TOKEN } from "./testing/console-frontend.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

let frontends: ConsoleFrontends;
beforeEach(() => {
  frontends = new ConsoleFrontends();
});
afterEach(() => frontends.end());

function addPages(): void {
  const assets = join(frontends.rendererFolder, "assets");
  mkdirSync(assets, { recursive: true });
  writeFileSync(join(frontends.rendererFolder, "index.html"), "<p>the console</p>");
  writeFileSync(join(assets, "app-1a2b.js"), "0123456789");
  writeFileSync(join(assets, "app-1a2b.js.br"), "compressed");
}

async function loginPath(frontend: RunningFrontend): Promise<string> {
  const answer = await ask(frontend, "POST", "/api/login-code", BEARER);
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as { path: string }).path;
}

function cookieOf(headers: IncomingHttpHeaders): string {
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

const withToken = (token: string) => `token=${encodeURIComponent(token)}`;

it("a code lets one browser in, once, and leads to the clean address", async () => {
  addPages();
  const fe = await frontends.start();
  const path = await loginPath(fe);
  // Whoever only looks what is there doesn't use it up.
  expect(await statusOf(fe, "HEAD", path)).toBe(404);
  const answer = await ask(fe, "GET", path);
  expect([answer.status, answer.headers.location, answer.headers["cache-control"]]).toEqual([303, "/ui/", "no-store"]);
  const [setCookie = ""] = answer.headers["set-cookie"] ?? [];
  expect(setCookie).toMatch(new RegExp(`^dsiem-session-${fe.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
  expect(setCookie).not.toContain(TOKEN);
  const cookie = cookieOf(answer.headers);
  expect(await statusOf(fe, "GET", "/api/health", { cookie })).toBe(200);
  expect((await ask(fe, "GET", "/ui/", { cookie })).text).toBe("<p>the console</p>");
  expect(await statusOf(fe, "GET", "/api/health", { cookie, origin: "http://attacker.example" })).toBe(403);
  expect(await statusOf(fe, "GET", "/api/health", { cookie: `${cookie}x` })).toBe(401);

  const again = await ask(fe, "GET", path);
  expect([again.status, again.headers["set-cookie"]]).toEqual([401, undefined]);
  expect(again.text).toContain("This link was used before");
  expect((await ask(fe, "GET", path, { cookie })).status).toBe(303);
});

it("a code is made for who is let in only, and lasts a minute", async () => {
  class MovedClock extends SystemClock {
    offset = 0;
    override monotonic(): number {
      return super.monotonic() + this.offset;
    }
  }
  const clock = new MovedClock();
  const fe = await frontends.start("console", { clock });
  expect(await statusOf(fe, "POST", "/api/login-code")).toBe(401);
  const late = await loginPath(fe);
  clock.offset += 60_500;
  expect(await statusOf(fe, "GET", late)).toBe(401);
  expect(await statusOf(fe, "GET", await loginPath(fe))).toBe(303);
  expect(await statusOf(fe, "GET", "/login?code=a&code=b")).toBe(401);
});

it("the cookie holds for the next frontend with the same token", async () => {
  const first = await frontends.start();
  const cookie = cookieOf((await ask(first, "GET", await loginPath(first))).headers).split("=")[1] ?? "";
  await first.stop();
  const second = await frontends.start();
  expect(await statusOf(second, "GET", "/api/health", { cookie: `dsiem-session-${second.port}=${cookie}` })).toBe(200);
});

it("a page without the cookie asks for the token", async () => {
  addPages();
  const fe = await frontends.start();
  const page = await ask(fe, "GET", "/ui/");
  expect([page.status, page.text]).toEqual([401, expect.stringContaining('action="/login"')]);
  const policy = String(page.headers["content-security-policy"]);
  const script = /<script>(.*)<\/script>/.exec(page.text)?.[1] ?? "";
  expect(policy).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  expect(policy).toMatch(/^default-src 'none'; .*form-action 'self'.*frame-ancestors 'none'$/);

  const wrong = await ask(fe, "POST", "/login", FORM, withToken("wrong"));
  expect([wrong.status, wrong.text]).toEqual([401, expect.stringContaining("This isn't the launch token.")]);
  expect(await statusOf(fe, "POST", "/login", JSON_TYPE, JSON.stringify({ token: TOKEN }))).toBe(415);
  expect(await statusOf(fe, "POST", "/login", FORM, `token=${"x".repeat(5000)}`)).toBe(413);
  expect(await statusOf(fe, "POST", "/login", { ...FORM, origin: "http://attacker.example" }, withToken(TOKEN))).toBe(
    403,
  );
  const right = await ask(fe, "POST", "/login", FORM, withToken(TOKEN));
  expect([right.status, right.headers.location]).toEqual([303, "/ui/"]);
  expect(await statusOf(fe, "GET", "/api/health", { cookie: cookieOf(right.headers) })).toBe(200);
  expect(frontends.lines.join("")).not.toContain(TOKEN);
});

it("the live socket opens for the cookie or the token, and for no page of somebody else's", async () => {
  const fe = await frontends.start();
  const cookie = cookieOf((await ask(fe, "GET", await loginPath(fe))).headers);
  const origin = `http://127.0.0.1:${fe.port}`;
  const open = (protocols: string[], headers: Record<string, string>): Promise<string> => {
    const socket = new WebSocket(`ws://127.0.0.1:${fe.port}/api/live`, protocols, { headers });
    return new Promise((resolve) => {
      socket.on("open", () => {
        resolve(socket.protocol);
        socket.terminate();
      });
      socket.on("error", (error) => resolve(error.message));
    });
  };
  const token = `${TOKEN_PROTOCOL}${TOKEN}`;
  expect(await open([LIVE_PROTOCOL], { cookie, origin })).toBe(LIVE_PROTOCOL);
  expect(await open([], { cookie })).toBe("");
  expect(await open([LIVE_PROTOCOL, token], { origin })).toBe(LIVE_PROTOCOL);
  for (const [protocols, headers, status] of [
    [[LIVE_PROTOCOL], { origin }, 401],
    [[LIVE_PROTOCOL], { origin, cookie: `${cookie}x` }, 401],
    [[LIVE_PROTOCOL, `${token}x`], { origin }, 401],
    // A wrong token isn't made up for by a right cookie.
    [[LIVE_PROTOCOL, `${token}x`], { origin, cookie }, 401],
    [[LIVE_PROTOCOL], { cookie, origin: "http://attacker.example" }, 403],
    [[LIVE_PROTOCOL, token], { origin: "null" }, 403],
    [[LIVE_PROTOCOL, token], { host: `attacker.example:${fe.port}` }, 403],
  ] as const) {
    expect(await open([...protocols], headers)).toBe(`Unexpected server response: ${status}`);
  }
});

it("a link of another site, with which no browser shows the cookie, is followed once more from here", async () => {
  addPages();
  const fe = await frontends.start();
  const cookie = cookieOf((await ask(fe, "GET", await loginPath(fe))).headers);
  for (const site of ["cross-site", "same-site"]) {
    const again = await ask(fe, "GET", "/ui/", { "sec-fetch-site": site });
    const script = /<script>(.*)<\/script>/.exec(again.text)?.[1] ?? "";
    expect([again.status, script]).toEqual([200, `location.replace("/ui/?"+location.hash)`]);
    const hash = createHash("sha256").update(script).digest("base64");
    expect(again.headers["content-security-policy"]).toContain(`'sha256-${hash}'`);
  }
  // What the browser asks for then.
  const headers = { "sec-fetch-site": "same-origin" };
  expect((await ask(fe, "GET", "/ui/?", { ...headers, cookie })).text).toBe("<p>the console</p>");
  expect(await ask(fe, "GET", "/ui/?", headers)).toMatchObject({
    status: 401,
    text: expect.stringContaining("Log in"),
  });
});

it("nobody goes on guessing", async () => {
  const fe = await frontends.start();
  for (let i = 0; i < 10; i++) expect(await statusOf(fe, "GET", `/login?code=${i}`)).toBe(401);
  const refused = await ask(fe, "POST", "/login", FORM, withToken(TOKEN));
  expect([refused.status, refused.headers["retry-after"]]).toEqual([429, expect.stringMatching(/^(60|59)$/)]);
});

it("serves the console's pages under a policy, its hashed files for ever, and the folder's own beside it", async () => {
  const fe = await frontends.start();
  expect(await ask(fe, "GET", "/ui/", BEARER)).toMatchObject({
    status: 404,
    text: expect.stringMatching(/^The console's pages aren't built[^\n]*\n$/),
  });
  addPages();
  const page = await ask(fe, "GET", "/ui/", BEARER);
  expect(page.headers["content-security-policy"]).toBe(
    [
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${fe.port} wss://127.0.0.1:${fe.port}`,
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ].join("; "),
  );
  expect(page.headers["cache-control"]).toBe("no-cache");
  const script = await ask(fe, "GET", "/ui/assets/app-1a2b.js", { range: "bytes=0-3" });
  expect([script.text, script.headers["cache-control"]]).toEqual(["0123", "public, max-age=31536000, immutable"]);
  const compressed = await ask(fe, "GET", "/ui/assets/app-1a2b.js", { "accept-encoding": "br" });
  expect([compressed.text, compressed.headers["content-encoding"]]).toEqual(["compressed", "br"]);
  for (const path of ["/", "/ui"]) {
    const answer = await ask(fe, "GET", path);
    expect([answer.status, answer.headers.location]).toEqual([303, "/ui/"]);
  }
  for (const path of ["/ui//index.html", "/ui/assets/../index.html", "/ui/./index.html", "/ui/index%2Ehtml"]) {
    const other = await ask(fe, "GET", path);
    expect([path, other.text.includes("the console")]).toEqual([path, false]);
  }
  expect(await statusOf(fe, "GET", "/ui/nothing.js")).toBe(404);
  expect(await statusOf(fe, "POST", "/ui/", BEARER)).toBe(405);

  const legacy = await ask(fe, "GET", "/ui-legacy/");
  expect([legacy.status, legacy.text]).toEqual([404, expect.stringContaining("web/dist")]);
  mkdirSync(join(frontends.folder, "web", "dist"), { recursive: true });
  writeFileSync(join(frontends.folder, "web", "dist", "index.html"), "<p>earlier</p>");
  for (const path of ["/ui-legacy", "/ui-legacy/"]) expect((await ask(fe, "GET", path)).text).toBe("<p>earlier</p>");
});

it("serves pages that were made for /ui at /ui-legacy, their files included, and writes nothing for it", async () => {
  addPages();
  const web = join(frontends.folder, "web", "dist");
  mkdirSync(join(web, "assets", "config"), { recursive: true });
  const page = (base: string) => `<head><base href="${base}"></head><script src="main.js"></script>`;
  writeFileSync(join(web, "index.html"), page("/ui/"));
  writeFileSync(join(web, "main.js"), "legacy");
  writeFileSync(join(web, "assets", "config", "esconfig.json"), '{"kibana":"x"}');
  const fe = await frontends.start();
  for (const path of ["/ui-legacy", "/ui-legacy/", "/ui-legacy/index.html"]) {
    const { text, headers } = await ask(fe, "GET", path);
    expect([text, headers["content-type"]]).toEqual([page("/ui-legacy/"), "text/html; charset=utf-8"]);
  }
  expect(readFileSync(join(web, "index.html"), "utf8")).toBe(page("/ui/"));
  expect((await ask(fe, "GET", "/ui-legacy/main.js")).text).toBe("legacy");
  for (const at of ["/ui", "/ui-legacy"]) {
    expect((await ask(fe, "GET", `${at}/assets/config/esconfig.json`)).text).toBe('{"kibana":"x"}');
  }
  expect((await ask(fe, "GET", "/ui/assets/app-1a2b.js")).text).toBe("0123456789");
  expect(await statusOf(fe, "GET", "/ui-legacy/nothing.js")).toBe(404);
});

it("has no login in server mode", async () => {
  const fe = await frontends.start("server", { clock: new ManualClock(Date.now()) });
  for (const path of ["/login", "/", "/ui-legacy/"]) expect(await statusOf(fe, "GET", path)).toBe(404);
});

it("behind an https proxy the cookie is for https only, and failed logins count for whom the proxy names", async () => {
  const fe = await frontends.start();
  const proxied = (client: string) => ({ host: "siem.example.com", "x-forwarded-for": client });
  const login = (token: string, client: string) =>
    ask(fe, "POST", "/login", { ...FORM, ...proxied(client), origin: "https://siem.example.com" }, withToken(token));
  const [cookie] = (await login(TOKEN, "192.0.2.1")).headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
  for (let i = 0; i < 10; i++) await login("wrong", "192.0.2.2");
  expect((await login(TOKEN, "192.0.2.2")).status).toBe(429);
  expect((await login(TOKEN, "192.0.2.1")).status).toBe(303);
});
