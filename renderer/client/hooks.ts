import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, isAbort } from "./api-error.ts";
import { live } from "./live.ts";
import type { LiveHandlers, LiveParams, LiveTopicName } from "./live-types.ts";

/**
 * What a request said last. `data` stays through a new request and through a failure, so that a screen can go on showing
 * it; `error` says that it is stale.
 */
export interface Loaded<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
}

/**
 * Loads while the component lives, and again whenever `key` changes; `undefined` loads nothing. Each request is given up
 * when the next begins.
 */
export function useLoaded<T>(key: string | undefined, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: ApiError; loading: boolean }>({ loading: key !== undefined });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is loaded, the turn for asking again.
  useEffect(() => {
    if (key === undefined) return;
    const gaveUp = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    latest.current(gaveUp.signal).then(
      (data) => setState({ data, loading: false }),
      (error: unknown) => {
        if (isAbort(error) || gaveUp.signal.aborted) return;
        const fault = error instanceof ApiError ? error : new ApiError(0, String(error));
        setState((before) => ({ ...before, error: fault, loading: false }));
      },
    );
    return () => gaveUp.abort();
  }, [key, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { data: state.data, error: state.error, loading: state.loading, reload };
}

/** Subscribes while the component lives; anew when the parameters change. `params` undefined subscribes to nothing. */
export function useLive<T extends LiveTopicName>(
  topic: T,
  params: LiveParams<T> | undefined,
  handlers: LiveHandlers<T>,
): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  const key = params === undefined ? undefined : JSON.stringify(params);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the parameters.
  useEffect(() => {
    if (params === undefined) return;
    return live.subscribe(topic, params, {
      snapshot: (data, again) => latest.current.snapshot(data, again),
      delta: (data) => latest.current.delta(data),
      error: (fault) => latest.current.error?.(fault),
    });
  }, [topic, key]);
}
