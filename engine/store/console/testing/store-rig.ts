import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlarmRecord } from "../../../contract/alarm.ts";
import { ConsoleStore, type ConsoleStoreOptions } from "../console-store.ts";
import { alarmEntry, NOON, sinceAnswer } from "./records.ts";

/** A database in a folder of its own. */
export class StoreRig {
  readonly folder = mkdtempSync(join(tmpdir(), "dsiem-console-store-"));
  readonly path = join(this.folder, "console.db");
  readonly #open = new Set<ConsoleStore>();

  async store(options: Partial<ConsoleStoreOptions> = {}): Promise<ConsoleStore> {
    const store = await ConsoleStore.open({
      ...{ path: this.path, closed: "Closed" },
      onDefect: (error) => {
        throw error;
      },
      ...options,
    });
    this.#open.add(store);
    return store;
  }

  /** With these alarms, of node n1. */
  async with(...records: readonly AlarmRecord[]): Promise<ConsoleStore> {
    const store = await this.store();
    const answer = sinceAnswer(records.map((record, index) => alarmEntry(index + 1, record)));
    await store.write("page", { node: "n1", answer });
    return store;
  }

  async close(store: ConsoleStore): Promise<void> {
    this.#open.delete(store);
    await store.close();
  }

  async end(): Promise<void> {
    await Promise.all([...this.#open].map((store) => this.close(store)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An hour after noon. */
export const NOW_MS = (NOON + 3600) * 1000;

/** The ids that a query finds, in order of the ids. */
export async function found(store: ConsoleStore, q: string | undefined): Promise<string[]> {
  const { rows } = await store.read("page", { q, sort: "id", limit: 500, nowMs: NOW_MS });
  return rows.map(({ id }) => id);
}
