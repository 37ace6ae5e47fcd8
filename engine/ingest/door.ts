import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../base/clock.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { refuseUpgrade } from "../base/refuse-upgrade.ts";
import { type Answer, failureText, rawAnswer, refuseUnread } from "./answers.ts";
import { BodyReader } from "./body-reader.ts";
import type { ConfigFolder } from "./config-folder.ts";
import { addConfigRoutes } from "./config-routes.ts";
import type { ConfigWork } from "./config-work.ts";
import type { IngestCounters, OnRefused } from "./counters.ts";
import type { EpsLimiter } from "./eps-limiter.ts";
import { errorCode } from "./error-code.ts";
import type { TraceEvent } from "./event-batch.ts";
import { EventsRoute, type Offered, type PublishEvents } from "./events-route.ts";
import { addRendererRoutes, type RendererParts } from "./renderer-routes.ts";
import { addLegacyUiRoutes, addUiRoutes, LEGACY_UI } from "./ui-routes.ts";

/** A request's headers have to be there within this time (engine.md §3), in milliseconds. */
const HEADERS_TIMEOUT_MS = 5000;
/** How often Node looks for connections whose headers are late: closes them within 6 s at most (reliability.md §3). */
const CONNECTIONS_CHECK_MS = 500;
/** Node's own default of 5 s resets the connection pools of Logstash and Vector (engine.md §3). */
const KEEP_ALIVE_MS = 80_000;

export interface DoorParts {
  clock: Clock;
  log: Logger;
  counters: IngestCounters;
  onRefused: OnRefused;
  publish: PublishEvents;
  limiter: EpsLimiter | undefined;
  configFolder: ConfigFolder;
  configWork: ConfigWork;
  writableConfig: boolean;
  webFolder: string;
  /** Absent in server mode, where everybody may do everything (operation.md §1). */
  consoleMode?: ConsoleMode;
  /** Absent while tracing is off. */
  trace?: TraceEvent | undefined;
  /** What every event carries besides its trace context, ASCII; absent in server mode. */
  carrier?: Readonly<Record<string, string>> | undefined;
  /** For tests: how long a body may make no progress, in milliseconds. */
  bodyIdleMs?: number;
}

/** What console mode adds to the door; the rooms that know how are others. */
export interface ConsoleMode {
  /** Looks at every request and upgrade, whatever it asks for; its refusal when it comes from elsewhere. */
  foreign(request: IncomingMessage): Answer | undefined;
  /** The refusal of what needs the token and comes without. */
  unauthorised(request: IncomingMessage): Answer | undefined;
  /** Adds the login and the routes below /api, which look after their token themselves. */
  addRoutes(app: FastifyInstance): Promise<void>;
  /** The console's pages, served at /ui. */
  renderer: RendererParts;
}

/** The address can't be listened on; the message says what to do. */
class ListenError extends DsiemError {
  constructor(message: string, cause: unknown) {
    super("CANNOT_LISTEN", message, { cause });
  }
}

