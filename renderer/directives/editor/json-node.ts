import { jsonLanguage } from "@codemirror/lang-json";

/*
 * A JSON text as a tree that knows where everything stands. It is read by the editor's own parser, which goes on behind
 * an error: a text that is being typed has one most of the time, and diagram and form should follow all the same.
 */

type SyntaxNode = ReturnType<typeof jsonLanguage.parser.parse>["topNode"];

interface Span {
  from: number;
  to: number;
}
export interface JsonField extends Span {
  key: string;
  keyFrom: number;
  keyTo: number;
  /** Missing while it isn't written yet. */
  value: JsonNode | undefined;
}
export interface JsonObject extends Span {
  kind: "object";
  fields: JsonField[];
}
export interface JsonList extends Span {
  kind: "list";
  items: JsonNode[];
}
interface JsonScalar extends Span {
  kind: "scalar";
  /** Undefined when it isn't one. */
  value: unknown;
}
export type JsonNode = JsonObject | JsonList | JsonScalar;

/** A way from the root to a value: names of fields, and places in lists from 0. */
export type JsonPath = readonly (string | number)[];

/** The root of a text; undefined when there is nothing in it. */
export function parseJson(text: string): JsonNode | undefined {
  const { topNode } = jsonLanguage.parser.parse(text);
  for (let node = topNode.firstChild; node !== null; node = node.nextSibling) {
    const found = nodeOf(node, text);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nodeOf(node: SyntaxNode, text: string): JsonNode | undefined {
  const { from, to } = node;
  switch (node.name) {
    case "Object":
      return { kind: "object", from, to, fields: childrenOf(node, (child) => fieldOf(child, text)) };
    case "Array":
      return { kind: "list", from, to, items: childrenOf(node, (child) => nodeOf(child, text)) };
    case "String":
    case "Number":
    case "True":
    case "False":
    case "Null":
      return { kind: "scalar", from, to, value: parsed(text.slice(from, to)) };
    default:
      return undefined;
  }
}

function fieldOf(node: SyntaxNode, text: string): JsonField | undefined {
  const name = node.name === "Property" ? node.getChild("PropertyName") : null;
  if (name === null) return undefined;
  const key = parsed(text.slice(name.from, name.to));
  if (typeof key !== "string") return undefined;
  const [value] = childrenOf(node, (child) => nodeOf(child, text));
  return { key, from: node.from, to: node.to, keyFrom: name.from, keyTo: name.to, value };
}

function childrenOf<T>(node: SyntaxNode, make: (child: SyntaxNode) => T | undefined): T[] {
  const made: T[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const one = make(child);
    if (one !== undefined) made.push(one);
  }
  return made;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a tree says, as `JSON.parse` would; what can't be read is left out. */
export function valueIn(node: JsonNode | undefined): unknown {
  switch (node?.kind) {
    case "object":
      return Object.fromEntries(node.fields.map(({ key, value }) => [key, valueIn(value)]));
    case "list":
      return node.items.map(valueIn);
    case "scalar":
      return node.value;
    default:
      return undefined;
  }
}

/** Of two fields of one name the last counts, as for `JSON.parse`. */
export function fieldNamed(node: JsonNode | undefined, name: string | number): JsonField | undefined {
  return node?.kind === "object" ? node.fields.findLast(({ key }) => key === name) : undefined;
}

export function nodeAt(root: JsonNode | undefined, path: JsonPath): JsonNode | undefined {
  let node = root;
  for (const step of path) {
    node = node?.kind === "list" && typeof step === "number" ? node.items[step] : fieldNamed(node, step)?.value;
  }
  return node;
}

/** The innermost value or name that a character belongs to, and the way to it. */
export function placeAt(
  root: JsonNode | undefined,
  offset: number,
): { path: JsonPath; from: number; to: number; on: "key" | "value" } | undefined {
  const path: (string | number)[] = [];
  let node = root;
  for (;;) {
    if (node?.kind === "object") {
      const field: JsonField | undefined = node.fields.find(({ from, to }) => from <= offset && offset <= to);
      if (field === undefined) return undefined;
      path.push(field.key);
      if (offset <= field.keyTo) return { path, from: field.keyFrom, to: field.keyTo, on: "key" };
      node = field.value;
    } else if (node?.kind === "list") {
      const index: number = node.items.findIndex(({ from, to }) => from <= offset && offset <= to);
      if (index === -1) return path.length === 0 ? undefined : { path, from: node.from, to: node.to, on: "value" };
      path.push(index);
      node = node.items[index];
    } else {
      return node === undefined || offset < node.from || offset > node.to
        ? undefined
        : { path, from: node.from, to: node.to, on: "value" };
    }
  }
}
