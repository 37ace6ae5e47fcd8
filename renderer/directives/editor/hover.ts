import { STICKY_MEANINGS } from "../rules.ts";
import { fieldNamed, nodeAt, parseJson, placeAt, valueIn } from "./json-node.ts";
import { ownPath, schemaAt } from "./schema.ts";
import { referredStage } from "./stages.ts";
import type { Knowledge } from "./suggestions.ts";

/** What is said of the word under the pointer. */
export interface HoverText {
  from: number;
  to: number;
  title: string;
  text: string;
}

export function hoverAt(text: string, offset: number, { schema, known }: Knowledge): HoverText | undefined {
  const root = parseJson(text);
  const place = placeAt(root, offset);
  if (place === undefined) return undefined;
  const { path, from, to, on } = place;
  const names = ownPath(path).filter((step) => typeof step === "string");
  const title = names.at(-1);
  if (title === undefined) return undefined;
  const about = schemaAt(schema, path.slice(0, path.lastIndexOf(title) + 1))?.description;
  const value = valueIn(nodeAt(root, path));
  const rule = nodeAt(root, path.slice(0, path.lastIndexOf(title)));
  const said = on === "value" ? valueText(title, value, (name) => valueIn(fieldNamed(rule, name)?.value)) : undefined;
  const sentences = [said, about].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? undefined : { from, to, title, text: sentences.join("\n") };

  function valueText(name: string, found: unknown, of: (name: string) => unknown): string | undefined {
    const stage = referredStage(found);
    if (stage !== undefined) return `As in the first event of stage ${stage}.`;
    if (name === "sticky_different" && typeof found === "string") return STICKY_MEANINGS[found];
    if (name === "plugin_sid" && typeof found === "number") {
      const plugin = known?.plugins.find(({ id }) => id === of("plugin_id"));
      const sid = plugin?.sids.find((each) => each.sid === found);
      if (plugin === undefined) return undefined;
      return sid === undefined
        ? `Plugin ${plugin.id} has sent no event of sid ${found} that is still kept.`
        : `${sid.title}: ${sid.events} events.`;
    }
    return undefined;
  }
}
