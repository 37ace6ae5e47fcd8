import { Chunk } from "@codemirror/merge";
import { Text } from "@codemirror/state";

/** Lines that somebody wrote, changed or took away. */
export function changedLines(saved: string, now: string): number {
  if (saved === now) return 0;
  const [before, after] = [Text.of(saved.split("\n")), Text.of(now.split("\n"))];
  const linesOf = (doc: Text, from: number, to: number, end: number): number =>
    from === to ? 0 : doc.lineAt(Math.min(end, doc.length)).number - doc.lineAt(from).number + 1;
  return Chunk.build(before, after, { scanLimit: 500, timeout: 50 }).reduce(
    (sum, { fromA, toA, endA, fromB, toB, endB }) =>
      sum + Math.max(linesOf(before, fromA, toA, endA), linesOf(after, fromB, toB, endB)),
    0,
  );
}
