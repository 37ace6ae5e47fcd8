import {
  fieldNamed,
  type JsonField,
  type JsonNode,
  type JsonObject,
  type JsonPath,
  nodeAt,
  parseJson,
  valueIn,
} from "./json-node.ts";

/*
 * Changes of a JSON text that touch nothing but what they change: layout, order and fields that nobody knows stay as they
 * are. Each takes a text and gives one; what can't be done leaves it as it was.
 */

/** One replaced piece. */
export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

const spliced = (text: string, { from, to, insert }: TextEdit): string =>
  `${text.slice(0, from)}${insert}${text.slice(to)}`;

/** What turns one text into the other: all that lies between what both begin and both end with. */
export function editBetween(before: string, after: string): TextEdit | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}

/** The text with a value at a place; undefined takes the field away. `order`: the names in the order in which people expect them. */
export function withValue(text: string, path: JsonPath, value: unknown, order: readonly string[] = []): string {
  const root = parseJson(text);
  const last = path.at(-1);
  if (root === undefined || last === undefined) return text;
  const parent = nodeAt(root, path.slice(0, -1));
  if (value === undefined) return withoutPart(text, parent, last);
  const target = nodeAt(root, path);
  if (target !== undefined) return replaced(text, target, value);
  if (parent?.kind === "list") return withItem(text, path.slice(0, -1), parent.items.length, value);
  if (parent?.kind !== "object" || typeof last !== "string") return text;
  return withField(text, parent, last, value, order);
}

function replaced(text: string, target: JsonNode, value: unknown): string {
  if (JSON.stringify(valueIn(target)) === JSON.stringify(value)) return text;
  const isLong = spans(text, target);
  const insert = written(value, { indent: indentAt(text, target.from), inline: !isLong, longLists: isLong });
  return spliced(text, { from: target.from, to: target.to, insert });
}

function withField(text: string, parent: JsonObject, name: string, value: unknown, order: readonly string[]): string {
  const broken = fieldNamed(parent, name);
  if (broken !== undefined) return text;
  const anchor = anchorOf(parent, name, order);
  if (anchor === undefined) {
    const inner = `${JSON.stringify(name)}: ${written(value, ON_ONE_LINE)}`;
    const [first] = parent.fields;
    if (first === undefined) return spliced(text, { from: parent.from, to: parent.to, insert: `{ ${inner} }` });
    const space = text.slice(parent.from + 1, first.from);
    return spliced(text, { from: first.from, to: first.from, insert: `${inner},${space === "" ? " " : space}` });
  }
  const colon =
    text.slice(anchor.keyTo, anchor.value?.from ?? anchor.to).trim() === ""
      ? ": "
      : text.slice(anchor.keyTo, anchor.value?.from);
  const space = spaceBefore(text, anchor.from);
  const insert = `,${space}${JSON.stringify(name)}${colon}${written(value, ON_ONE_LINE)}`;
  return spliced(text, { from: anchor.to, to: anchor.to, insert });
}

/** The field behind which a new one is put: the nearest that people expect before it, else the last. */
function anchorOf({ fields }: JsonObject, name: string, order: readonly string[]): JsonField | undefined {
  const place = order.indexOf(name);
  if (place === -1) return fields.at(-1);
  return fields
    .filter(({ key }) => order.indexOf(key) !== -1 && order.indexOf(key) < place)
    .reduce<JsonField | undefined>(
      (best, field) => (best === undefined || order.indexOf(field.key) >= order.indexOf(best.key) ? field : best),
      undefined,
    );
}

function withoutPart(text: string, parent: JsonNode | undefined, last: string | number): string {
  const parts: readonly { from: number; to: number }[] =
    parent?.kind === "object" ? parent.fields : parent?.kind === "list" ? parent.items : [];
  const at =
    parent?.kind === "object"
      ? parent.fields.findLastIndex(({ key }) => key === last)
      : typeof last === "number"
        ? last
        : -1;
  const part = parts[at];
  if (part === undefined) return text;
  const [before, after] = [parts[at - 1], parts[at + 1]];
  if (after !== undefined) return spliced(text, { from: part.from, to: after.from, insert: "" });
  if (before !== undefined) return spliced(text, { from: before.to, to: part.to, insert: "" });
  return spliced(text, { ...part, insert: "" });
}

