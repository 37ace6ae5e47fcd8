import type { Clock } from "../../base/clock.ts";
import { readRawEvent } from "../../base/raw-event.ts";
import type { ConsoleEvent, Verdict } from "../../contract/console/events.ts";
import type { EventSearchRequest, FoundEvents } from "../../query/event-search.ts";
import type { Handlers } from "../route-table.ts";
import { eventFilter } from "./event-filter.ts";
import { shownEvent } from "./shown-event.ts";
import type { Verdicts } from "./verdicts.ts";

/** Events of a page, unless the request says otherwise, and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** The retained events, as the console needs them. */
export interface EventArchive {
  /** Events that are retained. */
  readonly count: number;
  /** When the oldest of them came in, milliseconds since the epoch. */
  readonly oldest: number | undefined;
  /** Resolves when everything that came so far can be found. */
  flush(): Promise<void>;
  /** Rejects with the signal's reason when that is aborted. */
  find(request: EventSearchRequest, signal: AbortSignal): Promise<FoundEvents>;
}

export interface EventHandlersParts {
  archive: EventArchive;
  verdicts: Verdicts;
  clock: Clock;
  /** The run of the frontend whose events don't say themselves of which run they are. */
  boot: string;
}

const NOTHING: ReadonlyMap<string, Verdict> = new Map();

/** `GET /events` */
export function eventHandlers({ archive, verdicts, clock, boot }: EventHandlersParts): Handlers {
  return {
    "GET /events": async ({ query: { q = "", from, to, before, limit = DEFAULT_LIMIT }, signal }) => {
      const filter = eventFilter(q);
      await archive.flush();
      const request = {
        ...{ q, from, to, before, boot, nowMs: clock.now() },
        limit: Math.min(Math.max(1, limit), MAX_LIMIT),
        verdicts: filter.needsVerdict ? verdicts.all() : NOTHING,
      };
      const { events, scanned, next } = await archive.find(request, signal);
      const shown = events.flatMap((raw): ConsoleEvent[] => {
        const read = readRawEvent(raw, boot);
        return read === undefined ? [] : [{ ...shownEvent(read), verdict: verdicts.of(read.key, read.at) }];
      });
      const { count, oldest } = archive;
      return {
        events: shown,
        ...(next !== undefined && { next }),
        ...{ scanned, retained: count },
        ...(oldest !== undefined && { oldest }),
      };
    },
  };
}
