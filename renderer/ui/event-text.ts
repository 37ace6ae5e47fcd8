import type { EventInput } from "../../engine/contract/event.ts";

/** `10.0.0.1:443`; six-part addresses in brackets, no port where there is none. */
export function endpointText(address: string, port: number | undefined): string {
  if (port === undefined || port === 0) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What the event is by its sender: `1001 / 5`, or `squid / Web`. */
export function kindText(event: Pick<EventInput, "plugin_id" | "plugin_sid" | "product" | "category">): string {
  if (event.plugin_id !== undefined && event.plugin_id !== 0) return `${event.plugin_id} / ${event.plugin_sid ?? 0}`;
  const parts = [event.product, event.category].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? "–" : parts.join(" / ");
}

/** Custom data with their labels, one after the other: `user admin, method password`. */
export function customText(event: EventInput): string {
  const pairs: [string | undefined, string | undefined][] = [
    [event.custom_label1, event.custom_data1],
    [event.custom_label2, event.custom_data2],
    [event.custom_label3, event.custom_data3],
  ];
  return pairs
    .filter(([, data]) => data !== undefined && data !== "")
    .map(([label, data]) => (label === undefined || label === "" ? data : `${label} ${data}`))
    .join(", ");
}
