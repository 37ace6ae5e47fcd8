import { DsiemError, errorText } from "../base/errors.ts";
import type { EventFault } from "../base/event.ts";
import { plain } from "../base/log.ts";
import { MAX_EVENTS_BODY_BYTES } from "../contract/limits.ts";
import type { RefusalCause } from "../contract/loss.ts";
import type { BodyFault } from "./body-reader.ts";

/** Why a request to `/events` isn't taken: its answer (engine.md §3) and what it counts as. */
export interface Refusal {
  status: number;
  cause: RefusalCause;
  text: string;
  /** Names and values in turn. */
  headers?: readonly string[];
}

export const WRONG_METHOD: Refusal = {
  status: 405,
  cause: "refused_wrong_method",
  text: "Events are sent with POST.\n",
  headers: ["Allow", "POST"],
};
export const STOPPING: Refusal = {
  status: 503,
  cause: "refused_stopping",
  text: "This frontend is stopping; send the events again to another one, or later.\n",
};
export const BODY_TOO_LARGE: Refusal = {
  status: 413,
  cause: "refused_too_large",
  text: `The body is larger than ${MAX_EVENTS_BODY_BYTES} bytes; send fewer events at a time.\n`,
};
export const OVER_RATE: Refusal = { status: 429, cause: "refused_over_rate", text: "EPS rate limit reached\n" };
export const NOT_UTF8: Refusal = { status: 400, cause: "refused_malformed", text: "The body isn't UTF-8 text.\n" };
const INVALID: Refusal = { status: 418, cause: "refused_invalid", text: "Invalid event\n" };

/** What is said of a body that didn't come in whole. */
export const BODY_REFUSALS: Readonly<Record<BodyFault, Refusal>> = {
  too_large: BODY_TOO_LARGE,
  stalled: { status: 408, cause: "refused_stalled", text: "The body made no progress for too long.\n" },
  truncated: { status: 400, cause: "refused_truncated", text: "The body ended before its announced end.\n" },
  no_room: {
    status: 503,
    cause: "refused_no_room",
    text: "Too many large bodies are on their way in; try again later.\n",
  },
};

export function wrongMediaType(text: string): Refusal {
  return { status: 415, cause: "refused_wrong_media_type", text };
}

/** `what` and `why` make one sentence, without its full stop. */
export function malformed(what: string, why: string): Refusal {
  return { status: 400, cause: "refused_malformed", text: `${what} ${why}.\n` };
}

export function notJson(what: string, error: unknown): Refusal {
  return malformed(what, `isn't JSON: ${plain(errorText(error))}`);
}

export function eventRefusal(fault: EventFault, index: number | undefined): Refusal {
  if (fault.fault === "invalid") return INVALID;
  const place = index === undefined ? "" : `Event ${index}: `;
  return { status: 400, cause: "refused_malformed", text: `${place}${fault.message}.\n` };
}

/** The event of a sentence; `index` counts from 0 and is `undefined` when the event is the body. */
export function eventAt(index: number | undefined): string {
  return index === undefined ? "The event" : `Event ${index}`;
}

/** What the bus says when it doesn't take events. */
export function busRefusal(error: unknown, isArray: boolean): Refusal {
  const code = error instanceof DsiemError ? error.code : undefined;
  const text = `${sentence(errorText(error))}.\n`;
  if (code === "PAYLOAD_TOO_LARGE") {
    const place = isArray && error instanceof DsiemError && "index" in error ? `Event ${error.index}: ` : "";
    return { status: 413, cause: "refused_too_large", text: `${place}${text}` };
  }
  return { status: 503, cause: code === "BUS_FULL" ? "refused_bus_full" : "refused_bus_failed", text };
}

/** A message of another room as a sentence of its own, without the full stop. */
function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, "");
}
