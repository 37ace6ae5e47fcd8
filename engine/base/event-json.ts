import type { NormalizedEvent } from "../contract/event.ts";

/**
 * The event as the frontend publishes it (engine.md §2): known fields only, canonical spellings, integers without
 * exponent or fraction, each key once. Texts and numbers that are empty or 0 are left out; `conn_id`, `rcvd_time` and
 * `carrier` are always there.
 *
 * The event must come from `readEvent`, whose strings are well-formed. `rcvdTime` is written as it is: see
 * `rcvdTimeText`. `escapeFree` says that the JSON text the event was read from holds no backslash: then no string of
 * it holds a quote, a backslash or a control character, and searching them all again, a fifth of the cost of an event
 * at the door, is left out.
 */
export function eventJson(
  event: NormalizedEvent,
  connId: number,
  rcvdTime: string,
  carrier?: Readonly<Record<string, string>>,
  escapeFree = false,
): string {
  // Few and long pieces: what a string made by `+` costs is the number of its pieces, once it becomes bytes. So the
  // texts come first, and each brings the closing quote of the one before it.
  let json =
    '{"event_id":"' +
    inner(event.event_id, escapeFree) +
    '","timestamp":"' +
    event.timestamp +
    '","sensor":"' +
    inner(event.sensor, escapeFree) +
    '","title":"' +
    inner(event.title, escapeFree) +
    '","src_ip":"' +
    event.src_ip +
    '","dst_ip":"' +
    event.dst_ip;
  json = withText(json, '","product":"', event.product, escapeFree);
  json = withText(json, '","category":"', event.category, escapeFree);
  json = withText(json, '","subcategory":"', event.subcategory, escapeFree);
  json = withText(json, '","protocol":"', event.protocol, escapeFree);
  json = withText(json, '","custom_label1":"', event.custom_label1, escapeFree);
  json = withText(json, '","custom_data1":"', event.custom_data1, escapeFree);
  json = withText(json, '","custom_label2":"', event.custom_label2, escapeFree);
  json = withText(json, '","custom_data2":"', event.custom_data2, escapeFree);
  json = withText(json, '","custom_label3":"', event.custom_label3, escapeFree);
  json = withText(json, '","custom_data3":"', event.custom_data3, escapeFree);
  json = withText(json, '","src_index_pattern":"', event.src_index_pattern, escapeFree);
  json += `","conn_id":${connId}`;
  json = withNumber(json, ',"plugin_id":', event.plugin_id);
  json = withNumber(json, ',"plugin_sid":', event.plugin_sid);
  json = withNumber(json, ',"src_port":', event.src_port);
  json = withNumber(json, ',"dst_port":', event.dst_port);
  return `${json},"rcvd_time":${rcvdTime},"carrier":${carrier === undefined ? "{}" : JSON.stringify(carrier)}}`;
}

/**
 * The literal of `rcvd_time`: nanoseconds since the epoch, 19 digits from 2001 to 2286, always an integer. A double
 * can't hold that many, so the text is made from milliseconds directly; what it says below a microsecond is noise.
 */
export function rcvdTimeText(nowMs: number): string {
  const milliseconds = Math.floor(nowMs);
  if (milliseconds < 1) return "0";
  const nanoseconds = Math.floor((nowMs - milliseconds) * 1e6);
  return `${milliseconds}${String(nanoseconds).padStart(6, "0")}`;
}

function withText(json: string, opening: string, text: string, escapeFree: boolean): string {
  return text === "" ? json : json + opening + inner(text, escapeFree);
}

function withNumber(json: string, opening: string, value: number): string {
  return value === 0 ? json : json + opening + value;
}

/** The text as it stands between the quotes of a JSON string. */
function inner(text: string, escapeFree: boolean): string {
  if (escapeFree) return text;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x22 || code === 0x5c) return JSON.stringify(text).slice(1, -1);
  }
  return text;
}
