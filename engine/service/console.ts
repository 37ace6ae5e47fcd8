import type { Correlator } from "../backlog/correlator.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus, Subscription } from "../bus/bus.ts";
import type { Lookups } from "../enrich/lookups.ts";
import { consoleMethods } from "./console-methods.ts";
import { serveConsoleRpc } from "./console-rpc.ts";
import type { EventIntake } from "./event-intake.ts";
import { type Journal, JournalFeed } from "./journal-feed.ts";
import { OutcomeReporter } from "./outcome-reporter.ts";
import type { Reloader } from "./reloader.ts";
import type { LoadedFile } from "./running-config.ts";

export interface ConsoleOptions {
  bus: Bus;
  node: string;
  correlator: Correlator;
  intake: EventIntake;
  /** `undefined` while the backend keeps no journal. */
  journal: Journal | undefined;
  /** The configuration files that the backend runs with. */
  config: () => readonly LoadedFile[];
  reloader: Pick<Reloader, "reload">;
  lookups: Pick<Lookups, "stats">;
  clock: Clock;
  log: Logger;
  /** Differs with each run of the process; letters, digits, `-` and `_`. */
  run: string;
}

/** All that this backend offers a console (operation.md §7), until it is closed. Unasked it does nothing. */
export function serveConsole({
  bus,
  node,
  correlator,
  intake,
  journal,
  config,
  reloader,
  lookups,
  clock,
  log,
  run,
}: ConsoleOptions): Subscription {
  const outcomes = new OutcomeReporter({
    ...{ correlator, intake, bus, node, clock },
    bootOf: (position) => bus.streamPosition(position)?.stream,
  });
  const feed = journal && new JournalFeed(journal, bus, node, clock);
  const methods = consoleMethods({
    ...{ correlator, outcomes, config, reloader, lookups, clock, log, run },
    journal: journal && feed && { reader: journal, feed },
  });
  const rpc = serveConsoleRpc({ bus, node, log, methods });
  return {
    close: () => {
      rpc.close();
      outcomes.unwatch();
      feed?.unfollow();
    },
  };
}
