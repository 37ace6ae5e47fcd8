import type { EventKind } from "../contract/console/coverage.ts";
import type { NormalizedEvent } from "../contract/event.ts";

/** By what a directive would name an event: its plugin and sid where it has them, else its taxonomy (engine.md §2). */
export function kindOf(event: NormalizedEvent): EventKind {
  const { plugin_id, plugin_sid, product, category, subcategory } = event;
  if (plugin_id > 0 && plugin_sid > 0) return { kind: "plugin", pluginId: plugin_id, pluginSid: plugin_sid };
  return { kind: "taxonomy", product, category, subcategory };
}

/** Equal for events of the same kind, and for no others. */
export function kindKey(event: NormalizedEvent): string {
  const { plugin_id, plugin_sid, product, category, subcategory } = event;
  if (plugin_id > 0 && plugin_sid > 0) return `${plugin_id}/${plugin_sid}`;
  return JSON.stringify([product, category, subcategory]);
}
