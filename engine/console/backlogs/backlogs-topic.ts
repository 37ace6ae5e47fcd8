import type { Clock } from "../../base/clock.ts";
import type { BacklogRow } from "../../contract/console/backlogs.ts";
import type { Backends } from "../backends.ts";
import type { LiveFeed, LiveSink, LiveTopic } from "../live/topic.ts";
import { FleetBacklogs } from "./fleet-backlogs.ts";
import type { GoneWhy } from "./node-backlogs.ts";

/** The live topic `backlogs`: subscribers of the same directive share one listing of the backends. */
export function backlogsTopic(backends: Backends, clock: Clock): LiveTopic<"backlogs"> {
  const shared = new Map<number | undefined, FleetBacklogs>();
  return {
    open: ({ directive }, sink) => {
      const fleet = shared.get(directive) ?? new FleetBacklogs(backends, clock, directive);
      shared.set(directive, fleet);
      return new BacklogsFeed(fleet, sink, clock, () => {
        if (fleet.idle) shared.delete(directive);
      });
    },
  };
}

/** What one subscriber hasn't been told yet, joined by id. */
class BacklogsFeed implements LiveFeed {
  readonly #fleet: FleetBacklogs;
  readonly #sink: LiveSink<"backlogs">;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  readonly #stop: () => void;
  readonly #rows = new Map<string, BacklogRow>();
  readonly #gone = new Map<string, GoneWhy>();
  #changed = false;
  #begun = false;

  constructor(fleet: FleetBacklogs, sink: LiveSink<"backlogs">, clock: Clock, onClose: () => void) {
    this.#fleet = fleet;
    this.#sink = sink;
    this.#clock = clock;
    this.#onClose = onClose;
    this.#stop = fleet.listen((changes) => {
      this.#changed = true;
      for (const row of changes?.rows ?? []) {
        this.#rows.set(row.id, row);
        this.#gone.delete(row.id);
      }
      for (const { id, why } of changes?.gone ?? []) {
        this.#rows.delete(id);
        this.#gone.set(id, why);
      }
      if (!this.#begun) this.#begin();
    });
    this.#begin();
  }

  close(): void {
    this.#stop();
    this.#onClose();
  }

  resnapshot(): void {
    this.#clear();
    this.#sink.snapshot({ ...this.#fleet.state(), at: this.#clock.now() });
  }

  flush(): void {
    if (!this.#begun || !this.#changed) return;
    const { total, silent } = this.#fleet.state();
    const rows = [...this.#rows.values()];
    const gone = Array.from(this.#gone, ([id, why]) => ({ id, why }));
    this.#clear();
    this.#sink.delta({ rows, gone, total, silent, at: this.#clock.now() });
  }

  /** The snapshot waits until every backend has answered or is known to be silent. */
  #begin(): void {
    if (!this.#fleet.ready) return;
    this.#begun = true;
    this.resnapshot();
  }

  #clear(): void {
    this.#rows.clear();
    this.#gone.clear();
    this.#changed = false;
  }
}
