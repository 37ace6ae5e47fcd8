import type { ListEntry } from "../base/json-list.ts";
import { newlines, valueEnd, walkEntries } from "../base/json-text.ts";

/** The texts of the wanted rules of a directive, by their places in its list, and their lines in the file. */
export function ruleTexts(
  { text, line }: Pick<ListEntry, "text" | "line">,
  wanted: ReadonlySet<number | undefined>,
): Map<number | undefined, { text: Buffer; line: number }> {
  const texts = new Map<number | undefined, { text: Buffer; line: number }>();
  let counted = 0;
  let lineHere = line;
  walkEntries(text, 0, (key, start) => {
    if (key !== "rules" || text[start] !== 0x5b) return valueEnd(text, start);
    texts.clear();
    let place = 0;
    return walkEntries(text, start, (_, ruleStart) => {
      const ruleEnd = valueEnd(text, ruleStart);
      lineHere += newlines(text, counted, ruleStart);
      counted = ruleStart;
      if (wanted.has(place)) texts.set(place, { text: text.subarray(ruleStart, ruleEnd), line: lineHere });
      place += 1;
      return ruleEnd;
    });
  });
  return texts;
}
