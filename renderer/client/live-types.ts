import type { LiveDelta, LiveParams, LiveSnapshot, LiveTopicName } from "../../engine/contract/console/live.ts";

export type { LiveDelta, LiveParams, LiveSnapshot, LiveTopicName };

/** What a subscriber is told. Calls come in batches, one batch per animation frame, and once a second while hidden. */
export interface LiveHandlers<T extends LiveTopicName> {
  /** The state as it is; `again`: something may have been missed since the last one. */
  snapshot(data: LiveSnapshot<T>, again: boolean): void;
  delta(data: LiveDelta<T>): void;
  /** The server doesn't serve this subscription, and why. */
  error?(fault: LiveFault): void;
}
export interface LiveFault {
  text: string;
  column?: number;
  length?: number;
}

/** How the connection is. `since`: milliseconds since the epoch; `retryAt`: when it is tried again. */
export type LiveStatus =
  | { kind: "connecting"; since: number }
  | { kind: "open"; since: number; heardAt: number }
  | { kind: "lost"; since: number; retryAt: number };

/** What the live connection stands on: the browser's, or a test's. */
export interface LivePlace {
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
  /** Runs before the next frame is painted, or within a second while nobody looks. */
  frame(run: () => void): void;
  connect(): Promise<LiveSocket>;
}
/** The part of a WebSocket that is used. */
export interface LiveSocket {
  send(text: string): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}
