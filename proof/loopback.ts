// `npm run test:loopback`: what a web page, a rebound name or another user of this machine can do to what listens on it
// (reliability.md §3 and §4, operation.md §1).

import { sleep } from "../bench/lib/waiting.ts";
import { SystemClock } from "../engine/base/clock.ts";
import { silentLogger } from "../engine/base/log.ts";
import { connectLink } from "../engine/bus/link-client.ts";
import { statusOf, upgradeStatusOf } from "./lib/ask.ts";
import { listeningSockets, processTree } from "./lib/listening.ts";
import {
  consoleFrontend,
  deadFrontendPage,
  LINK_TOKEN,
  type Listener,
  type Route,
  serverFrontend,
  supervisedSystem,
} from "./lib/loopback-listeners.ts";
import { readOptions } from "./lib/options.ts";
import type { Proof, Report } from "./lib/report.ts";

const USAGE = `npm run test:loopback [-- --short]
  Asks every listener for everything it has: without the token, with a wrong one, as pages of other origins, under names
  that were rebound to this machine, and with bodies that aren't JSON.
  --short   only a frontend in console mode, over link`;

/** How somebody asks who shouldn't, or who may. */
interface Attack {
  name: string;
  headers(port: number, token: string): Record<string, string>;
  /** What a route has to answer; `undefined` where it can't be asked so. */
  expects(route: Route): number | undefined;
}

const FOREIGN = 403;
const own = (port: number): Record<string, string> => ({ host: `127.0.0.1:${port}` });
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const JSON_TYPE = { "content-type": "application/json" };
const guarded = (route: Route): number => (route.guarded === true ? 401 : route.usual);

function tokenAttack(name: string, headers: (port: number, token: string) => Record<string, string>): Attack {
  return {
    name,
    headers: (port, token) => ({ ...own(port), ...JSON_TYPE, ...headers(port, token) }),
    expects: guarded,
  };
}

/** With the right token: it must not help. */
function foreignAttack(name: string, headers: (port: number) => Record<string, string>): Attack {
  return {
    name,
    headers: (port, token) => ({ ...own(port), ...JSON_TYPE, ...bearer(token), ...headers(port) }),
    expects: () => FOREIGN,
  };
}

function typeAttack(type: string): Attack {
  return {
    name: `a body of the type ${type}`,
    headers: (port, token) => ({ ...own(port), ...bearer(token), "content-type": type }),
    expects: (route) => (route.body === undefined ? undefined : route.json === true ? 415 : route.usual),
  };
}

const TOKEN_ATTACKS = [
  tokenAttack("no token", () => ({})),
  tokenAttack("an empty token", () => bearer("")),
  tokenAttack("a wrong token", () => bearer("x".repeat(43))),
  tokenAttack("the token's beginning", (_, token) => bearer(token.slice(0, -1))),
  tokenAttack("the token in a cookie", (_, token) => ({ cookie: `token=${token}` })),
  tokenAttack("the token without its scheme", (_, token) => ({ authorization: token })),
];
const FOREIGN_ATTACKS = [
  foreignAttack("a wrong Origin", () => ({ origin: "http://attacker.example" })),
  foreignAttack("a wrong Origin on our port", (port) => ({ origin: `http://attacker.example:${port}` })),
  foreignAttack("an IP Origin", (port) => ({ origin: `http://192.0.2.7:${port}` })),
  foreignAttack("our IP as Origin without the port", () => ({ origin: "http://127.0.0.1" })),
  foreignAttack("another local server's Origin", (port) => ({ origin: `http://localhost:${port + 1}` })),
  foreignAttack("the Origin null", () => ({ origin: "null" })),
  foreignAttack("a rebound Host", (port) => ({ host: `attacker.example:${port}` })),
  foreignAttack("a rebound Host as its own Origin", (port) => ({
    host: `attacker.example:${port}`,
    origin: `http://attacker.example:${port}`,
  })),
  foreignAttack("a Host that begins like ours", (port) => ({ host: `127.0.0.1.attacker.example:${port}` })),
];
const TYPE_ATTACKS = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"].map(
  typeAttack,
);
const ALLOWED: Attack = {
  name: "the token, our own Origin, JSON: let in",
  headers: (port, token) => ({ ...own(port), ...JSON_TYPE, ...bearer(token), origin: `http://127.0.0.1:${port}` }),
  expects: (route) => route.usual,
};

async function tryRoutes(listener: Listener, report: Report): Promise<number> {
  const { name, port, token, routes } = listener;
  let requests = 0;
  for (const { name: attack, headers, expects } of [...TOKEN_ATTACKS, ...FOREIGN_ATTACKS, ...TYPE_ATTACKS, ALLOWED]) {
    const wrong: string[] = [];
    for (const route of routes) {
      const expected = expects(route);
      if (expected === undefined) continue;
      requests += 1;
      const status = await statusOf(port, { ...route, headers: headers(port, token) });
      if (status !== expected) wrong.push(`${route.method} ${route.path} answers ${status}, not ${expected}`);
    }
    report.check(`${name}: ${attack}`, wrong.length === 0, wrong.join("; "));
  }
  return requests;
}

