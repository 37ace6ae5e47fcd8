import type { Backlog } from "../backlog/backlog.ts";
import type { Correlator } from "../backlog/correlator.ts";
import { BacklogListing } from "../backlog/listing.ts";
import { detailOf, summaryCost, summaryOf } from "../backlog/view.ts";
import type { Clock } from "../base/clock.ts";
import {
  backlogRequestSchema,
  backlogsRequestSchema,
  DEFAULT_BACKLOGS_LIMIT,
  endRequestSchema,
  leaseRequestSchema,
  sinceRequestSchema,
} from "../contract/rpc.ts";
import { answerOf, type RpcMethod, RpcRefusal, rpcMethod } from "./console-rpc.ts";
import { fittingJson } from "./fitting.ts";
import type { Journal, JournalFeed } from "./journal-feed.ts";
import { answerSince, NO_JOURNAL } from "./journal-pages.ts";
import type { OutcomeReporter } from "./outcome-reporter.ts";

/** What a page holds besides its list takes less than this. */
const ENVELOPE_BYTES = 512;
/** A summary takes at most about this: two texts of 256 characters, each of up to six bytes, two addresses, numbers. */
const MAX_SUMMARY_BYTES = 4096;
/** A page ends once so many addresses were looked up for it, so that correlation waits for a few milliseconds at most. */
const MAX_PAGE_COST = 10_000;
/** How often listings that nobody goes on with are looked for while there are any, in milliseconds. */
const DROP_IDLE_MS = 10_000;

export interface ConsoleMethodsOptions {
  correlator: Correlator;
  outcomes: OutcomeReporter;
  /** `undefined` while the backend keeps no journal. */
  journal: { reader: Journal; feed: JournalFeed } | undefined;
  clock: Clock;
  /** Differs with each run of the process: see `BacklogListing`. */
  run: string;
}

/** The questions that a backend answers, by name (`engine/contract/rpc.ts`). */
export function consoleMethods(options: ConsoleMethodsOptions): Map<string, RpcMethod> {
  const { correlator, outcomes, journal, clock, run } = options;
  return new Map([
    ["since", rpcMethod(sinceRequestSchema, (request, maxBytes) => answerSince(journal?.reader, request, maxBytes))],
    ["backlogs", listBacklogs(correlator, clock, run)],
    ["backlog", rpcMethod(backlogRequestSchema, (request, maxBytes) => answerBacklog(correlator, request, maxBytes))],
    ["watch", rpcMethod(leaseRequestSchema, ({ seconds }) => answerOf({ until: outcomes.watch(seconds) }))],
    [
      "unwatch",
      rpcMethod(endRequestSchema, () => {
        outcomes.unwatch();
        return answerOf({});
      }),
    ],
    [
      "follow",
      rpcMethod(leaseRequestSchema, ({ seconds }) => {
        if (journal === undefined) throw new RpcRefusal("JOURNAL_OFF", NO_JOURNAL);
        return answerOf({ until: journal.feed.follow(seconds) });
      }),
    ],
    [
      "unfollow",
      rpcMethod(endRequestSchema, () => {
        journal?.feed.unfollow();
        return answerOf({});
      }),
    ],
  ]);
}

function listBacklogs(correlator: Correlator, clock: Clock, run: string): RpcMethod {
  const listing = new BacklogListing(correlator, run);
  let scheduled = false;
  const dropIdleLater = (): void => {
    if (scheduled || listing.openWalks === 0) return;
    scheduled = true;
    const dropIdle = (): void => {
      scheduled = false;
      listing.dropIdle(clock.monotonic());
      dropIdleLater();
    };
    setTimeout(dropIdle, DROP_IDLE_MS).unref();
  };
  return rpcMethod(backlogsRequestSchema, ({ after, limit = DEFAULT_BACKLOGS_LIMIT, directive }, maxBytes) => {
    if (directive !== undefined && !correlator.hasDirective(directive)) throw noSuchDirective(directive);
    const texts: string[] = [];
    let bytes = ENVELOPE_BYTES;
    let cost = 0;
    const take = (backlog: Backlog): boolean => {
      const text = JSON.stringify(summaryOf(backlog));
      texts.push(text);
      bytes += Buffer.byteLength(text) + 1;
      cost += summaryCost(backlog);
      return bytes + MAX_SUMMARY_BYTES <= maxBytes && cost < MAX_PAGE_COST;
    };
    const page = listing.page({ after, limit, directiveId: directive }, clock.monotonic(), take);
    if (page === undefined) {
      throw new RpcRefusal("STALE_CURSOR", "this place is of another run of the backend; list from the beginning");
    }
    dropIdleLater();
    const end = page.next === undefined ? "" : `,"next":${JSON.stringify(page.next)}`;
    return `{"ok":true,"backlogs":[${texts.join()}],"total":${correlator.liveBacklogs}${end}}`;
  });
}

function answerBacklog(
  correlator: Correlator,
  { id, directive }: { id: string; directive?: number | undefined },
  maxBytes: number,
): string {
  if (directive !== undefined && !correlator.hasDirective(directive)) throw noSuchDirective(directive);
  for (const backlog of directive === undefined ? correlator.backlogs() : correlator.backlogsOf(directive)) {
    if (backlog.id !== id) continue;
    const answer = fittingJson({ ok: true, backlog: detailOf(backlog) }, maxBytes);
    if (answer === undefined) throw new RpcRefusal("TOO_LARGE", "this backlog is too large for the bus to carry");
    return answer;
  }
  throw new RpcRefusal("NO_SUCH_BACKLOG", "no such backlog lives here: it is complete, expired, or of another node");
}

function noSuchDirective(directive: number): RpcRefusal {
  return new RpcRefusal("NO_SUCH_DIRECTIVE", `this node has no directive ${directive}`);
}
