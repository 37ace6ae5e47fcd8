/* What the form's fields show of a directive, and what is written when one is filled in. */

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field as people write it: lists with commas, what isn't there as nothing. */
export function fieldText(fields: unknown, name: string): string {
  const value = isFields(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (Array.isArray(value))
    return value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ");
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function isOn(fields: unknown, name: string): boolean {
  return isFields(fields) && fields[name] === true;
}

/** How the text of a field is read. */
export type FieldKind = "text" | "number" | "numbers" | "texts";

/** The value that a text stands for, or why it stands for none; `value` undefined: the field is left out. */
export function readField(kind: FieldKind, text: string, optional: boolean): { value: unknown } | { fault: string } {
  const trimmed = text.trim();
  if (optional && trimmed === "") return { value: undefined };
  switch (kind) {
    case "text":
      return { value: text };
    case "number":
      return isCount(trimmed) ? { value: Number(trimmed) } : { fault: "A whole number is expected." };
    case "texts":
      return { value: items(text) };
    case "numbers": {
      const found = items(text);
      const odd = found.find((item) => !isCount(item));
      return odd === undefined ? { value: found.map(Number) } : { fault: `"${odd}" is no whole number.` };
    }
  }
}

function items(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function isCount(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
