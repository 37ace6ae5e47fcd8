import { z } from "zod";

/** Largest plugin_id or plugin_sid: the largest integer that JSON numbers carry exactly here (engine.md §2). */
export const MAX_PLUGIN_NUMBER = Number.MAX_SAFE_INTEGER;

const pluginNumber = z.number().int().min(0).max(MAX_PLUGIN_NUMBER);
const port = z.number().int().min(0).max(65535);
const text = z.string();

/**
 * The normalized event as it is on the wire (engine.md §2). This schema documents the format and generates its JSON
 * schema; events themselves are read by the hand-written reader in `engine/base/event.ts`, which a test holds equal
 * to this schema, because a schema library costs more per event than everything else at the door.
 */
export const eventSchema = z.object({
  event_id: text.meta({ description: "Unique id of the event, not empty." }),
  timestamp: text.meta({ description: "RFC 3339 time of the event, with an offset." }),
  sensor: text.meta({ description: "Name of the sensor that saw it, not empty." }),
  title: text.meta({ description: "What happened, in words, not empty." }),
  src_ip: text.meta({ description: "Source address, IPv4 or IPv6." }),
  dst_ip: text.meta({ description: "Destination address, IPv4 or IPv6." }),
  plugin_id: pluginNumber.optional(),
  plugin_sid: pluginNumber.optional(),
  product: text.optional(),
  category: text.optional(),
  subcategory: text.optional(),
  protocol: text.optional(),
  src_port: port.optional(),
  dst_port: port.optional(),
  custom_label1: text.optional(),
  custom_data1: text.optional(),
  custom_label2: text.optional(),
  custom_data2: text.optional(),
  custom_label3: text.optional(),
  custom_data3: text.optional(),
  src_index_pattern: text.optional(),
  conn_id: z.number().int().min(0).optional(),
  // Nanoseconds since the epoch are beyond the integers that int() believes in: a double holds them rounded.
  rcvd_time: z.number().min(0).multipleOf(1).optional(),
  carrier: z.record(z.string(), z.string()).optional(),
});

/** What a client may send: the wire shape with every optional field still optional. */
export type EventInput = z.infer<typeof eventSchema>;

/**
 * An event as the engine holds it: every field present, addresses and the timestamp in their canonical spelling
 * (so that equal text means equal value), plus `seconds`, which is not on the wire.
 */
export interface NormalizedEvent {
  event_id: string;
  /** UTC, `2026-11-23T00:28:22.068874Z`, at most nine fraction digits. */
  timestamp: string;
  sensor: string;
  title: string;
  /** RFC 5952, lower case. */
  src_ip: string;
  dst_ip: string;
  plugin_id: number;
  plugin_sid: number;
  product: string;
  category: string;
  subcategory: string;
  protocol: string;
  src_port: number;
  dst_port: number;
  custom_label1: string;
  custom_data1: string;
  custom_label2: string;
  custom_data2: string;
  custom_label3: string;
  custom_data3: string;
  src_index_pattern: string;
  /** Running counter of the frontend that took the event in; 0 when there was none. */
  conn_id: number;
  /** Nanoseconds since the epoch, rounded to what a double holds (about a quarter of a microsecond); 0 when unset. */
  rcvd_time: number;
  /** W3C trace context, `undefined` when tracing is off. */
  carrier: Readonly<Record<string, string>> | undefined;
  /** The timestamp in whole seconds since the epoch, rounded down: what order and expiry compare (engine.md §8). */
  seconds: number;
}
