import type { LiveDelta, LiveSnapshot, LiveTopicName } from "../../contract/console/live.ts";
import type { LiveTopic } from "./topic.ts";

/** Topics whose deltas are their snapshots: one state, said whole each time. */
type StateTopicName = {
  [T in LiveTopicName]: LiveSnapshot<T> extends LiveDelta<T>
    ? LiveDelta<T> extends LiveSnapshot<T>
      ? T
      : never
    : never;
}[LiveTopicName];

export interface WatchedState<State> {
  read(): State;
  /** Calls back after each change, until what it returns is called. */
  onChange(changed: () => void): () => void;
  /** What changes by the mere passing of time is said anew after so many milliseconds; `now` never goes back. */
  again?: { afterMs: number; now: () => number };
}

/** A topic that says a state now and whenever it has changed. */
export function stateTopic<T extends StateTopicName>(
  state: WatchedState<LiveSnapshot<T> & LiveDelta<T>>,
): LiveTopic<T> {
  return {
    open: (_params, sink) => {
      let changed = false;
      let saidAt = Number.NEGATIVE_INFINITY;
      const say = (as: "snapshot" | "delta"): void => {
        changed = false;
        saidAt = state.again?.now() ?? saidAt;
        sink[as](state.read());
      };
      const stop = state.onChange(() => {
        changed = true;
      });
      say("snapshot");
      return {
        close: stop,
        resnapshot: () => say("snapshot"),
        flush: () => {
          const due = state.again !== undefined && state.again.now() - saidAt >= state.again.afterMs;
          if (changed || due) say("delta");
        },
      };
    },
  };
}
