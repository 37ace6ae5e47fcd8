import { Chunk } from "@codemirror/merge";
import { Text } from "@codemirror/state";
import { editBetween } from "./text-edits.ts";

/** In larger texts all lines between the first and the last change are counted: finding the others takes long. */
const LONGEST_COMPARED = 500_000;

/** Lines that somebody wrote, changed or took away. */
export function changedLines(saved: string, now: string): number {
  if (saved === now) return 0;
  if (now.length > LONGEST_COMPARED) {
    const edit = editBetween(saved, now);
    return edit === undefined ? 0 : Math.max(linesIn(saved.slice(edit.from, edit.to)), linesIn(edit.insert));
  }
  const [before, after] = [Text.of(saved.split("\n")), Text.of(now.split("\n"))];
  const linesOf = (doc: Text, from: number, to: number, end: number): number =>
    from === to ? 0 : doc.lineAt(Math.min(end, doc.length)).number - doc.lineAt(from).number + 1;
  return Chunk.build(before, after, { scanLimit: 500, timeout: 50 }).reduce(
    (sum, { fromA, toA, endA, fromB, toB, endB }) =>
      sum + Math.max(linesOf(before, fromA, toA, endA), linesOf(after, fromB, toB, endB)),
    0,
  );
}

function linesIn(text: string): number {
  return text.split("\n").length;
}
