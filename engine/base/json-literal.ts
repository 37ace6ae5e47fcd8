/**
 * A text as it stands between the quotes of a JSON string. Ids and addresses are nearly always plain ASCII, and looking
 * is cheaper than `JSON.stringify`. Without its quotes, because what a text made by `+` costs is the number of its pieces:
 * the quotes belong to the constant texts around it.
 */
export function jsonInner(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(text).slice(1, -1);
  }
  return text;
}
