import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import {
  LIVE_DELTAS_PER_SECOND,
  type LiveDelta,
  type LiveParams,
  type LiveSnapshot,
  type LiveTopicName,
} from "../../contract/console/live.ts";
import { ApiFault } from "../api-fault.ts";
import { controlMessage, liveMessages } from "./message.ts";
import type { LiveFault, LiveFeed, LiveSink, LiveTopic } from "./topic.ts";

/** The hub looks after its subscriptions this often, in milliseconds: what is sent comes no faster. */
export const TICK_MS = 1000 / LIVE_DELTAS_PER_SECOND;

/** The client's end of a subscription. */
export interface Line {
  /** Whether the client reads too slowly to be sent more. */
  readonly behind: boolean;
  send(text: string): void;
  /** The subscription ended by itself. */
  ended(): void;
}

export interface SubscriptionParts<T extends LiveTopicName> {
  /** The client's number for it. */
  id: number;
  name: T;
  topic: LiveTopic<T>;
  params: LiveParams<T>;
  line: Line;
  log: Logger;
  /** Milliseconds that never go back. */
  now: () => number;
}

/** One topic for one client: numbers what is sent, and turns what the client missed into a snapshot. */
export class Subscription<T extends LiveTopicName> implements LiveSink<T> {
  readonly #parts: SubscriptionParts<T>;
  #feed: LiveFeed | undefined;
  #closed = false;
  #seq = 0;
  /** Deltas mean nothing before their snapshot. */
  #hasSnapshot = false;
  /** Something was missed: the feed is asked for a snapshot at the next tick. */
  #missed = false;
  #lastDelta = Number.NEGATIVE_INFINITY;

  constructor(parts: SubscriptionParts<T>) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    const { topic, params } = this.#parts;
    try {
      const feed = await topic.open(params, this);
      if (this.#closed) feed.close();
      else this.#feed = feed;
    } catch (error) {
      this.#failed("subscribed to", error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#feed?.close();
  }

  snapshot(data: LiveSnapshot<T>): void {
    if (this.#closed) return;
    if (this.#parts.line.behind) {
      this.#missed = true;
      return;
    }
    this.#hasSnapshot = true;
    this.#missed = false;
    this.#send("snapshot", data);
  }

  delta(data: LiveDelta<T>): void {
    if (this.#closed || !this.#hasSnapshot || this.#missed) return;
    const now = this.#parts.now();
    const unpaced = this.#feed?.flush === undefined && now - this.#lastDelta < TICK_MS;
    if (unpaced || this.#parts.line.behind) {
      this.#missed = true;
      return;
    }
    this.#lastDelta = now;
    this.#send("delta", data);
  }

  fail(fault: LiveFault): void {
    if (this.#closed) return;
    this.close();
    this.#parts.line.send(controlMessage({ type: "error", id: this.#parts.id, ...fault }));
    this.#parts.line.ended();
  }

  /** The client was behind for too long: what was gathered for it is void. */
  miss(): void {
    this.#missed = true;
  }

  /** Called ten times a second, while the client isn't behind. */
  tick(): void {
    if (this.#closed || this.#feed === undefined) return;
    try {
      if (this.#missed) {
        this.#missed = false;
        this.#hasSnapshot = false;
        this.#feed.resnapshot();
      } else if (this.#hasSnapshot) this.#feed.flush?.();
    } catch (error) {
      this.#failed("followed", error);
    }
  }

  #send(type: "snapshot" | "delta", data: LiveSnapshot<T> | LiveDelta<T>): void {
    const { id, line, name } = this.#parts;
    for (const text of liveMessages(name, id, type, data, () => this.#seq++)) line.send(text);
  }

  #failed(what: string, error: unknown): void {
    if (error instanceof ApiFault) {
      const { column, length } = error.place;
      this.fail({
        error: error.message,
        ...(column === undefined ? {} : { column }),
        ...(length === undefined ? {} : { length }),
      });
      return;
    }
    this.#parts.log.error(`the topic ${this.#parts.name} can't be ${what}: ${errorText(error)}`);
    this.fail({ error: "This can't be followed live; the frontend's log says why." });
  }
}
