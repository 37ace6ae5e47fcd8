import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { refuseUpgrade } from "../../base/refuse-upgrade.ts";
import { LIVE_PATH, LIVE_PROTOCOL } from "../../contract/console/live.ts";
import { Connection } from "./connection.ts";
import { TICK_MS } from "./subscription.ts";
import type { LiveTopics } from "./topic.ts";

/** Windows that are open at once; a console has a few. */
const MAX_CONNECTIONS = 64;
/** A query may have 20,000 characters, each of up to 6 as JSON. */
const MAX_CLIENT_MESSAGE_BYTES = 128 * 1024;
const CLOSE_GOING_AWAY = 1001;

/** Emits `upgrade` as an HTTP server does. */
type UpgradeSource = Pick<EventEmitter, "on" | "listenerCount">;

/**
 * The WebSocket at /api/live (console.md §3). Whoever gets here has been let in by the gate; the hub keeps the pace,
 * counts, and looks after slow clients, and knows nothing of what the topics mean.
 */
export class LiveHub {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #topics: () => LiveTopics;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(LIVE_PROTOCOL) ? LIVE_PROTOCOL : false),
  });
  readonly #connections = new Set<Connection>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(topics: () => LiveTopics, log: Logger, clock: Clock) {
    this.#topics = topics;
    this.#log = log;
    this.#clock = clock;
  }

  /** Takes the upgrades that are the hub's; the others are those of the source that it returns. */
  attach(source: UpgradeSource): UpgradeSource {
    const others = new EventEmitter();
    source.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const [path] = (request.url ?? "").split("?");
      if (path === LIVE_PATH) this.#upgrade(request, socket, head);
      else if (!others.emit("upgrade", request, socket, head)) {
        refuseUpgrade(socket, "404 Not Found", "nothing is upgraded here");
      }
    });
    return others;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const connection of this.#connections) connection.close(CLOSE_GOING_AWAY, "the frontend stops");
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const offered = request.headers["sec-websocket-protocol"];
    if (this.#closed || this.#connections.size >= MAX_CONNECTIONS) {
      refuseUpgrade(socket, "503 Service Unavailable", `${MAX_CONNECTIONS} windows follow this console already`);
    } else if (offered !== undefined && !offered.split(",").some((protocol) => protocol.trim() === LIVE_PROTOCOL)) {
      // A browser drops a connection for which none of its sub-protocols was chosen, and the token is none to choose.
      refuseUpgrade(socket, "400 Bad Request", `the sub-protocol ${LIVE_PROTOCOL} must be offered, too`);
    } else {
      this.#server.handleUpgrade(request, socket, head, (ws) => {
        const connection: Connection = new Connection({
          socket: ws,
          topics: this.#topics(),
          log: this.#log,
          now: () => this.#clock.monotonic(),
          closed: () => this.#left(connection),
        });
        this.#connections.add(connection);
        // Nothing ticks while nobody is there.
        this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
      });
    }
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
  }

  #left(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
