import { ManualClock } from "../base/clock.ts";
import {
  bytes,
  type Cleanup,
  type HttpDoor,
  httpDoor,
  published,
  recordingLogger,
  text,
  until,
} from "./bus.fixture.ts";
import type { Bus, EventListener, StreamPosition } from "./bus.ts";
import { connectLink, type LinkClientOptions } from "./link-client.ts";
import { LinkServer, type LinkServerOptions } from "./link-server.ts";

export const TOKEN = "the-sh4red-t0ken";

interface Frontend {
  bus: LinkServer;
  door: HttpDoor;
  log: ReturnType<typeof recordingLogger>;
  clock: ManualClock;
  stop(): Promise<void>;
}

/** A frontend with its own HTTP server and a clock that only the test moves. */
export async function frontend(
  cleanup: Cleanup,
  options: Partial<LinkServerOptions> = {},
  port = 0,
): Promise<Frontend> {
  const door = await httpDoor(port);
  const log = recordingLogger();
  const clock = new ManualClock();
  const bus = new LinkServer({ token: TOKEN, maxBuffered: 1000, logger: log.logger, clock, ...options });
  bus.attach(door.server);
  const stop = async () => {
    await bus.close();
    await door.close();
  };
  return cleanup.add({ bus, door, log, clock, stop }, (opened) => opened.stop());
}

interface Backend {
  bus: Bus;
  log: ReturnType<typeof recordingLogger>;
  got: string[];
  positions: number[];
  stop(): Promise<void>;
}

/** A backend that acknowledges what it gets, unless told otherwise. */
export function backend(
  cleanup: Cleanup,
  url: string,
  options: Partial<LinkClientOptions> & { acks?: boolean } = {},
): Backend {
  const log = recordingLogger();
  const { acks = true, ...rest } = options;
  const bus = connectLink({ url, token: TOKEN, node: "be0", maxQueue: 1000, logger: log.logger, ...rest });
  const got: string[] = [];
  const positions: number[] = [];
  bus.subscribeEvents((payload, position) => {
    got.push(text(payload));
    positions.push(position);
    if (acks) bus.ack(position);
  });
  return cleanup.add({ bus, log, got, positions, stop: () => bus.close() }, (opened) => opened.stop());
}

/** A backend that only `listener` listens to, as a process that can be killed: no farewell, no late acknowledgement. */
export function recordingBackend(url: string, resume: StreamPosition | undefined, listener: EventListener) {
  const { logger } = recordingLogger();
  const bus = connectLink({ url, token: TOKEN, node: "be0", maxQueue: 1000, resume, logger });
  let alive = true;
  bus.subscribeEvents((payload, position) => {
    if (alive) listener(payload, position);
  });
  const kill = () => {
    alive = false;
    return bus.close();
  };
  return { bus, kill };
}

export const joined = (backend: { bus: Bus }) =>
  until(() => backend.bus.status().state === "connected", "the backend to join");

export async function send(bus: Bus, events: readonly string[]): Promise<void> {
  for (const event of events) await published(bus, [bytes(event)]);
}

let markers = 0;

/**
 * Resolves once a small message that `from` sends from now on reached `to`: events go before messages, so whatever
 * may be sent by now has arrived, and what hasn't arrived is held back.
 */
export async function caughtUp(from: Bus, to: Bus): Promise<void> {
  markers += 1;
  const subject = `test.marker.${markers}`;
  let arrived = false;
  const subscription = to.subscribe(subject, () => {
    arrived = true;
  });
  await until(() => {
    from.publish(subject, bytes(""));
    return arrived;
  }, "the marker");
  subscription.close();
}

/** `["3", "4"]` for 3 and 5. */
export const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));
