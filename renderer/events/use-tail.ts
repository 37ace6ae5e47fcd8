import { useEffect, useReducer, useState } from "react";
import type { LiveDelta, LiveSnapshot } from "../../engine/contract/console/live.ts";
import { useLive } from "../client/hooks.ts";
import type { LiveFault } from "../client/live-types.ts";
import { catchUp, EMPTY_TAIL, hold, release, type Tail, tailDelta, tailSnapshot } from "./tail.ts";

type TailNews =
  | { kind: "snapshot"; data: LiveSnapshot<"events">; now: number }
  | { kind: "delta"; data: LiveDelta<"events">; now: number }
  | { kind: "hold"; now: number }
  | { kind: "release" }
  | { kind: "catch up"; now: number }
  | { kind: "start over" };

function reduce(tail: Tail, news: TailNews): Tail {
  switch (news.kind) {
    case "snapshot":
      return tailSnapshot(tail, news.data, news.now);
    case "delta":
      return tailDelta(tail, news.data, news.now);
    case "hold":
      return hold(tail, news.now);
    case "release":
      return release(tail);
    case "catch up":
      return catchUp(tail, news.now);
    case "start over":
      return tail.heldAt === undefined ? EMPTY_TAIL : { ...EMPTY_TAIL, heldAt: tail.heldAt };
  }
}

export interface LiveTail {
  tail: Tail;
  /** The first snapshot came. */
  ready: boolean;
  fault: LiveFault | undefined;
  catchUp: () => void;
}

/** The live tail of what the query finds; `undefined` follows nothing. It stands still while `still`. */
export function useTail(query: string | undefined, still: boolean): LiveTail {
  const [tail, tell] = useReducer(reduce, EMPTY_TAIL);
  const [ready, setReady] = useState(false);
  const [fault, setFault] = useState<LiveFault | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query is another tail.
  useEffect(() => {
    setReady(false);
    setFault(undefined);
    tell({ kind: "start over" });
  }, [query]);
  useEffect(() => tell(still ? { kind: "hold", now: Date.now() } : { kind: "release" }), [still]);
  useLive("events", query === undefined ? undefined : query === "" ? {} : { q: query }, {
    snapshot: (data) => {
      setReady(true);
      setFault(undefined);
      tell({ kind: "snapshot", data, now: Date.now() });
    },
    delta: (data) => tell({ kind: "delta", data, now: Date.now() }),
    error: setFault,
  });
  return { tail, ready, fault, catchUp: () => tell({ kind: "catch up", now: Date.now() }) };
}
