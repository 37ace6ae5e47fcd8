import type { Bus, EventSubscription } from "../bus/bus.ts";
import type { EventSource } from "../console/events/event-tail.ts";
import type { PublishEvents } from "../ingest/events-route.ts";

type Listener = (payloads: readonly Uint8Array[]) => void;

/**
 * Where the console gets events from: what this frontend takes in is tapped on its way to the bus, once the bus has taken
 * it; over NATS what other frontends publish is subscribed to besides (this one's connection has no echo, so that no
 * event comes twice and its own cost nothing). While nobody listens an event passes by here and that is all.
 */
export class EventTap implements EventSource {
  readonly #bus: () => Bus;
  readonly #listeners = new Set<Listener>();
  #others: EventSubscription | undefined;

  constructor(bus: () => Bus) {
    this.#bus = bus;
  }

  readonly publish: PublishEvents = (events, done) => {
    const bus = this.#bus();
    if (this.#listeners.size === 0) {
      bus.publishEvents(events, done);
      return;
    }
    bus.publishEvents(events, (error) => {
      if (error === undefined) this.#tell(events);
      done(error);
    });
  };

  open(listener: Listener): () => void {
    this.#listeners.add(listener);
    const bus = this.#bus();
    // Over `link` there is no other frontend.
    if (bus.kind === "nats") this.#others ??= bus.subscribeEvents((payload) => this.#tell([payload]));
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#others?.close();
      this.#others = undefined;
    };
  }

  #tell(payloads: readonly Uint8Array[]): void {
    for (const listener of this.#listeners) listener(payloads);
  }
}
