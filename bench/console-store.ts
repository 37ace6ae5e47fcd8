import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALARM_FACETS } from "../engine/contract/console/alarms.ts";
import type { JournalEntry } from "../engine/contract/journal.ts";
import { ConsoleStore } from "../engine/store/console/console-store.ts";
import { asMs, type Bench, type BenchContext, type Row, rowAtMost, rowForInformation } from "./lib/bench.ts";
import { consoleAlarm, consoleEvent } from "./lib/console-alarms.ts";
import { BenchError } from "./lib/failure.ts";

const ALARMS = 1_000_000;
/** One alarm in so many brings an event with it. */
const EVENT_EVERY = 4;
const PAGE = 1000;
const DAY_MS = 86_400_000;
const CHUNK = 5000;
const BULK = 100_000;

interface Asked {
  readonly what: string;
  readonly q: string | undefined;
  readonly sort?: string;
  /** Only of so long ago. */
  readonly lastMs?: number;
  readonly mostMs: number;
}

/** First pages of what people look for: some that few alarms fit, some that most do, some that none does. */
const PAGES: readonly Asked[] = [
  { what: "not closed, last 24 h", q: undefined, lastMs: DAY_MS, mostMs: 150 },
  { what: "not closed", q: undefined, mostMs: 150 },
  { what: "risk>=9, a tag, not closed", q: 'risk>=9 tag:"False Positive" -status:Closed', mostMs: 150 },
  { what: "a source network of a few", q: "src:10.5.7.0/24", mostMs: 150 },
  { what: "a source network of all", q: "src:10.0.0.0/8", mostMs: 150 },
  { what: "none of a network of all", q: "-src:10.0.0.0/8", mostMs: 150 },
  { what: "a port of many", q: "port:22 is:open", mostMs: 150 },
  { what: "by risk", q: "", sort: "-risk", mostMs: 150 },
  { what: "by title", q: "", sort: "title", mostMs: 150 },
  { what: "a list of 300 ids", q: ids(300), mostMs: 150 },
  { what: "text that a sixth has", q: "brute force", mostMs: 400 },
  { what: "text that a few have", q: "user4321", mostMs: 400 },
  { what: "text that one has", q: "_0000zik", mostMs: 400 },
  { what: "two words that never come together", q: "brute exfil", mostMs: 400 },
  { what: "part of a title, not closed", q: "title~exfil is:open risk:10", mostMs: 400 },
];
const COUNTS: readonly Asked[] = [
  { what: "everything", q: "", mostMs: 1500 },
  { what: "not closed", q: undefined, mostMs: 1500 },
  { what: "a source network of all", q: "src:10.0.0.0/8", mostMs: 1500 },
  { what: "text that a sixth has", q: "brute force", mostMs: 1500 },
];

/** The console's database with a million alarms (console.md §6). */
export const consoleStore: Bench = {
  name: "console-store",
  async run(context) {
    const folder = mkdtempSync(join(tmpdir(), "dsiem-bench-console-"));
    const path = join(folder, "console.db");
    const onDefect = (error: Error): void => {
      throw error;
    };
    const store = await ConsoleStore.open({ path, closed: "Closed", onDefect });
    try {
      return [...(await filled(context, store, path)), ...(await asked(context, store)), ...(await changed(store))];
    } finally {
      await store.close();
      if (!context.options.keep) rmSync(folder, { recursive: true, force: true });
    }
  },
};

const NOW_MS = Date.UTC(2026, 10, 28, 12);