/** The frontend's HTTP server: the hot route by hand, everything else through fastify. */
export class Door {
  readonly server: Server;
  /** Emits `upgrade` as the server does, for what the gate lets through. */
  readonly upgrades = new EventEmitter();
  readonly #parts: DoorParts;
  readonly #bodies: BodyReader;
  readonly #events: EventsRoute;
  readonly #app: FastifyInstance;
  /** Every open connection, the upgraded ones too, which Node's own list leaves out. */
  readonly #sockets = new Set<Socket>();
  /** Fastify's entrance; fastify hands it over when it asks for its server. */
  #toFastify: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#bodies = new BodyReader(parts.bodyIdleMs);
    this.#events = new EventsRoute({ ...parts, bodies: this.#bodies });
    this.server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      // A body may take as long as it makes progress; that is the BodyReader's to watch.
      requestTimeout: 0,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Dsiem-rs takes requests without it, and so do we.
      requireHostHeader: false,
      noDelay: true,
    });
    // A client that closes its sending side after the request still gets its answer.
    Object.assign(this.server, { httpAllowHalfOpen: true });
    this.server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.server.on("request", this.#dispatch);
    this.server.on("checkContinue", this.#dispatch);
    this.#app = this.#createApp();
  }

  /** Resolves with the port. Rejects with `ListenError` when the address can't be had. */
  async listen(address: string, port: number): Promise<number> {
    addConfigRoutes(this.#app, {
      folder: this.#parts.configFolder,
      work: this.#parts.configWork,
      bodies: this.#bodies,
      log: this.#parts.log,
      writable: this.#parts.writableConfig,
      unauthorised: (request) => this.#parts.consoleMode?.unauthorised(request),
    });
    const { consoleMode, webFolder } = this.#parts;
    await consoleMode?.addRoutes(this.#app);
    if (consoleMode !== undefined) await addRendererRoutes(this.#app, consoleMode.renderer);
    if (consoleMode === undefined) await addUiRoutes(this.#app, webFolder);
    else await addLegacyUiRoutes(this.#app, webFolder);
    await this.#app.ready();
    const { server } = this;
    // Without anybody who grants upgrades their requests are ordinary ones: clients that speak HTTP/2, too, offer it so.
    if (this.upgrades.listenerCount("upgrade") > 0) server.on("upgrade", this.#upgrade);
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => reject(new ListenError(listenProblem(error, address, port), error));
      server.once("error", fail);
      server.listen(port, address, () => {
        server.off("error", fail);
        resolve();
      });
    });
    return (server.address() as AddressInfo).port;
  }

  /** Takes events that didn't come by a request for `/events`: see `EventsRoute.offer`. */
  offer(values: readonly unknown[], from: string): Promise<Offered> {
    return this.#events.offer(values, from);
  }

  /** New events get 503 from now on; everything else still works (operation.md §6). */
  refuseEvents(): void {
    this.#events.refuseNew();
  }

  /** Resolves when every request for `/events` is answered, or after `timeoutMs`; with the number of those that aren't. */
  async allAnswered(timeoutMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#events.allAnswered(), timeout]);
    clearTimeout(timer);
    return this.#events.unanswered;
  }

  /** Stops listening; what is under way may end within `graceMs`, then its connections are closed. */
  async close(graceMs: number): Promise<void> {
    const { server } = this;
    const closed = new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
    server.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    this.#bodies.close();
    await this.#app.close();
  }

  readonly #dispatch = (request: IncomingMessage, response: ServerResponse): void => {
    const url = originForm(request.url ?? "/");
    request.url = url;
    const foreign = this.#parts.consoleMode?.foreign(request);
    if (url === "/events/" || url === "/events" || isEvents(url)) {
      this.#events.handle(request, response, foreign);
      return;
    }
    if (foreign !== undefined) {
      refuseUnread(this.#bodies, request, response, foreign);
      return;
    }
    const allowed = this.#allowedMethods(url);
    if (allowed !== undefined && !allowed.includes(request.method ?? "")) {
      const text = `This path takes ${allowed.join(", ")} only.\n`;
      const headers = ["Allow", allowed.join(", ")];
      refuseUnread(this.#bodies, request, response, { status: 405, text, headers });
      return;
    }
    this.#toFastify(request, response);
  };

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { consoleMode } = this.#parts;
    const path = pathOf(originForm(request.url ?? "/"));
    const ofApi = path === "/api" || path.startsWith("/api/");
    const refusal = consoleMode?.foreign(request) ?? (ofApi ? consoleMode?.unauthorised(request) : undefined);
    if (refusal === undefined) this.upgrades.emit("upgrade", request, socket, head);
    else refuseUpgrade(socket, `${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}`, refusal.text.trimEnd());
  };

  /** The methods of the paths that fastify knows; `undefined` for any other path. */
  #allowedMethods(url: string): readonly string[] | undefined {
    const path = pathOf(url);
    if (path === "/config" || path === "/config/") return READ_METHODS;
    if (isBelow(path, "/ui") || isBelow(path, LEGACY_UI)) return READ_METHODS;
    if (!path.startsWith("/config/") || path.includes("/", "/config/".length)) return undefined;
    return this.#parts.writableConfig ? FILE_METHODS : READ_METHODS;
  }

  #createApp(): FastifyInstance {
    const { log, webFolder } = this.#parts;
    const app = fastify({
      serverFactory: (handler) => {
        this.#toFastify = handler;
        return this.server;
      },
      clientErrorHandler: (error, socket) => this.#connectionFailed(error, socket),
      frameworkErrors: (_, __, reply) => void sendText(reply, 400, "The path is spelled wrongly.\n"),
      routerOptions: { maxParamLength: MAX_NAME_LENGTH },
    });
    // Bodies are read by the routes themselves, bounded and watched.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
      const ui = isBelow(request.url, this.#parts.consoleMode === undefined ? "/ui" : LEGACY_UI);
      const page = ui && !existsSync(join(webFolder, "index.html")) ? NO_WEB_PAGE : NOTHING_HERE;
      return sendText(reply, 404, page);
    });
    app.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const given = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
      const status = given >= 400 && given < 600 ? given : 500;
      if (status >= 500) log.error(`${request.method} ${request.url} failed: ${errorText(error)}`);
      const text = status >= 500 ? failureText("The request failed", error) : `${errorText(error)}\n`;
      return sendText(reply, status, text);
    });
    return app;
  }

  /** What came isn't HTTP, came too late, or broke off: says so where nothing else is being said, and ends it. */
  #connectionFailed(error: Error, socket: Socket): void {
    if (errorCode(error) === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    if (this.#events.connectionFailed(socket)) return;
    this.#parts.onRefused("refused_not_http", errorText(error), socket);
    socket.write(protocolAnswer(errorCode(error)));
    socket.destroySoon();
  }
}

