import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../client/api.ts";
import type { RequestInput } from "../client/route-types.ts";
import { failureOf, isStarted, type Sight } from "./progress.ts";

const ASK_EVERY_MS = 600;

export type Choice = RequestInput<"POST /profiles/use">["body"];
/** Nothing chosen, on the way, or refused. */
export type StartState = { kind: "choosing"; error?: string } | { kind: "starting"; since: number; sight: Sight };

/** Goes over to a profile and watches until its services work; then the page is loaded anew at `route`. */
export function useStart(): { state: StartState; use: (choice: Choice, route: string) => void; cancel: () => void } {
  const [state, setState] = useState<StartState>({ kind: "choosing" });
  const run = useRef<AbortController>(undefined);
  const cancel = useCallback(() => {
    run.current?.abort();
    setState({ kind: "choosing" });
  }, []);
  useEffect(() => () => run.current?.abort(), []);
  const use = useCallback((choice: Choice, route: string) => {
    run.current?.abort();
    const controller = new AbortController();
    run.current = controller;
    void start(choice, route, controller.signal, setState);
  }, []);
  return { state, use, cancel };
}

async function start(
  choice: Choice,
  route: string,
  signal: AbortSignal,
  say: (state: StartState) => void,
): Promise<void> {
  const since = Date.now();
  let sight: Sight = { wanted: undefined, session: undefined, supervisor: undefined };
  const show = (more: Partial<Sight>): void => {
    sight = { ...sight, ...more };
    if (!signal.aborted) say({ kind: "starting", since, sight });
  };
  show({});
  try {
    const { profile } = await api.post("POST /profiles/use", { body: choice, signal });
    show({ wanted: profile.name });
  } catch (error) {
    if (!signal.aborted) say({ kind: "choosing", error: error instanceof Error ? error.message : String(error) });
    return;
  }
  while (!signal.aborted && !isStarted(sight)) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    // While the frontend is started anew nothing answers: that is what is waited for, and no error.
    show(await look(signal).catch(() => ({ session: undefined, supervisor: undefined })));
    const error = failureOf(sight);
    if (error === undefined) continue;
    if (!signal.aborted) say({ kind: "choosing", error });
    return;
  }
  if (signal.aborted) return;
  location.hash = `#${route}`;
  location.reload();
}

async function look(signal: AbortSignal): Promise<Pick<Sight, "session" | "supervisor">> {
  const [session, supervisor] = await Promise.all([
    api.get("GET /session", { signal }),
    api.get("GET /supervisor", { signal }),
  ]);
  return { session, supervisor };
}
