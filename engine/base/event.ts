import { MAX_PLUGIN_NUMBER, type NormalizedEvent } from "../contract/event.ts";
import { canonicalAddress } from "./ip.ts";
import { parseTimestamp } from "./timestamp.ts";

/**
 * Why an event was refused (engine.md §2): `malformed` is a wrong type, an address or timestamp that can't be read, or
 * a required field that is missing; `invalid` is a well-formed event with an empty required field or neither pair.
 */
export interface EventFault {
  readonly fault: "malformed" | "invalid";
  /** Name of the field; "" when the value isn't an object at all. */
  readonly field: string;
  /** One sentence without a full stop that names the field; what it quotes of the event is escaped and short. */
  readonly message: string;
}

export function isFault(read: NormalizedEvent | EventFault): read is EventFault {
  return "fault" in read;
}

/**
 * Reads an event as a client sends it, from what `JSON.parse` gave. Never throws. Unknown fields are dropped, and so
 * are `conn_id`, `rcvd_time` and `carrier`, whatever they hold: the frontend sets its own. Every string of the result
 * is well-formed (a lone surrogate becomes U+FFFD), so that it can be published as UTF-8. `escapeFree` says that the
 * JSON text of the event holds no backslash: then it can't spell a lone surrogate, and none is looked for.
 */
export function readEvent(value: unknown, escapeFree = false): NormalizedEvent | EventFault {
  return read(value, escapeFree, false);
}

/**
 * Reads an event off the bus: like `readEvent`, with `conn_id`, `rcvd_time` and `carrier` as a frontend set them. They
 * are of use for back-pressure and tracing only, so that one of a wrong type counts as not set, and refuses nothing.
 */
export function readPublishedEvent(value: unknown): NormalizedEvent | EventFault {
  return read(value, false, true);
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Fields are read by name and nothing else of the object is looked at: a key such as `__proto__` is an ordinary
 * unknown field of what `JSON.parse` makes. All types are tested in one expression, and only an event that fails it
 * is gone through field by field to say which one was wrong.
 */
function read(value: unknown, escapeFree: boolean, published: boolean): NormalizedEvent | EventFault {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return malformed("", `an event must be a JSON object, not ${kindOf(value)}`);
  }
  const raw = value as Raw;
  const { event_id, timestamp, sensor, title, src_ip, dst_ip } = raw;
  const { plugin_id = 0, plugin_sid = 0, product = "", category = "", subcategory = "", protocol = "" } = raw;
  const { src_port = 0, dst_port = 0, custom_label1 = "", custom_data1 = "", custom_label2 = "" } = raw;
  const { custom_data2 = "", custom_label3 = "", custom_data3 = "", src_index_pattern = "" } = raw;
  if (
    typeof event_id !== "string" ||
    typeof timestamp !== "string" ||
    typeof sensor !== "string" ||
    typeof title !== "string" ||
    typeof src_ip !== "string" ||
    typeof dst_ip !== "string" ||
    typeof product !== "string" ||
    typeof category !== "string" ||
    typeof subcategory !== "string" ||
    typeof protocol !== "string" ||
    typeof custom_label1 !== "string" ||
    typeof custom_data1 !== "string" ||
    typeof custom_label2 !== "string" ||
    typeof custom_data2 !== "string" ||
    typeof custom_label3 !== "string" ||
    typeof custom_data3 !== "string" ||
    typeof src_index_pattern !== "string" ||
    !isNumberUpTo(plugin_id, MAX_PLUGIN_NUMBER) ||
    !isNumberUpTo(plugin_sid, MAX_PLUGIN_NUMBER) ||
    !isNumberUpTo(src_port, MAX_PORT) ||
    !isNumberUpTo(dst_port, MAX_PORT)
  ) {
    return wrongField(raw);
  }
  const time = parseTimestamp(timestamp);
  if (time === undefined) return malformed("timestamp", `timestamp ${quoted(timestamp)} is not ${WANTED_TIMESTAMP}`);
  const source = canonicalAddress(src_ip);
  if (source === undefined) return notAnAddress("src_ip", src_ip);
  const destination = canonicalAddress(dst_ip);
  if (destination === undefined) return notAnAddress("dst_ip", dst_ip);
  if (event_id === "") return empty("event_id");
  if (sensor === "") return empty("sensor");
  if (title === "") return empty("title");
  if ((plugin_id === 0 || plugin_sid === 0) && (product === "" || category === "")) return NO_PAIR;
  return {
    event_id: wellFormed(event_id, escapeFree),
    timestamp: time.text,
    sensor: wellFormed(sensor, escapeFree),
    title: wellFormed(title, escapeFree),
    src_ip: source,
    dst_ip: destination,
    plugin_id,
    plugin_sid,
    product: wellFormed(product, escapeFree),
    category: wellFormed(category, escapeFree),
    subcategory: wellFormed(subcategory, escapeFree),
    protocol: wellFormed(protocol, escapeFree),
    src_port,
    dst_port,
    custom_label1: wellFormed(custom_label1, escapeFree),
    custom_data1: wellFormed(custom_data1, escapeFree),
    custom_label2: wellFormed(custom_label2, escapeFree),
    custom_data2: wellFormed(custom_data2, escapeFree),
    custom_label3: wellFormed(custom_label3, escapeFree),
    custom_data3: wellFormed(custom_data3, escapeFree),
    src_index_pattern: wellFormed(src_index_pattern, escapeFree),
    conn_id: published && isNumberUpTo(raw.conn_id, Number.MAX_SAFE_INTEGER) ? raw.conn_id : 0,
    rcvd_time: published && isNumberUpTo(raw.rcvd_time, Number.MAX_VALUE) ? raw.rcvd_time : 0,
    carrier: published ? readCarrier(raw.carrier) : undefined,
    seconds: time.seconds,
  };
}

