import type { KnownAnswer } from "../../../engine/contract/console/coverage.ts";
import { STICKY_MEANINGS } from "../rules.ts";
import { type CursorPlace, cursorPlace } from "./cursor-place.ts";
import { REFERRING_FIELDS } from "./fields.ts";
import { fieldNamed, type JsonNode, type JsonPath, nodeAt, parseJson, valueIn } from "./json-node.ts";
import { type FieldSchema, ownPath, schemaAt } from "./schema.ts";

/** Something that may be written where somebody types. */
export interface Suggestion {
  label: string;
  /** As it is written into the text. */
  insert: string;
  detail?: string | undefined;
  /** Rather not, when others fit as well. */
  unlikely?: boolean;
}

export interface Suggestions {
  place: CursorPlace;
  /** Whether a name is completed, behind which its colon follows. */
  isName: boolean;
  options: Suggestion[];
}

export interface Knowledge {
  schema: FieldSchema;
  /** Missing while nothing is known of the events. */
  known: KnownAnswer | undefined;
}

export function suggestionsAt(text: string, offset: number, knowledge: Knowledge): Suggestions | undefined {
  const place = cursorPlace(text, offset);
  const root = parseJson(text);
  if (place.expects === "key") return { place, isName: true, options: names(place, root, knowledge.schema) };
  if (place.expects !== "value") return undefined;
  const options = values(place, root, knowledge);
  return options.length === 0 ? undefined : { place, isName: false, options };
}

/** Names that the object hasn't yet; those of the other type of rule come last. */
function names({ path, from }: CursorPlace, root: JsonNode | undefined, schema: FieldSchema): Suggestion[] {
  const object = nodeAt(root, path);
  const here = object?.kind === "object" ? object.fields.filter((field) => field.keyFrom !== from) : [];
  const taken = new Set(here.map(({ key }) => key));
  const type = valueIn(fieldNamed(object, "type")?.value);
  const foreign = type === "PluginRule" ? TAXONOMY_FIELDS : type === "TaxonomyRule" ? PLUGIN_FIELDS : [];
  return Object.entries(schemaAt(schema, path)?.properties ?? {})
    .filter(([name]) => !taken.has(name))
    .map(([name, { description }]) => ({
      label: name,
      insert: JSON.stringify(name),
      detail: description,
      unlikely: ownPath(path).length > 0 && foreign.includes(name),
    }));
}
const PLUGIN_FIELDS = ["plugin_id", "plugin_sid"];
const TAXONOMY_FIELDS = ["product", "category", "subcategory"];

function values(place: CursorPlace, root: JsonNode | undefined, { schema, known }: Knowledge): Suggestion[] {
  const isItem = place.field === undefined;
  const path: JsonPath = isItem ? place.path : [...place.path, place.field ?? ""];
  const field = String(path.at(-1) ?? "");
  const rule = nodeAt(root, path.slice(0, -1));
  const found = ownPath(path).length > 1 ? ruleValues(field, rule, known) : [];
  const schemaHere = schemaAt(schema, isItem ? [...path, 0] : path);
  const taken = new Set(isItem ? listed(nodeAt(root, path)) : []);
  const all = [...found, ...schemaValues(schemaHere)];
  const seen = new Set<string>();
  return all.filter(({ insert }) => !taken.has(insert) && !seen.has(insert) && seen.add(insert));
}

function listed(node: JsonNode | undefined): string[] {
  return node?.kind === "list" ? node.items.map((item) => JSON.stringify(valueIn(item))) : [];
}

function schemaValues(schema: FieldSchema | undefined): Suggestion[] {
  if (schema?.type === "boolean") return [true, false].map((value) => ({ label: `${value}`, insert: `${value}` }));
  return [...(schema?.enum ?? []), ...(schema?.examples ?? [])].map((value) => ({
    label: String(value),
    insert: JSON.stringify(value),
  }));
}

const textOf = (label: string, detail?: string): Suggestion => ({ label, insert: JSON.stringify(label), detail });
const numberOf = (value: number, detail: string): Suggestion => ({ label: `${value}`, insert: `${value}`, detail });

function ruleValues(field: string, rule: JsonNode | undefined, known: KnownAnswer | undefined): Suggestion[] {
  const said = (name: string) => valueIn(fieldNamed(rule, name)?.value);
  switch (field) {
    case "type":
      return [textOf("PluginRule", "by plugin_id and plugin_sid"), textOf("TaxonomyRule", "by product and category")];
    case "sticky_different":
      return Object.entries(STICKY_MEANINGS).map(([name, meaning]) => textOf(name, meaning));
    case "plugin_id":
      return (known?.plugins ?? []).map(({ id, events, sids }) =>
        numberOf(id, `${sids[0]?.title ?? ""}${sids.length > 1 ? " and others" : ""} · ${events} events`),
      );
    case "plugin_sid": {
      const plugin = known?.plugins.find(({ id }) => id === said("plugin_id"));
      return (plugin?.sids ?? []).map(({ sid, title, events }) => numberOf(sid, `${title} · ${events} events`));
    }
    case "product":
      return unique((known?.taxonomies ?? []).map(({ product }) => product)).map((name) => textOf(name));
    case "category":
      return unique(taxonomies(known, said).map(({ category }) => category)).map((name) => textOf(name));
    case "subcategory":
      return [
        ...taxonomies(known, said)
          .filter(({ category }) => category === said("category"))
          .flatMap(({ subcategories }) => subcategories)
          .map(({ name, events }) => textOf(name, `${events} events`)),
        textOf("ANY", "whatever it is"),
      ];
    default:
      return REFERRING_FIELDS.some((name) => name === field) ? conditions(field, said("stage"), known) : [];
  }
}

function taxonomies(known: KnownAnswer | undefined, said: (name: string) => unknown): KnownAnswer["taxonomies"] {
  const products = said("product");
  return (known?.taxonomies ?? []).filter(
    ({ product }) => !Array.isArray(products) || products.length === 0 || products.includes(product),
  );
}

/** References to each earlier stage, and what else the field takes. */
function conditions(field: string, stage: unknown, known: KnownAnswer | undefined): Suggestion[] {
  const earlier = typeof stage === "number" ? Math.min(stage - 1, 20) : 0;
  const references = Array.from({ length: Math.max(0, earlier) }, (_, index) =>
    textOf(`:${index + 1}`, `as the first event of stage ${index + 1}`),
  );
  const own =
    field === "protocol"
      ? unique([...(known?.protocols ?? []), "TCP", "UDP", "ICMP"]).map((name) => textOf(name))
      : field === "from" || field === "to"
        ? [textOf("HOME_NET", "the networks that are yours"), textOf("!HOME_NET", "everything else")]
        : [];
  return [...references, ...own, textOf("ANY", "whatever it is")];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
