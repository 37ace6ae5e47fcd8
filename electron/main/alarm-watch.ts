import type { AlarmRow } from "../../engine/contract/console/alarms.ts";

/** What a notification is about. */
export interface AlarmNews {
  kind: "new" | "escalated";
  id: string;
  title: string;
  risk: number;
  directiveId: number | undefined;
}

/** Alarms that are remembered; beyond them the one that was heard of longest ago is forgotten. */
const MOST_ALARMS = 20_000;

/**
 * Tells which of the alarms above the threshold are news: those that weren't known, and those whose risk is higher than it
 * was. What was there before the desktop looked for the first time is none.
 */
export class AlarmWatch {
  /** The highest risk of each that was told or there at first. */
  readonly #risks = new Map<string, number>();
  readonly #now: () => number;
  /** Milliseconds since the epoch: alarms that were created before are no new ones. */
  #since: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The alarms as they are, at first and after each interruption. */
  snapshot(rows: readonly AlarmRow[]): AlarmNews[] {
    if (this.#since !== undefined) return this.changed(rows);
    this.#since = this.#now();
    for (const row of rows) this.#remember(row);
    return [];
  }

  changed(rows: readonly AlarmRow[]): AlarmNews[] {
    return rows.flatMap((row) => {
      const before = this.#risks.get(row.id);
      this.#remember(row);
      if (before !== undefined && row.risk <= before) return [];
      const isNew = before === undefined && row.created >= (this.#since ?? 0);
      const { id, title, risk, directiveId } = row;
      return [{ kind: isNew ? "new" : "escalated", id, title, risk, directiveId }];
    });
  }

  #remember({ id, risk }: AlarmRow): void {
    const highest = Math.max(risk, this.#risks.get(id) ?? 0);
    this.#risks.delete(id);
    this.#risks.set(id, highest);
    const [oldest] = this.#risks.keys();
    if (oldest !== undefined && this.#risks.size > MOST_ALARMS) this.#risks.delete(oldest);
  }
}
