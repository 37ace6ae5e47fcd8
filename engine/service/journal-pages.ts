import { isObject } from "../base/expected.ts";
import { DEFAULT_JOURNAL_PAGE_BYTES } from "../contract/rpc.ts";
import { RpcRefusal } from "./console-rpc.ts";
import { fittingJson, packed } from "./fitting.ts";

/** Entries of a journal from a number on, as far as they fit a page. */
export interface JournalPage {
  /** JSON texts in the form of `journalEntrySchema`, by rising number. */
  readonly entries: readonly string[];
  /** What to ask for next. */
  readonly next: number;
  /** The first entry that is still kept; `last` + 1 when there is none. */
  readonly oldest: number;
  /** The entry that was written last; 0 when there never was one. */
  readonly last: number;
}

/** Whoever keeps the journal. */
export interface JournalReader {
  /** About `maxBytes` of entries from number `seq` on, at least one if there is any; `undefined` without a journal. */
  since(seq: number, maxBytes: number): Promise<JournalPage | undefined>;
}

/** For whoever asks a backend for its journal that keeps none. */
export const NO_JOURNAL = "this backend keeps no journal; start it with --journal";
/** What an answer or a message holds besides its entries takes less than this. */
const ENVELOPE_BYTES = 512;

interface SinceRequest {
  seq: number;
  maxBytes?: number | undefined;
}

/** Answers `since`: a page of the journal, and what of it the reader has missed for good. */
export async function answerSince(
  reader: JournalReader | undefined,
  { seq, maxBytes = DEFAULT_JOURNAL_PAGE_BYTES }: SinceRequest,
  busBytes: number,
): Promise<string> {
  const wanted = Math.max(1, Math.min(maxBytes, busBytes - ENVELOPE_BYTES));
  let from = Math.max(1, seq);
  let page = await reader?.since(from, wanted);
  const restarted = page !== undefined && from > page.last + 1;
  if (restarted) {
    from = 1;
    page = await reader?.since(from, wanted);
  }
  if (page === undefined) throw new RpcRefusal("JOURNAL_OFF", NO_JOURNAL);
  const { entries, oldest, last } = page;
  // More than one list only where what the bus takes has shrunk meanwhile, or an entry had to be shortened.
  const [texts = [], ...more] = fittingEntries(entries, busBytes);
  const rest = {
    next: more.length === 0 ? page.next : numberAfter(texts),
    oldest,
    last,
    ...(from < oldest && { gap: { from, to: oldest - 1 } }),
    ...(restarted && { restarted }),
  };
  return `{"ok":true,"entries":[${texts.join()}],${JSON.stringify(rest).slice(1)}`;
}

/** Entries by message, in order, so that the bus takes each: those that are too large are shortened. */
export function fittingEntries(entries: readonly string[], busBytes: number): string[][] {
  const room = busBytes - ENVELOPE_BYTES;
  const texts = entries.map((entry) => fittingEntry(entry, room));
  return packed(texts, room);
}

/** The entry, shortened when the bus doesn't take it whole; in its place a note when that is of no help. */
function fittingEntry(text: string, room: number): string {
  if (Buffer.byteLength(text) < room) return text;
  const entry: unknown = JSON.parse(text);
  if (!isObject(entry)) throw new Error("broken invariant: an entry of the journal isn't an object");
  const { seq, at } = entry;
  return fittingJson(entry, room - 1) ?? JSON.stringify({ seq, at, kind: "omitted" });
}

function numberAfter(texts: readonly string[]): number {
  const entry: unknown = JSON.parse(texts.at(-1) ?? "null");
  if (!isObject(entry) || typeof entry.seq !== "number") {
    throw new Error("broken invariant: an entry of the journal has no number");
  }
  return entry.seq + 1;
}
