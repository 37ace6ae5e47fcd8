import type { LiveParams } from "../../contract/console/live.ts";
import type { LiveFeed, LiveSink, LiveTopic } from "../live/topic.ts";
import { eventFilter } from "./event-filter.ts";
import { EventsFeed, type TailParts } from "./events-feed.ts";
import type { OutcomeWatch } from "./outcome-watch.ts";

export interface EventsTopicParts extends TailParts {
  watch: Pick<OutcomeWatch, "hold">;
}

/** The live tail of events (console.md §2). While nobody is subscribed no event is read, and no backend is asked. */
export function eventsTopic(parts: EventsTopicParts): LiveTopic<"events"> {
  return {
    open({ q }: LiveParams<"events">, sink: LiveSink<"events">): LiveFeed {
      const filter = eventFilter(q);
      const releases = [parts.tail.hold(), parts.watch.hold()];
      const feed = new EventsFeed({ ...parts, filter, sink });
      return {
        flush: () => feed.flush(),
        resnapshot: () => feed.snapshot(),
        close: () => {
          feed.close();
          for (const release of releases) release();
        },
      };
    },
  };
}
