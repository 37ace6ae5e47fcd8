import type { Backlog } from "../backlog/backlog.ts";
import type { Correlator } from "../backlog/correlator.ts";
import { BacklogListing } from "../backlog/listing.ts";
import { detailOf, summaryCost, summaryOf } from "../backlog/view.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import {
  backlogRequestSchema,
  backlogsRequestSchema,
  closeRequestSchema,
  DEFAULT_BACKLOGS_LIMIT,
} from "../contract/rpc.ts";
import { answerOf, type RpcMethod, RpcRefusal, rpcMethod } from "./console-rpc.ts";
import { fittingJson } from "./fitting.ts";

/** What a page holds besides its list takes less than this. */
const ENVELOPE_BYTES = 512;
/** A summary takes at most about this: two texts of 256 characters, each of up to six bytes, two addresses, numbers. */
const MAX_SUMMARY_BYTES = 4096;
/** A page ends once so many addresses were looked up for it, so that correlation waits for a few milliseconds at most. */
const MAX_PAGE_COST = 10_000;
/** How often what was kept for a console is looked through while there is anything, in milliseconds. */
const DROP_IDLE_MS = 10_000;

/** `backlogs`, `backlog` and `close`: what lives, as a list and one by one, and its end by hand. */
export function backlogMethods(
  correlator: Correlator,
  clock: Clock,
  run: string,
  log: Logger,
): { backlogs: RpcMethod; backlog: RpcMethod; close: RpcMethod } {
  const listing = new BacklogListing(correlator, run);
  const dropLater = dropIdleLater(listing, clock);
  const find = (id: string, directive: number | undefined): Backlog => {
    checkDirective(correlator, directive);
    const backlog = listing.find(id, directive, clock.monotonic());
    dropLater();
    if (backlog !== undefined) return backlog;
    throw new RpcRefusal("NO_SUCH_BACKLOG", "no such backlog lives here: it has ended, or is another node's");
  };
  return {
    backlogs: rpcMethod(backlogsRequestSchema, ({ after, limit = DEFAULT_BACKLOGS_LIMIT, directive }, maxBytes) => {
      checkDirective(correlator, directive);
      const page = new SummaryPage(maxBytes);
      const end = listing.page({ after, limit, directiveId: directive }, clock.monotonic(), page.take);
      dropLater();
      if (end === undefined) {
        throw new RpcRefusal("STALE_CURSOR", "this place is of another run of the backend; list from the beginning");
      }
      const next = end.next === undefined ? "" : `,"next":${JSON.stringify(end.next)}`;
      return `{"ok":true,"backlogs":[${page.texts.join()}],"total":${correlator.liveBacklogs}${next}}`;
    }),
    backlog: rpcMethod(backlogRequestSchema, ({ id, directive }, maxBytes) => {
      const answer = fittingJson({ ok: true, backlog: detailOf(find(id, directive)) }, maxBytes);
      if (answer === undefined) throw new RpcRefusal("TOO_LARGE", "this backlog is too large for the bus to carry");
      return answer;
    }),
    close: rpcMethod(closeRequestSchema, ({ id, directive, by }) => {
      const backlog = find(id, directive);
      const fields = { "directive.id": backlog.header.directiveId, "backlog.id": id, by };
      log.info("a backlog is closed by hand", fields);
      correlator.close(backlog, clock.now());
      return answerOf({});
    }),
  };
}

/** Refuses a directive that isn't loaded here. */
export function checkDirective(correlator: Pick<Correlator, "hasDirective">, directive: number | undefined): void {
  if (directive === undefined || correlator.hasDirective(directive)) return;
  throw new RpcRefusal("NO_SUCH_DIRECTIVE", `this node has no directive ${directive}`);
}

/** Takes summaries until the next might be too much for a message, or for one turn of the event loop. */
export class SummaryPage {
  readonly texts: string[] = [];
  readonly #maxBytes: number;
  #bytes = ENVELOPE_BYTES;
  #cost = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Something else that the message holds. */
  reserve(text: string): void {
    this.#bytes += Buffer.byteLength(text);
  }

  readonly take = (backlog: Backlog): boolean => {
    const text = JSON.stringify(summaryOf(backlog));
    this.texts.push(text);
    this.#bytes += Buffer.byteLength(text) + 1;
    this.#cost += summaryCost(backlog);
    return this.#bytes + MAX_SUMMARY_BYTES <= this.#maxBytes && this.#cost < MAX_PAGE_COST;
  };
}

/** Has the listing let go of what nobody asks about any more. A timer runs only while it keeps anything. */
function dropIdleLater(listing: BacklogListing, clock: Clock): () => void {
  let scheduled = false;
  const later = (): void => {
    if (scheduled || !listing.keepsAnything) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      listing.dropIdle(clock.monotonic());
      later();
    }, DROP_IDLE_MS).unref();
  };
  return later;
}