async function tryUpgrades(listener: Listener, report: Report): Promise<void> {
  const { name, port, token } = listener;
  const wrong: string[] = [];
  const expect = async (path: string, headers: Record<string, string>, expected: number, what: string) => {
    const status = await upgradeStatusOf(port, path, headers);
    if (status !== expected) wrong.push(`${path} with ${what} answers ${status}, not ${expected}`);
  };
  for (const { name: attack, headers } of FOREIGN_ATTACKS) {
    for (const path of ["/link", "/api/live", "/nothing"]) await expect(path, headers(port, token), FOREIGN, attack);
  }
  for (const { name: attack, headers } of TOKEN_ATTACKS) await expect("/api/live", headers(port, token), 401, attack);
  await expect("/api/live", { ...own(port), ...bearer(token) }, 101, "the token");
  report.check(`${name}: upgrades`, wrong.length === 0, wrong.join("; "));
}

/** Over `link` the token itself never travels: whoever doesn't know it can't prove that it does. */
async function tryLink(port: number, token: string): Promise<string> {
  const clock = new SystemClock();
  const bus = connectLink({
    ...{ url: `http://127.0.0.1:${port}`, token, node: "intruder", maxQueue: 10, logger: silentLogger(clock) },
    slowRetryMs: 60_000,
  });
  try {
    for (let i = 0; i < 500; i++) {
      const { state, detail } = bus.status();
      if (state !== "connecting") return `${state}: ${detail}`;
      await sleep(10);
    }
    return "no answer";
  } finally {
    await bus.close();
  }
}

async function tryConsoleFrontend(listener: Listener, linkToken: string | undefined, report: Report): Promise<number> {
  const requests = await tryRoutes(listener, report);
  if (!listener.upgrades) return requests;
  await tryUpgrades(listener, report);
  const strangers = [
    { who: "a wrong token", token: "wrong-link-token" },
    { who: "no token", token: "" },
    { who: "the launch token", token: listener.token },
  ];
  for (const { who, token } of strangers) {
    const outcome = await tryLink(listener.port, token);
    report.check(`${listener.name}: /link with ${who}`, outcome.startsWith("disconnected"), outcome);
  }
  if (linkToken !== undefined) {
    const outcome = await tryLink(listener.port, linkToken);
    report.check(`${listener.name}: /link with its token is joined`, outcome.startsWith("connected"), outcome);
  }
  return requests;
}

/** Open to everybody by its contract, so all there is to hold: no API, and no web page on the link. */
async function tryServerMode({ name, port }: Listener, report: Report): Promise<void> {
  const paths = ["/api", "/api/losses", "/api/health", "/%61pi/losses"];
  const statuses = await Promise.all(
    paths.map((path) => statusOf(port, { method: "GET", path, headers: { ...own(port), ...bearer("x") } })),
  );
  report.check(
    `${name}: nothing below /api`,
    statuses.every((status) => status === 404),
    statuses.join(", "),
  );
  const pages = FOREIGN_ATTACKS.map(({ headers }) => headers(port, "")).filter(({ origin }) => origin !== undefined);
  const upgrades = await Promise.all(pages.map((headers) => upgradeStatusOf(port, "/link", headers)));
  report.check(
    `${name}: no web page gets to /link`,
    upgrades.every((status) => status === 403),
    upgrades.join(", "),
  );
}

/** That nothing listens which this proof doesn't know of, and nothing where other machines could reach it. */
function checkSockets(name: string, pid: number, ports: readonly number[], report: Report): void {
  const sockets = process.platform === "linux" ? listeningSockets(processTree(pid)) : undefined;
  if (sockets === undefined) {
    report.say(`${name}: this system doesn't tell what it listens on`);
    return;
  }
  const expected = ports.map((port) => `127.0.0.1:${port}`).sort();
  const same = sockets.length === expected.length && sockets.every((socket, i) => socket === expected[i]);
  report.check(`${name}: listens on nothing else`, same, sockets.join(", "));
}

async function run(args: readonly string[], report: Report): Promise<void> {
  const { short } = readOptions(args, { short: false });
  let requests = 0;
  const link = await consoleFrontend("link");
  requests += await tryConsoleFrontend(link, LINK_TOKEN, report);
  if (link.pid !== undefined) checkSockets(link.name, link.pid, [link.port], report);
  await link.stop();
  if (!short) requests += await tryTheRest(report);
  report.say(`${requests} requests, besides the upgrades`);
}

async function tryTheRest(report: Report): Promise<number> {
  const nats = await consoleFrontend("nats");
  let requests = await tryConsoleFrontend(nats, undefined, report);
  await nats.stop();

  const server = await serverFrontend();
  await tryServerMode(server, report);
  await server.stop();

  const { frontend, providers } = await supervisedSystem();
  requests += await tryConsoleFrontend(frontend, undefined, report);
  requests += await tryRoutes(providers, report);
  if (frontend.pid !== undefined) checkSockets("npm start", frontend.pid, [frontend.port, providers.port], report);
  await frontend.stop();

  const dead = await deadFrontendPage();
  requests += await tryRoutes(dead, report);
  await dead.stop();
  return requests;
}

export const proof: Proof = { usage: USAGE, run };
