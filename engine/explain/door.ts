import { isFault, readEvent } from "../base/event.ts";
import { eventJson } from "../base/event-json.ts";
import { findJsonFault } from "../base/json-fault.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { DoorVerdict } from "../contract/explain.ts";
import { MAX_LINK_PAYLOAD_BYTES } from "../contract/limits.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { cut } from "./texts.ts";

export interface DoorOptions {
  /** What the bus takes in one message; what `link` takes unless it is given. */
  maxEventBytes?: number | undefined;
  /** Events per second that the door lets in, where it refused this event for being one too many. */
  overRate?: number | undefined;
}

type Refused = Extract<DoorVerdict, { kind: "refused" }>;

/**
 * What the door does with one event, and the backends with its source (engine.md §3 and §4): bytes as a client sends
 * them, or what `JSON.parse` made of them.
 */
export function explainDoor(raw: unknown, inventory: Inventory, options: DoorOptions = {}): DoorVerdict {
  const read = readAtDoor(raw, options);
  return "kind" in read ? read : whitelistVerdict(read, inventory);
}

/** The event as the door writes it, or its refusal. */
export function readAtDoor(raw: unknown, options: DoorOptions = {}): NormalizedEvent | Refused {
  const { maxEventBytes = MAX_LINK_PAYLOAD_BYTES, overRate } = options;
  if (overRate !== undefined) {
    return refused(
      429,
      `the frontend took in as many events as its limit of ${overRate} per second allows, and this one came on top`,
    );
  }
  const parsed = parse(raw);
  if ("kind" in parsed) return parsed;
  const event = readEvent(parsed.value);
  if (isFault(event)) return refused(event.fault === "invalid" ? 418 : 400, event.message, event.field);
  // The receiving time and the number that the door adds have so many digits.
  const bytes = Buffer.byteLength(eventJson(event, 0, "0".repeat(19), undefined, false));
  if (bytes > maxEventBytes) return refused(413, `the event takes ${bytes} bytes, and the bus takes ${maxEventBytes}`);
  return event;
}

function parse(raw: unknown): { value: unknown } | Refused {
  const bytes = raw instanceof Uint8Array ? raw : new TextEncoder().encode(JSON.stringify(raw) ?? "");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return refused(400, "the body isn't UTF-8 text");
    const fault = findJsonFault(bytes);
    const place = fault === undefined ? "" : ` at line ${fault.line}, column ${fault.column}: ${cut(fault.message)}`;
    return refused(400, `the body isn't JSON${place}`);
  }
  const fault = findJsonFault(bytes);
  return fault === undefined ? { value } : refused(400, cut(fault.message));
}

function refused(status: number, why: string, field = ""): Refused {
  const sentence = `The door refuses the event with ${status}: ${why.replace(/\.$/, "")}.`;
  return { kind: "refused", status, sentence, ...(field !== "" && { field }) };
}

/** Backends skip every event of a whitelisted source, whatever directives look for. */
export function whitelistVerdict({ src_ip }: NormalizedEvent, inventory: Inventory): DoorVerdict {
  if (!inventory.facts(src_ip).whitelisted) return { kind: "passes" };
  const network = inventory.containing(src_ip).find(({ whitelisted }) => whitelisted)?.text ?? src_ip;
  return {
    kind: "whitelisted",
    sentence: `No directive gets to see the event because its source ${src_ip} is in ${network}, which is whitelisted.`,
    network,
  };
}
