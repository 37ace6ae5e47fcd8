import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { stateFolder } from "../base/state-folder.ts";
import type { Backends } from "../console/backends.ts";
import type { CurrentSettings } from "../console/current-settings.ts";
import { eventHandlers } from "../console/events/event-handlers.ts";
import { eventImportHandlers, type OfferEvents } from "../console/events/event-import.ts";
import { type EventSource, EventTail } from "../console/events/event-tail.ts";
import { eventsTopic } from "../console/events/events-topic.ts";
import { OutcomeWatch } from "../console/events/outcome-watch.ts";
import { Verdicts } from "../console/events/verdicts.ts";
import type { Settings } from "../contract/console/session.ts";
import type { EventSearchRequest, FoundEvents } from "../query/event-search.ts";
import { EventSearchThread } from "../store/events/event-search-thread.ts";
import { RetainedEvents } from "../store/events/retained-events.ts";

/** Where a frontend's console gets events from, and how it hands some in. */
export interface ConsoleEvents {
  source: EventSource;
  offer: OfferEvents;
  /** The run of the frontend whose events don't say themselves of which run they are; empty when they all do. */
  boot: string;
}

export interface EventsFeatureParts extends ConsoleEvents {
  dataDir: string;
  backends: Backends;
  clock: Clock;
  log: Logger;
  settings: CurrentSettings;
}

/** The retained events as others read them: a worker thread, with `oldestEvents` and `newestEvents` of engine/store/events. */
export interface RetainedArchive {
  readonly folder: string;
  /** The run of the frontend whose events don't say themselves of which run they are. */
  readonly boot: string;
  /** Resolves when everything that came so far is in the folder. */
  flush(): Promise<void>;
  /** A page of what is looked for, with what is known of the events; rejects with the signal's reason when that is aborted. */
  find(request: Omit<EventSearchRequest, "verdicts">, signal: AbortSignal): Promise<FoundEvents>;
}

/** Events in the console: the live tail, what is retained, the search in it, and the import of files. */
export async function eventsFeature(parts: EventsFeatureParts) {
  const { source, offer, boot, dataDir, backends, clock, log, settings } = parts;
  const folder = join(stateFolder(dataDir), "events");
  const retained = await openRetained(parts, folder);
  const search = new EventSearchThread(folder);
  const verdicts = new Verdicts({ nodes: () => backends.nodes(), askedSince: () => watch.since });
  const watch: OutcomeWatch = new OutcomeWatch({ backends, clock, log, onBatch: (batch) => verdicts.hear(batch) });
  const tail = new EventTail({
    ...{ source, clock, firstId: (retained?.lastId ?? 0) + 1 },
    onSpan: (span) => retained?.append(span),
    neededFrom: () => retained?.waitingFrom ?? Number.POSITIVE_INFINITY,
  });
  let release: (() => void) | undefined;
  const keep = async ({ retention }: Settings): Promise<void> => {
    if (retention.events === 0 || retained === undefined) {
      release?.();
      release = undefined;
    } else release ??= tail.hold();
    await retained?.keep(retention.events);
  };
  await keep(settings.now);
  const stopListening = settings.onChange((changed) => {
    keep(changed).catch((error: unknown) => log.warn(`events are retained as before: ${errorText(error)}`));
  });
  const flush = async (): Promise<void> => {
    tail.seal();
    await retained?.flush();
  };
  const archive = {
    get count() {
      return retained?.count ?? 0;
    },
    get oldest() {
      return retained?.oldest;
    },
    flush,
    find: (...request: Parameters<EventSearchThread["find"]>) => search.find(...request),
  };
  return {
    retained: {
      ...{ folder, boot, flush },
      find: (request, signal) => search.find({ ...request, verdicts: verdicts.all() }, signal),
    } satisfies RetainedArchive,
    handlers: { ...eventHandlers({ archive, verdicts, clock, boot }), ...eventImportHandlers(offer, clock) },
    topics: { events: eventsTopic({ tail, watch, verdicts, clock, boot }) },
    close: async () => {
      stopListening();
      release?.();
      await search.close();
      await retained?.close();
    },
  };
}

/** A console without them is better than none. */
async function openRetained(
  { clock, log, settings }: EventsFeatureParts,
  folder: string,
): Promise<RetainedEvents | undefined> {
  try {
    return await RetainedEvents.open({
      folder,
      limit: settings.now.retention.events,
      log,
      monotonic: () => clock.monotonic(),
    });
  } catch (error) {
    log.error(`no events are retained: ${folder} can't be used: ${errorText(error)}`);
    return undefined;
  }
}
