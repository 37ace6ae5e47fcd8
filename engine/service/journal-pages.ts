import { isObject } from "../base/expected.ts";
import type { Bus } from "../bus/bus.ts";
import { DEFAULT_JOURNAL_PAGE_BYTES } from "../contract/rpc.ts";
import { alarmsSubject } from "../contract/subjects.ts";
import { RpcRefusal } from "./console-rpc.ts";
import { fittingJson, packed } from "./fitting.ts";

/** Entries of a journal behind a number, as far as they fit a page. */
export interface JournalPage {
  /** JSON texts in the form of `journalEntrySchema`, by rising number. */
  readonly entries: readonly string[];
  /** The number of the last entry here; what was asked for when there is none. */
  readonly next: number;
  /** The first entry that is still kept; `last` + 1 when there is none. */
  readonly oldest: number;
  /** The entry that was written last; 0 when there never was one. */
  readonly last: number;
  /** Differs between journals: one that was begun anew counts from 1 again. */
  readonly journal?: string | undefined;
}

/** Whoever keeps the journal. */
export interface JournalReader {
  /** The entries with numbers above `seq`, about `maxBytes` of them and at least one if there is any. */
  since(seq: number, maxBytes: number): Promise<JournalPage>;
}

/** What an answer or a message holds besides its entries takes less than this. */
const ENVELOPE_BYTES = 512;

interface SinceRequest {
  seq: number;
  journal?: string | undefined;
  maxBytes?: number | undefined;
}

/** Answers `since`: a page of the journal, and what of it the reader has missed for good. */
export async function answerSince(
  reader: JournalReader | undefined,
  { seq, journal, maxBytes = DEFAULT_JOURNAL_PAGE_BYTES }: SinceRequest,
  busBytes: number,
): Promise<string> {
  if (reader === undefined) {
    throw new RpcRefusal("JOURNAL_OFF", "this backend keeps no journal; start it with --journal");
  }
  const room = busBytes - ENVELOPE_BYTES;
  const wanted = Math.max(1, Math.min(maxBytes, room));
  let page = await reader.since(seq, wanted);
  const isOther = journal !== undefined && page.journal !== undefined && journal !== page.journal;
  const restarted = isOther || seq > page.last;
  const from = restarted ? 0 : seq;
  if (from !== seq) page = await reader.since(from, wanted);

  const texts = page.entries.map((entry) => fittingEntry(entry, room));
  const first = packed(texts, room)[0]?.texts ?? [];
  const next = first.length === texts.length ? page.next : numberOf(first.at(-1), page.next);
  const rest = {
    next,
    oldest: page.oldest,
    last: page.last,
    ...(page.journal !== undefined && { journal: page.journal }),
    ...(from + 1 < page.oldest && { gap: { from: from + 1, to: page.oldest - 1 } }),
    ...(restarted && { restarted }),
  };
  return `{"ok":true,"entries":[${first.join()}],${JSON.stringify(rest).slice(1)}`;
}

/** Publishes entries that were written down, in messages that the bus takes. */
export function publishEntries(
  bus: Pick<Bus, "publish" | "maxPayload">,
  node: string,
  entries: readonly string[],
): void {
  const room = bus.maxPayload - ENVELOPE_BYTES;
  const texts = entries.map((entry) => fittingEntry(entry, room));
  for (const packet of packed(texts, room)) {
    const message = `{"node":${JSON.stringify(node)},"entries":[${packet.texts.join()}]}`;
    bus.publish(alarmsSubject(node), Buffer.from(message));
  }
}

/** The entry, shortened when the bus doesn't take it whole; in its place a note when that is of no help. */
function fittingEntry(text: string, room: number): string {
  if (Buffer.byteLength(text) < room) return text;
  const entry: unknown = JSON.parse(text);
  if (!isObject(entry)) throw new Error("broken invariant: an entry of the journal isn't an object");
  const { seq, at } = entry;
  return fittingJson(entry, room - 1) ?? JSON.stringify({ seq, at, kind: "omitted" });
}

function numberOf(text: string | undefined, otherwise: number): number {
  const entry: unknown = text === undefined ? undefined : JSON.parse(text);
  return isObject(entry) && typeof entry.seq === "number" ? entry.seq : otherwise;
}
