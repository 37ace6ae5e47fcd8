import type { LossesAnswer } from "../../engine/contract/console-api.ts";
import type { LossCause, LossClass, LossSample } from "../../engine/contract/loss.ts";

/* The loss ledger as people read it: every cause of the contract, also those that never happened. */

/** The class of each cause and its name. The contract's own table holds schemas, which stay out of the page. */
export const CAUSES: Readonly<Record<LossCause, { class: LossClass; title: string }>> = {
  queue_full: { class: "dropped", title: "Dropped: the backend's queue was full" },
  left_in_queue: { class: "dropped", title: "Dropped: still in the queue when the backend stopped" },
  away_too_long: { class: "dropped", title: "Dropped: kept for a backend that stayed away for an hour" },
  left_in_frontend: { class: "dropped", title: "Dropped: still in the frontend when it stopped" },
  refused_by_bus: { class: "dropped", title: "Dropped: refused by NATS after an outage" },
  too_large_for_bus: { class: "dropped", title: "Dropped: too large for NATS since an outage" },
  refused_wrong_method: { class: "refused", title: "Refused 405: another method than POST" },
  refused_wrong_media_type: { class: "refused", title: "Refused 415: not plain JSON by its headers" },
  refused_too_large: { class: "refused", title: "Refused 413: body or event too large" },
  refused_stalled: { class: "refused", title: "Refused 408: the body made no progress" },
  refused_truncated: { class: "refused", title: "Refused 400: the body ended early" },
  refused_malformed: { class: "refused", title: "Refused 400: malformed" },
  refused_invalid: { class: "refused", title: "Refused 418: id, sensor or title empty, or half a pair" },
  refused_over_rate: { class: "refused", title: "Refused 429: over the events-per-second limit" },
  refused_bus_full: { class: "refused", title: "Refused 503: the buffer of the bus was full" },
  refused_bus_failed: { class: "refused", title: "Refused 503: the bus didn't take the events" },
  refused_no_room: { class: "refused", title: "Refused 503: too many large bodies on their way in" },
  refused_stopping: { class: "refused", title: "Refused 503: the frontend was stopping" },
  refused_not_http: { class: "refused", title: "Refused: not HTTP, or late or too large headers" },
  refused_foreign: { class: "refused", title: "Refused 403: foreign Host or Origin" },
  malformed: { class: "skipped", title: "Skipped: not JSON, or not an event" },
  invalid: { class: "skipped", title: "Skipped: id, sensor or title empty, or half a pair" },
  whitelisted: { class: "skipped", title: "Skipped: whitelisted source" },
  uninteresting: { class: "skipped", title: "Skipped: named by no directive" },
};
const NAMES = Object.keys(CAUSES) as LossCause[];
export const isLossCause = (text: string): text is LossCause => Object.hasOwn(CAUSES, text);

export interface LedgerRow {
  cause: LossCause;
  class: LossClass;
  title: string;
  count: number;
  /** Services that counted it. */
  where: string[];
  lastAt: number | undefined;
  /** Of all services, the newest first. */
  samples: (LossSample & { node: string })[];
}

/** One row for each cause: what was lost first, then what was refused, then what was skipped; the largest first in each. */
export function ledgerRows({ services }: Pick<LossesAnswer, "services">): LedgerRow[] {
  const rows = NAMES.map((cause): LedgerRow => {
    const told = services.flatMap(({ node, ledger }) => {
      const entry = ledger[cause];
      return entry === undefined || entry.count === 0 ? [] : [{ node, entry }];
    });
    return {
      ...{ cause, class: CAUSES[cause].class, title: CAUSES[cause].title },
      count: told.reduce((all, { entry }) => all + entry.count, 0),
      where: [...new Set(told.map(({ node }) => node))],
      lastAt: told.length === 0 ? undefined : Math.max(...told.map(({ entry }) => entry.lastAt)),
      samples: told
        .flatMap(({ node, entry }) => entry.samples.map((sample) => ({ ...sample, node })))
        .sort((a, b) => b.at - a.at),
    };
  });
  return rows.sort((a, b) => Number(b.count > 0) - Number(a.count > 0) || rank(a) - rank(b) || b.count - a.count);
}
const CLASSES = ["dropped", "refused", "skipped"] as const;
const rank = (row: LedgerRow): number => CLASSES.indexOf(row.class);

/** How long a count's bar is, 0 to 1, on a scale on which each power of ten is as long. */
export function logShare(count: number, highest: number): number {
  return count <= 0 ? 0 : Math.log10(count + 1) / Math.log10(Math.max(count, highest, 9) + 1);
}

/** Where every event of the backends is, and what never came to them. */
export interface Balance {
  received: number;
  correlated: number;
  skipped: number;
  dropped: number;
  waiting: number;
  /** received less the sum of the others: 0 when every event is accounted for. */
  difference: number;
  /** Requests that senders were told were refused, and events that a frontend lost after its 200. */
  refused: number;
  lostInFrontend: number;
}

export function balanceOf({ services }: Pick<LossesAnswer, "services">): Balance {
  const sums = { received: 0, correlated: 0, skipped: 0, dropped: 0, waiting: 0, refused: 0, lostInFrontend: 0 };
  for (const { role, flow } of services) {
    if (role === "frontend") {
      sums.refused += flow.refused;
      sums.lostInFrontend += flow.dropped;
    } else {
      for (const part of ["received", "correlated", "skipped", "dropped", "waiting"] as const) sums[part] += flow[part];
    }
  }
  const { received, correlated, skipped, dropped, waiting } = sums;
  return { ...sums, difference: received - correlated - skipped - dropped - waiting };
}
