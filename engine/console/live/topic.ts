import type { LiveDelta, LiveParams, LiveSnapshot, LiveTopicName } from "../../contract/console/live.ts";

/** Why a subscription can't be had, or ends: one sentence, and the place in its query. */
export interface LiveFault {
  error: string;
  column?: number;
  length?: number;
}

/**
 * Where a feed sends to. It begins with a snapshot, now or as soon as it has one; deltas before that, and those that a
 * client is too slow for, go nowhere: the hub then asks for another snapshot.
 */
export interface LiveSink<T extends LiveTopicName> {
  snapshot(data: LiveSnapshot<T>): void;
  delta(data: LiveDelta<T>): void;
  /** Ends the subscription. */
  fail(fault: LiveFault): void;
}

/** What one subscriber of a topic gets. */
export interface LiveFeed {
  /** Nobody listens any more. */
  close(): void;
  /** The client needs a whole snapshot again: what was gathered for it and not sent is void. */
  resnapshot(): void;
  /**
   * Now a delta may be sent: one, or none when nothing changed. Called at most ten times a second, and not while the
   * client is behind. A feed without it sends when it likes; what comes too fast becomes a snapshot.
   */
  flush?(): void;
}

/** A topic costs nothing while nobody is subscribed to it. */
export interface LiveTopic<T extends LiveTopicName> {
  /** Params are checked. To refuse, call `sink.fail` or throw an `ApiFault`. */
  open(params: LiveParams<T>, sink: LiveSink<T>): LiveFeed | Promise<LiveFeed>;
}
export type LiveTopics = { readonly [T in LiveTopicName]?: LiveTopic<T> };
