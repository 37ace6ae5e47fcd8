import { SystemClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { MemoryBus } from "../../bus/memory.ts";
import type { JournalEntry } from "../../contract/journal.ts";
import type { BackendStats } from "../../contract/stats.ts";
import { alarmsSubject, rpcSubject, statsSubject } from "../../contract/subjects.ts";
import { journalOf } from "../console.fixture.ts";
import { answerSince } from "../journal-pages.ts";

/** A backend as far as a console sees it: its word every now and then, and a journal. */
export class JournalBackend {
  #bus = new MemoryBus(silentLogger(new SystemClock()));
  readonly entries: JournalEntry[] = [];
  /** Follow requests that came. */
  follows = 0;

  /** A bus ends with the frontend that opened it. */
  newBus(): MemoryBus {
    this.#bus = new MemoryBus(silentLogger(new SystemClock()));
    this.#bus.respond(rpcSubject("be1"), async (payload) => {
      const request = JSON.parse(Buffer.from(payload).toString()) as { method: string; seq: number };
      if (request.method === "follow") {
        this.follows += 1;
        return Buffer.from(JSON.stringify({ ok: true, until: Date.now() + 30_000 }));
      }
      const journal = journalOf(this.entries.map((entry) => JSON.stringify(entry)));
      return Buffer.from(await answerSince(journal, request, 1_000_000));
    });
    return this.#bus;
  }

  sayHello(): void {
    const flow = { received: 0, correlated: 0, skipped: 0, dropped: 0, waiting: 0 };
    const counts = { queue_length: 0, directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0 };
    const watchdog = { ...counts, eps: 0, avg_proc_time_ms: 0, backlogs: 0, backlogs_timedout: 0 };
    const bus = { kind: "memory", state: "connected", detail: "d", buffered: 0 } as const;
    const stats: BackendStats = {
      ...{ role: "backend", node: "be1", boot: "b", at: 0, startedAt: 0, eps: 0, bus, ledger: {}, flow, watchdog },
    };
    this.#bus.publish(statsSubject("be1"), Buffer.from(JSON.stringify(stats)));
  }

  /** Adds to the journal and tells of it. */
  write(...entries: JournalEntry[]): void {
    this.entries.push(...entries);
    this.#bus.publish(alarmsSubject("be1"), Buffer.from(JSON.stringify({ node: "be1", entries })));
  }
}