/** The text with one more item in a list, laid out like its neighbours. */
export function withItem(text: string, path: JsonPath, index: number, value: unknown): string {
  const list = nodeAt(parseJson(text), path);
  if (list?.kind !== "list") return text;
  const neighbour = list.items[Math.max(0, index - 1)] ?? list.items[0];
  if (neighbour === undefined) {
    const indent = indentAt(text, list.from);
    const body = written(value, { indent: `${indent}  `, inline: false, longLists: false });
    return spliced(text, { from: list.from, to: list.to, insert: `[\n${indent}  ${body}\n${indent}]` });
  }
  const space = separatorOf(text, list.items, neighbour);
  const like = {
    indent: indentAt(text, neighbour.from),
    inline: !spans(text, neighbour),
    longLists: /\[\s*\n/.test(text.slice(neighbour.from, neighbour.to)),
  };
  const body = written(value, like);
  if (index === 0)
    return spliced(text, { from: neighbour.from, to: neighbour.from, insert: `${body},${space || " "}` });
  return spliced(text, { from: neighbour.to, to: neighbour.to, insert: `,${space}${body}` });
}

/** The white space between two items of a list; of one that has a single item, what stands before it. */
function separatorOf(text: string, items: readonly JsonNode[], neighbour: JsonNode): string {
  const [, second] = items;
  const space = spaceBefore(text, (second ?? neighbour).from);
  return space === "" && spans(text, neighbour) ? " " : space;
}

/** The text with two items of a list in each other's place. */
export function withSwapped(text: string, path: JsonPath, first: number, second: number): string {
  const list = nodeAt(parseJson(text), path);
  const [a, b] =
    list?.kind === "list" ? [list.items[Math.min(first, second)], list.items[Math.max(first, second)]] : [];
  if (a === undefined || b === undefined || a === b) return text;
  return [
    text.slice(0, a.from),
    text.slice(b.from, b.to),
    text.slice(a.to, b.from),
    text.slice(a.from, a.to),
    text.slice(b.to),
  ].join("");
}

function spans(text: string, { from, to }: { from: number; to: number }): boolean {
  return text.slice(from, to).includes("\n");
}

/** The white space at the beginning of the line that a character stands on. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function spaceBefore(text: string, offset: number): string {
  return /\s*$/.exec(text.slice(0, offset))?.[0] ?? "";
}

/** How a value is laid out: on one line, or with what it holds on lines of their own. */
interface Layout {
  indent: string;
  inline: boolean;
  /** Whether lists of numbers and texts are on lines of their own, too; people rarely write them so, programs do. */
  longLists: boolean;
}

function written(value: unknown, { indent, inline, longLists }: Layout): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const isShort = isList && !longLists && value.every((item) => typeof item !== "object" || item === null);
  const [open, close] = isList ? "[]" : "{}";
  const inner = { indent: `${indent}  `, inline: inline || isShort, longLists };
  const parts = isList
    ? value.map((item: unknown) => written(item, inner))
    : Object.entries(value).map(([key, item]: [string, unknown]) => `${JSON.stringify(key)}: ${written(item, inner)}`);
  if (parts.length === 0) return `${open}${close}`;
  if (inner.inline) return isList ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  return `${open}\n${inner.indent}${parts.join(`,\n${inner.indent}`)}\n${indent}${close}`;
}

const ON_ONE_LINE: Layout = { indent: "", inline: true, longLists: false };

/** A value as a new text of several lines. */
export function newText(value: unknown): string {
  return written(value, { indent: "", inline: false, longLists: false });
}
