import type { Socket } from "node:net";
import type { RefusalCause } from "../contract/loss.ts";

/** What went through the door of one frontend since its start. */
export interface IngestCounters {
  /** Requests to `/events`, answered or not. */
  requests: number;
  /** Events that were answered with 200. */
  accepted: number;
}

/**
 * Called once for every request for `/events` that is refused, and for every connection on which no request could be made
 * out: refusals at the door are counted apart from what happens to accepted events later (operation.md §7). `text` is
 * what the sender is told, `sender` whom it came from. Of an imported file each wrong event counts.
 */
export type OnRefused = (cause: RefusalCause, text: string, sender: Pick<Socket, "remoteAddress">) => void;
