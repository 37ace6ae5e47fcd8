import { useEffect, useRef, useState } from "react";
import type { Activity, AlarmDetail, StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { api } from "../client/api.ts";
import { ApiError, isAbort } from "../client/api-error.ts";
import { type Loaded, useLive, useLoaded } from "../client/hooks.ts";
import { useThrottled } from "../ui/throttle.ts";
import { addEvents, type EventPages, NO_EVENTS } from "./event-pages.ts";

/** Milliseconds between two readings of an alarm that goes on changing. */
const REREAD_MS = 500;

/** One alarm, read again whenever anything of it changes. */
export function useAlarm(id: string): Loaded<AlarmDetail> {
  const loaded = useLoaded(`alarm ${id}`, (signal) => api.get("GET /alarms/:id", { params: { id }, signal }));
  // An alarm may change many times a second, and each reading gives up the one before it.
  const reread = useThrottled(loaded.reload, REREAD_MS);
  // The first snapshot too: what changed between the reading and the subscription was told to nobody.
  useLive("alarm", { id }, { snapshot: reread, delta: reread });
  return loaded;
}

/** Its history, the newest first; `rev` is the alarm's, and asks anew when it grows. */
export function useActivity(id: string, rev: number): Loaded<{ activity: Activity[] }> {
  return useLoaded(`activity ${id} ${rev}`, (signal) =>
    api.get("GET /alarms/:id/activity", { params: { id }, signal }),
  );
}

/** Events asked for at once, and so many that it stops until somebody wants more. */
const PAGE = 1_000;
const ENOUGH = 20_000;

export interface AlarmEvents extends EventPages {
  error: ApiError | undefined;
  loading: boolean;
  /** Goes on after the limit, or after an error. */
  more: () => void;
}

/**
 * The alarm's events, page after page until there are enough for a screen. Those that come later are appended: what is
 * there already isn't asked for again.
 */
export function useAlarmEvents(id: string, rev: number | undefined): AlarmEvents {
  const [pages, setPages] = useState<EventPages>(NO_EVENTS);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [loading, setLoading] = useState(false);
  const [limit, setLimit] = useState(ENOUGH);
  const [turn, setTurn] = useState(0);
  const latest = useRef(pages);
  latest.current = pages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the turn asks again after an error.
  useEffect(() => {
    if (rev === undefined) return;
    const gaveUp = new AbortController();
    setLoading(true);
    setError(undefined);
    readOn(id, latest.current, limit, gaveUp.signal, setPages).then(
      () => setLoading(false),
      (fault: unknown) => {
        if (isAbort(fault) || gaveUp.signal.aborted) return;
        setError(fault instanceof ApiError ? fault : new ApiError(0, String(fault)));
        setLoading(false);
      },
    );
    return () => gaveUp.abort();
  }, [id, rev, limit, turn]);
  const more = (): void => {
    if (error === undefined) setLimit(pages.events.length + ENOUGH);
    else setTurn((before) => before + 1);
  };
  return { ...pages, error, loading, more };
}

async function readOn(
  id: string,
  before: EventPages,
  limit: number,
  signal: AbortSignal,
  show: (pages: EventPages) => void,
): Promise<void> {
  let pages = before;
  while (pages.events.length < limit) {
    const after = pages.events.at(-1)?.seq;
    const answer: { events: StoredAlarmEvent[]; total: number; next?: number | undefined } = await api.get(
      "GET /alarms/:id/events",
      { params: { id }, query: { ...(after === undefined ? {} : { after }), limit: PAGE }, signal },
    );
    if (signal.aborted) return;
    pages = addEvents(pages, answer.events, answer.total);
    show(pages);
    if (answer.next === undefined || answer.events.length === 0) return;
  }
}
