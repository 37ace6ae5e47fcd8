import type { ConfigFile } from "../base/config-file.ts";
import { isObject } from "../base/expected.ts";
import { type ListEntry, readListFile } from "../base/json-list.ts";
import { valueEnd, walkEntries } from "../base/json-text.ts";

/** Bytes of a file that are replaced by a text. */
interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Where a field of an object stands: its name, and its value. Offsets into the object's own text. */
interface FieldPlace {
  key: string;
  keyFrom: number;
  from: number;
  to: number;
}

/**
 * The file with these directives enabled or disabled. Only the field `disabled` is touched: layout, order and fields that
 * nobody knows stay as they are.
 */
export function withEnabled(file: ConfigFile, ids: ReadonlySet<number>, enabled: boolean): Uint8Array {
  const edits: Edit[] = [];
  readListFile(file, "directives", (entry) => {
    if (isObject(entry.value) && typeof entry.value.id === "number" && ids.has(entry.value.id)) {
      const edit = disabledEdit(entry.text, !enabled);
      if (edit !== undefined) edits.push(moved(edit, offsetOf(file, entry)));
    }
    return true;
  });
  return edited(file.bytes, edits);
}

/** The file with a disabled copy of a directive right behind it; `undefined` when it has none of this id. */
export function withCopy(file: ConfigFile, id: number, newId: number): Uint8Array | undefined {
  let copy: Edit | undefined;
  readListFile(file, "directives", (entry) => {
    if (!isObject(entry.value) || entry.value.id !== id) return true;
    const at = offsetOf(file, entry);
    const text = copyOf(entry.text, entry.value, newId);
    const end = at + entry.text.length;
    copy = { from: end, to: end, text: `,${spaceBefore(file.bytes, at) || " "}${text}` };
    return false;
  });
  return copy && edited(file.bytes, [copy]);
}

function copyOf(text: Buffer, value: Record<string, unknown>, newId: number): string {
  const fields = fieldsOf(text);
  const edits: Edit[] = [];
  const id = lastOf(fields, "id");
  const name = lastOf(fields, "name");
  const disabled = disabledEdit(text, true);
  if (id !== undefined) edits.push({ from: id.from, to: id.to, text: String(newId) });
  if (name !== undefined && typeof value.name === "string") {
    edits.push({ from: name.from, to: name.to, text: JSON.stringify(`${value.name} (copy)`) });
  }
  if (disabled !== undefined) edits.push(disabled);
  return Buffer.from(edited(text, edits)).toString("utf8");
}

/** What makes a directive disabled or not; `undefined` when it is so already. */
function disabledEdit(text: Buffer, disabled: boolean): Edit | undefined {
  const fields = fieldsOf(text);
  const field = lastOf(fields, "disabled");
  if (field !== undefined) {
    const said = text.toString("utf8", field.from, field.to);
    return said === String(disabled) ? undefined : { from: field.from, to: field.to, text: String(disabled) };
  }
  const id = lastOf(fields, "id") ?? fields[0];
  if (!disabled || id === undefined) return undefined;
  const space = spaceBefore(text, id.keyFrom);
  const colon = text.toString("utf8", id.keyFrom, id.from).endsWith(" ") ? ": " : ":";
  // A compact line keeps to itself: {"id":1,"disabled":true,…}, { "id": 1, "disabled": true, … }.
  return { from: id.to, to: id.to, text: `,${space === "" && colon === ": " ? " " : space}"disabled"${colon}true` };
}

function fieldsOf(text: Buffer): FieldPlace[] {
  const fields: FieldPlace[] = [];
  walkEntries(text, 0, (key, from) => {
    const to = valueEnd(text, from);
    if (key !== undefined && to > 0) fields.push({ key, keyFrom: keyStart(text, from), from, to });
    return to;
  });
  return fields;
}

/** Of two fields of one name the last counts, as for `JSON.parse`. */
function lastOf(fields: readonly FieldPlace[], key: string): FieldPlace | undefined {
  return fields.findLast((field) => field.key === key);
}

/** Where the name in front of a value begins: behind the colon's other side, at its opening quote. */
function keyStart(text: Uint8Array, valueFrom: number): number {
  const closing = text.lastIndexOf(0x22, text.lastIndexOf(0x3a, valueFrom - 1));
  let opening = closing - 1;
  while (opening > 0 && (text[opening] !== 0x22 || isEscaped(text, opening))) opening -= 1;
  return opening;
}

function isEscaped(text: Uint8Array, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}

/** The white space right before an offset: the line end and the indentation that its neighbours have, too. */
function spaceBefore(text: Uint8Array, at: number): string {
  let from = at;
  while (from > 0 && isSpace(text[from - 1])) from -= 1;
  return Buffer.from(text.subarray(from, at)).toString("latin1");
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function offsetOf(file: ConfigFile, { text }: ListEntry): number {
  return text.byteOffset - file.bytes.byteOffset;
}

function moved({ from, to, text }: Edit, by: number): Edit {
  return { from: from + by, to: to + by, text };
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { from, to, text } of edits.toSorted((a, b) => a.from - b.from)) {
    parts.push(bytes.subarray(at, from), Buffer.from(text));
    at = to;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}