function wellFormed(text: string, escapeFree: boolean): string {
  return escapeFree ? text : text.toWellFormed();
}

const MAX_PORT = 65_535;
/** W3C trace context has two entries; what else a carrier holds is not worth more than this many. */
const MAX_CARRIER_ENTRIES = 16;

function isNumberUpTo(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}

function readCarrier(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries: [string, string][] = [];
  for (const key in value) {
    const text: unknown = (value as Raw)[key];
    if (typeof text === "string") entries.push([key, text.toWellFormed()]);
    if (entries.length === MAX_CARRIER_ENTRIES) break;
  }
  // `fromEntries` defines properties where an assignment would set the prototype for a key "__proto__".
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const REQUIRED_TEXTS = ["event_id", "timestamp", "sensor", "title", "src_ip", "dst_ip"];
const OPTIONAL_TEXTS = [
  ...["product", "category", "subcategory", "protocol", "custom_label1", "custom_data1", "custom_label2"],
  ...["custom_data2", "custom_label3", "custom_data3", "src_index_pattern"],
];
const NUMBERS: readonly (readonly [string, number])[] = [
  ["plugin_id", MAX_PLUGIN_NUMBER],
  ["plugin_sid", MAX_PLUGIN_NUMBER],
  ["src_port", MAX_PORT],
  ["dst_port", MAX_PORT],
];

/** Finds the first field of a wrong type in an event that has one. */
function wrongField(raw: Raw): EventFault {
  for (const field of REQUIRED_TEXTS) {
    if (raw[field] === undefined) return malformed(field, `${field} is missing`);
    if (typeof raw[field] !== "string") return malformed(field, `${field} must be a string, not ${kindOf(raw[field])}`);
  }
  for (const field of OPTIONAL_TEXTS) {
    const value = raw[field];
    if (value === undefined || typeof value === "string") continue;
    return malformed(field, `${field} must be a string, not ${kindOf(value)}`);
  }
  for (const [field, max] of NUMBERS) {
    const value = raw[field];
    if (value === undefined || isNumberUpTo(value, max)) continue;
    return malformed(field, `${field} must be a whole number from 0 to ${max}, not ${kindOf(value)}`);
  }
  throw new Error("broken invariant: an event failed the test of its types and none is wrong");
}

const WANTED_TIMESTAMP = "an RFC 3339 time with an offset, such as 2026-11-23T00:28:22.068Z";

const NO_PAIR: EventFault = {
  fault: "invalid",
  field: "plugin_id",
  message: "an event needs plugin_id and plugin_sid, both above 0, or product and category, both not empty",
};

function notAnAddress(field: string, text: string): EventFault {
  return malformed(field, `${field} ${quoted(text)} is not an IPv4 or IPv6 address`);
}

function malformed(field: string, message: string): EventFault {
  return { fault: "malformed", field, message };
}

function empty(field: string): EventFault {
  return { fault: "invalid", field, message: `${field} must not be empty` };
}

/** What a value is, in words that may go into a message. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "number":
    case "boolean":
      return String(value);
    case "string":
      return quoted(value);
    case "object":
      return "an object";
    default:
      return `a value of type ${typeof value}`;
  }
}

/** Short, and with quotes and control characters escaped. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
