import type { Correlator } from "../backlog/correlator.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { endRequestSchema, leaseRequestSchema, providersRequestSchema, sinceRequestSchema } from "../contract/rpc.ts";
import type { Lookups } from "../enrich/lookups.ts";
import { backlogMethods } from "./backlog-methods.ts";
import { answerOf, type RpcMethod, RpcRefusal, rpcMethod } from "./console-rpc.ts";
import { directivesMethod } from "./directives-method.ts";
import { explainMethod } from "./explain-method.ts";
import type { Journal, JournalFeed } from "./journal-feed.ts";
import { answerSince, NO_JOURNAL } from "./journal-pages.ts";
import { liveMethod } from "./live-method.ts";
import type { OutcomeReporter } from "./outcome-reporter.ts";
import { type Reloader, reloadMethod } from "./reloader.ts";
import type { LoadedFile } from "./running-config.ts";

export interface ConsoleMethodsOptions {
  correlator: Correlator;
  outcomes: OutcomeReporter;
  /** `undefined` while the backend keeps no journal. */
  journal: { reader: Journal; feed: JournalFeed } | undefined;
  /** The configuration files that the backend runs with. */
  config: () => readonly LoadedFile[];
  reloader: Pick<Reloader, "reload">;
  lookups: Pick<Lookups, "stats">;
  clock: Clock;
  log: Logger;
  /** Differs with each run of the process: see `BacklogListing`. */
  run: string;
}

/** The questions that a backend answers, by name (`engine/contract/rpc.ts`). */
export function consoleMethods(options: ConsoleMethodsOptions): ReadonlyMap<string, RpcMethod> {
  const { correlator, outcomes, journal, config, reloader, lookups, clock, log, run } = options;
  return new Map(
    Object.entries({
      since: rpcMethod(sinceRequestSchema, (request, maxBytes) => answerSince(journal?.reader, request, maxBytes)),
      ...backlogMethods(correlator, clock, run, log),
      live: liveMethod(correlator, clock, run),
      explain: explainMethod(correlator),
      directives: directivesMethod(correlator, run, config, clock.now()),
      reload: reloadMethod(reloader),
      providers: rpcMethod(providersRequestSchema, () => answerOf({ providers: lookups.stats() })),
      watch: rpcMethod(leaseRequestSchema, ({ seconds }) => answerOf({ until: outcomes.watch(seconds) })),
      unwatch: rpcMethod(endRequestSchema, () => {
        outcomes.unwatch();
        return answerOf({});
      }),
      follow: rpcMethod(leaseRequestSchema, ({ seconds }) => {
        if (journal === undefined) throw new RpcRefusal("JOURNAL_OFF", NO_JOURNAL);
        return answerOf({ until: journal.feed.follow(seconds) });
      }),
      unfollow: rpcMethod(endRequestSchema, () => {
        journal?.feed.unfollow();
        return answerOf({});
      }),
    }),
  );
}
