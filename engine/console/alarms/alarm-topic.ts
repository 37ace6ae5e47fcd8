import { ApiFault } from "../api-fault.ts";
import type { LiveTopic } from "../live/topic.ts";
import type { AlarmStore } from "./alarm-store.ts";

/** Topic `alarm`: that something about one alarm is different; the client reads it again. */
export function alarmTopic(store: AlarmStore): LiveTopic<"alarm"> {
  return {
    open: async ({ id }, sink) => {
      const [n] = await store.read("numbers", [id]);
      if (n === undefined) throw new ApiFault(404, "There is no such alarm (any more).");
      let told = 0;
      let rev = 0;
      const stop = store.onChange((changed) => {
        if (changed.unknown || changed.ns.includes(n)) rev = changed.rev;
      });
      const say = (as: "snapshot" | "delta"): void => {
        told = rev;
        sink[as]({ rev });
      };
      say("snapshot");
      return {
        close: stop,
        resnapshot: () => say("snapshot"),
        flush: () => {
          if (rev !== told) say("delta");
        },
      };
    },
  };
}
