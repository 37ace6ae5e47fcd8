import type { Clock } from "../base/clock.ts";
import type { Bus } from "../bus/bus.ts";
import { alarmsSubject } from "../contract/subjects.ts";
import { fittingEntries, type JournalReader } from "./journal-pages.ts";
import { Lease } from "./lease.ts";

/** A journal that tells of what is added to it. */
export interface Journal extends JournalReader {
  /** Gets entries, as JSON texts, once they are durable. */
  onJournal: ((entries: readonly string[]) => void) | undefined;
}

/**
 * Publishes what is added to the journal while somebody follows it (operation.md §7). Otherwise the journal isn't
 * listened to; of what is published late, lost or dropped on the way, a reader finds the numbers missing.
 */
export class JournalFeed {
  readonly #journal: Journal;
  readonly #bus: Pick<Bus, "publish" | "maxPayload">;
  readonly #node: string;
  readonly #lease: Lease;

  constructor(journal: Journal, bus: Pick<Bus, "publish" | "maxPayload">, node: string, clock: Clock) {
    this.#journal = journal;
    this.#bus = bus;
    this.#node = node;
    this.#lease = new Lease(clock);
  }

  /** Returns when it ends unless it is renewed, milliseconds since the epoch. */
  follow(seconds: number): number {
    this.#journal.onJournal = this.#publish;
    return this.#lease.extend(seconds);
  }

  unfollow(): void {
    this.#lease.end();
    this.#journal.onJournal = undefined;
  }

  readonly #publish = (entries: readonly string[]): void => {
    if (this.#lease.over) {
      this.unfollow();
      return;
    }
    for (const texts of fittingEntries(entries, this.#bus.maxPayload)) {
      const message = `{"node":${JSON.stringify(this.#node)},"entries":[${texts.join()}]}`;
      this.#bus.publish(alarmsSubject(this.#node), Buffer.from(message));
    }
  };
}