async function filled({ options, say }: BenchContext, store: ConsoleStore, path: string): Promise<Row[]> {
  const count = options.quick ? ALARMS / 10 : ALARMS;
  const begin = performance.now();
  let seq = 1;
  for (let alarm = 1; alarm <= count; ) {
    const entries: JournalEntry[] = [];
    for (let i = 0; i < PAGE && alarm <= count; i++, alarm++) {
      const entry = { ...consoleAlarm(alarm, count, NOW_MS / 1000), seq: seq++ };
      entries.push(entry);
      if (alarm % EVENT_EVERY === 0 && entry.kind === "alarm") entries.push(consoleEvent(seq++, entry));
    }
    const answer = { ok: true, entries, next: seq, oldest: 1, last: seq - 1 };
    const { taken } = await store.write("page", { node: "be0", answer });
    if (taken !== entries.length) throw new BenchError(`${entries.length - taken} entries weren't taken in`);
    if (alarm % 100_000 < PAGE) say(`  ${alarm} alarms, ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }
  const micros = ((performance.now() - begin) * 1000) / seq;
  const bytes = statSync(path).size / count;
  return [
    rowForInformation({
      ...{ bench: "console-store", measure: "a journal's entry taken in", values: [micros] },
      format: (value) => `${value.toFixed(0)} µs`,
      detail: `${count} alarms, ${seq - 1 - count} events; ${bytes.toFixed(0)} bytes of file for each alarm`,
    }),
  ];
}

async function asked({ options }: BenchContext, store: ConsoleStore): Promise<Row[]> {
  const rows: Row[] = [];
  const row = async (measure: string, mostMs: number, work: () => Promise<number>): Promise<void> => {
    const values: number[] = [];
    let found = 0;
    for (let run = 0; run <= options.runs; run++) {
      const begin = performance.now();
      found = await work();
      // The first look at a file that was just written is another measure.
      if (run > 0) values.push(performance.now() - begin);
    }
    rows.push(rowAtMost({ bench: "console-store", measure, values, format: asMs, detail: `${found} found` }, mostMs));
  };
  for (const { what, q, sort = "-updated", lastMs, mostMs } of PAGES) {
    const range = lastMs === undefined ? {} : { from: NOW_MS - lastMs };
    await row(`first page: ${what}`, mostMs, async () => {
      const page = await store.read("page", { q, ...range, nowMs: NOW_MS, sort, limit: 100 });
      return page.rows.length;
    });
  }
  for (const { what, q, mostMs } of COUNTS) {
    await row(`total, facets, histogram: ${what}`, mostMs, async () => {
      const counts = await store.read("counts", { q, nowMs: NOW_MS, facets: ALARM_FACETS, buckets: 60 });
      return counts?.total ?? 0;
    });
  }
  await row("first page while everything is counted", 150, async () => {
    const gone = new AbortController();
    const counting = store.read("counts", { q: "", nowMs: NOW_MS, facets: ALARM_FACETS, buckets: 60 }, gone.signal);
    const page = await store.read("page", { q: undefined, nowMs: NOW_MS, sort: "-updated", limit: 100 });
    gone.abort();
    await counting.catch(() => {});
    return page.rows.length;
  });
  return rows;
}

/** Closes a hundred thousand alarms in pieces, as the API does, looks at a page meanwhile, and takes it back. */
async function changed(store: ConsoleStore): Promise<Row[]> {
  const bench = "console-store";
  let begin = performance.now();
  const all = await store.read("matching", { q: "is:open", nowMs: NOW_MS, sort: "-updated" });
  const ns = all.slice(0, BULK);
  const pages: number[] = [];
  let watching = true;
  const watcher = (async (): Promise<void> => {
    while (watching) {
      const start = performance.now();
      await store.read("page", { q: undefined, nowMs: NOW_MS, sort: "-updated", limit: 100 });
      pages.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  let count = 0;
  for (let from = 0; from < ns.length; from += CHUNK) {
    const chunk = ns.slice(from, from + CHUNK);
    count += await store.write("change", {
      ns: chunk,
      change: { status: "Closed" },
      by: "bench",
      at: NOW_MS,
      token: "t",
    });
  }
  const bulk = performance.now() - begin;
  watching = false;
  await watcher;
  begin = performance.now();
  const { restored } = await store.write("undo", { token: "t", by: "bench", at: NOW_MS });
  const undone = performance.now() - begin;
  const format = asMs;
  return [
    rowAtMost({ bench, measure: `closing ${BULK} alarms`, values: [bulk], format, detail: `${count} changed` }, 5000),
    rowAtMost({ bench, measure: "… a first page meanwhile", values: pages, format }, 150),
    rowAtMost({ bench, measure: "… taking it back", values: [undone], format, detail: `${restored} restored` }, 5000),
  ];
}

function ids(count: number): string {
  return Array.from({ length: count }, (_, i) => (i * 3001 + 17).toString(36).padStart(9, "_")).join(",");
}
