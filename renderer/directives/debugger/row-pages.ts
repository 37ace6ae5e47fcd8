import type { ReplayRow, ReplaySide } from "../../../engine/contract/console/replay.ts";

/** Rows that are asked for at once. */
export const PAGE_ROWS = 100;
/** Pages that are kept; the ones that weren't looked at for longest go first. */
const MAX_PAGES = 60;

interface Page {
  rows: readonly ReplayRow[];
  /** The farthest step that was run when they were asked for. */
  ran: number;
}

/** What is asked for next: a page of a side. */
export interface PageWanted {
  key: string;
  side: ReplaySide;
  page: number;
}

/** The rows of a recording that were fetched, by side and page; what was run since makes a page old. */
export class RowPages {
  readonly #pages = new Map<string, Page>();

  /** Steps count from 1. */
  row(side: ReplaySide, step: number): ReplayRow | undefined {
    const page = this.#pages.get(keyOf(side, pageOf(step)));
    return page?.rows[(step - 1) % PAGE_ROWS];
  }

  /** Pages of these steps that aren't there, or say less than could be said by now. */
  wanted(sides: readonly ReplaySide[], from: number, to: number, ran: number, total: number): PageWanted[] {
    const wanted: PageWanted[] = [];
    if (total === 0) return wanted;
    for (let page = pageOf(Math.max(1, from)); page <= pageOf(Math.min(to, total)); page++) {
      for (const side of sides) {
        const key = keyOf(side, page);
        const known = this.#pages.get(key);
        const first = page * PAGE_ROWS + 1;
        const rows = Math.min(PAGE_ROWS, total - page * PAGE_ROWS);
        // What was run since is news only for rows that weren't run yet.
        const older = known !== undefined && known.ran < Math.min(ran, first + rows - 1) && ran >= first;
        if (known === undefined || older || known.rows.length < rows) wanted.push({ key, side, page });
      }
    }
    return wanted;
  }

  put({ key }: PageWanted, rows: readonly ReplayRow[], ran: number): void {
    this.#pages.delete(key);
    this.#pages.set(key, { rows, ran });
    if (this.#pages.size <= MAX_PAGES) return;
    for (const oldest of this.#pages.keys()) {
      this.#pages.delete(oldest);
      return;
    }
  }

  clear(): void {
    this.#pages.clear();
  }
}

const pageOf = (step: number): number => Math.floor((step - 1) / PAGE_ROWS);
const keyOf = (side: ReplaySide, page: number): string => `${side} ${page}`;
