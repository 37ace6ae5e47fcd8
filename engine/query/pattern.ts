/**
 * Text as a query asks for it: the pieces between the `*`s, each of which stands for anything. One piece alone is plain
 * text; `["brute", ""]` is `brute*`.
 */
export interface Pattern {
  readonly parts: readonly [string, ...string[]];
}

export function plainPattern(text: string): Pattern {
  return { parts: [text] };
}

/** Whether nothing in it stands for anything else. */
export function isPlain({ parts }: Pattern): boolean {
  return parts.length === 1;
}

/** What upper and lower case have in common; texts are compared by it. */
export function folded(text: string): string {
  return text.toLowerCase();
}

/** Whether a text is what the pattern says, whole, whatever its case. */
export function patternEquals(pattern: Pattern): (text: string) => boolean {
  const parts = pattern.parts.map(folded);
  return (text) => matches(folded(text), parts);
}

/** Whether a text holds what the pattern says, whatever its case. */
export function patternHeld(pattern: Pattern): (text: string) => boolean {
  const parts = ["", ...pattern.parts.map(folded), ""];
  return (text) => matches(folded(text), parts);
}

/** Each piece is looked for once, from the left: no text makes this slow. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
