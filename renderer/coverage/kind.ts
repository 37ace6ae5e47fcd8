import type { EventKind } from "../../engine/contract/console/coverage.ts";

/** As the table says it, and what a directive would be drafted for: `1001 / 2002911`, `Firewall · deny · tcp`. */
export function kindText(is: EventKind): string {
  if (is.kind === "plugin") return `${is.pluginId} / ${is.pluginSid}`;
  return [is.product, is.category, is.subcategory].filter((part) => part !== "").join(" · ");
}

/** Finds the events of this kind in the Events screen. */
export function kindQuery(is: EventKind): string {
  if (is.kind === "plugin") return `plugin:${is.pluginId} sid:${is.pluginSid}`;
  const terms = { product: is.product, category: is.category, subcategory: is.subcategory };
  return Object.entries(terms)
    .filter(([, value]) => value !== "")
    .map(([field, value]) => `${field}:${JSON.stringify(value)}`)
    .join(" ");
}

/** Tells kinds apart. */
export function kindId(is: EventKind): string {
  return JSON.stringify(Object.values(is));
}