/** Longer than any name that a file system takes, so that it is the route that judges a name. */
const MAX_NAME_LENGTH = 16 * 1024;
const READ_METHODS = ["GET", "HEAD"];
const FILE_METHODS = ["GET", "HEAD", "POST", "DELETE"];
const NOTHING_HERE = "There is nothing at this path.\n";
const NO_WEB_PAGE = "There is no web page here: the data folder has no web/dist/index.html.\n";

/** What a proxy is sent has the scheme and the host in front of the path (RFC 9112 §3.2.2). */
function originForm(url: string): string {
  if (url.startsWith("/")) return url;
  const prefix = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? "";
  if (prefix === "") return url;
  const rest = url.slice(prefix.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Without the query, and spelled as fastify reads it: `/%63onfig` is `/config`. */
function pathOf(url: string): string {
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  if (!path.includes("%")) return path;
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function isEvents(url: string): boolean {
  return url.startsWith("/events?") || url.startsWith("/events/?");
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").send(text);
}

function protocolAnswer(code: string | undefined): string {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return rawAnswer(408, "Request Timeout", "The request's headers took too long.\n");
    case "HPE_HEADER_OVERFLOW":
      return rawAnswer(431, "Request Header Fields Too Large", "The request's headers are too large.\n");
    default:
      return rawAnswer(400, "Bad Request", "This isn't an HTTP request.\n");
  }
}

function listenProblem(error: Error, address: string, port: number): string {
  const where = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return `${where} is in use already: end what listens there, or choose another port with -p`;
    case "EADDRNOTAVAIL":
      return `${address} isn't an address of this machine: choose another with -a`;
    case "EACCES":
      return `listening on ${where} isn't allowed: choose a port above 1023 with -p`;
    default:
      return `listening on ${where} fails: ${error.message}`;
  }
}
