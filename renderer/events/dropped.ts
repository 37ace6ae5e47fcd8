import type { Verdict } from "../../engine/contract/console/events.ts";
import type { Explanation } from "../../engine/contract/explain.ts";

const DROPPED =
  "No directive got to see the event because the backend’s queue was full when it came, so that it was dropped.";

/**
 * A replay knows nothing of the load of the moment: an event that a backend dropped is told so first, and what follows is
 * what it would have done.
 */
export function withDrop(explanation: Explanation, verdict: Verdict | undefined): Explanation {
  if (verdict?.kind !== "skipped" || verdict.cause !== "queue_full" || explanation.door.kind !== "passes") {
    return explanation;
  }
  return { ...explanation, door: { kind: "dropped", sentence: DROPPED }, sentence: DROPPED };
}
