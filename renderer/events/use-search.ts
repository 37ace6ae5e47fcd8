import { useEffect, useRef, useState } from "react";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { api } from "../client/api.ts";
import { ApiError, isAbort } from "../client/api-error.ts";

const PAGE = 200;
/** Rows that a table of found events keeps; who wants to see more narrows the search. */
const MOST = 20_000;

export interface EventSearch {
  events: readonly ConsoleEvent[];
  /** Events that were looked at, and that are retained. */
  scanned: number;
  retained: number | undefined;
  oldest: number | undefined;
  /** There is a further page, and room for it. */
  more: boolean;
  loading: boolean;
  /** The first page is there. */
  ready: boolean;
  error: ApiError | undefined;
  loadMore: () => void;
  reload: () => void;
}

interface Found {
  events: readonly ConsoleEvent[];
  scanned: number;
  retained: number | undefined;
  oldest: number | undefined;
  next: number | undefined;
}

const NOTHING: Found = { events: [], scanned: 0, retained: undefined, oldest: undefined, next: undefined };

/** Searches the retained events page by page, the newest first; `undefined` searches nothing. */
export function useSearch(query: { q: string; from?: number; to?: number } | undefined): EventSearch {
  const [found, setFound] = useState<Found>(NOTHING);
  const [ready, setReady] = useState(false);
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [turn, setTurn] = useState(0);
  const request = useRef<AbortController | undefined>(undefined);
  const key = query === undefined ? undefined : JSON.stringify(query);

  const ask = (before: Found): void => {
    if (query === undefined) return;
    request.current?.abort();
    const mine = new AbortController();
    request.current = mine;
    setLoading(true);
    setError(undefined);
    askPage(query, before, mine.signal).then(
      (after) => {
        setFound(after);
        setReady(true);
        setLoading(false);
      },
      (fault: unknown) => {
        if (isAbort(fault) || mine.signal.aborted) return;
        setError(fault instanceof ApiError ? fault : new ApiError(0, String(fault)));
        setLoading(false);
      },
    );
  };
  const latest = useRef(ask);
  latest.current = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the query, the turn for asking again.
  useEffect(() => {
    setReady(false);
    setFound(NOTHING);
    if (key !== undefined) latest.current(NOTHING);
    return () => request.current?.abort();
  }, [key, turn]);
  const more = found.next !== undefined && found.events.length < MOST;
  return {
    ...found,
    more,
    ready,
    loading,
    error,
    loadMore: () => {
      if (more && !loading) latest.current(found);
    },
    reload: () => setTurn((before) => before + 1),
  };
}

async function askPage(
  { q, from, to }: { q: string; from?: number; to?: number },
  before: Found,
  signal: AbortSignal,
): Promise<Found> {
  const answer = await api.get("GET /events", {
    query: { q, from, to, before: before.next, limit: PAGE },
    signal,
  });
  return {
    events: [...before.events, ...answer.events],
    scanned: before.scanned + answer.scanned,
    retained: answer.retained,
    oldest: answer.oldest,
    next: answer.next,
  };
}
