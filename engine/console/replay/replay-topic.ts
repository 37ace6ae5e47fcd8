import type { LiveTopic } from "../live/topic.ts";
import type { ReplaySessions } from "./replay-sessions.ts";

/** `replay`: where a replay is. Whoever follows it keeps it open. */
export function replayTopic(sessions: ReplaySessions): LiveTopic<"replay"> {
  return {
    open: ({ session: id }, sink) => {
      const session = sessions.get(id);
      const unwatch = sessions.watch(id);
      let changed = false;
      const stop = session.onChange(() => {
        changed = true;
      });
      sink.snapshot(session.state);
      return {
        close: () => {
          stop();
          unwatch();
        },
        resnapshot: () => {
          changed = false;
          sink.snapshot(session.state);
        },
        flush: () => {
          if (!changed) return;
          changed = false;
          sink.delta(session.state);
        },
      };
    },
  };
}
