/** A line of a unified difference. */
export interface DifferenceLine {
  kind: "place" | "added" | "removed" | "same";
  text: string;
  /** Its number in the file before and in the new one, where it is in them. */
  before: number | undefined;
  after: number | undefined;
}

/** More lines than anybody reads are counted instead. */
export const MOST_DIFFERENCE_LINES = 2_000;

/** Reads a unified difference; heads of files are left out. */
export function differenceLines(text: string): DifferenceLine[] {
  const lines: DifferenceLine[] = [];
  let before = 0;
  let after = 0;
  for (const line of text.split("\n")) {
    const place = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (place !== null) {
      before = Number(place[1]);
      after = Number(place[2]);
      lines.push({ kind: "place", text: line, before: undefined, after: undefined });
    } else if (lines.length === 0 || line === "" || line.startsWith("\\")) {
      // A file's head, the end of the text, or "No newline at end of file".
    } else if (line.startsWith("+")) {
      lines.push({ kind: "added", text: line.slice(1), before: undefined, after: after++ });
    } else if (line.startsWith("-")) {
      lines.push({ kind: "removed", text: line.slice(1), before: before++, after: undefined });
    } else {
      lines.push({ kind: "same", text: line.slice(1), before: before++, after: after++ });
    }
  }
  return lines;
}

/** `8 lines added, 3 removed`. */
export function differenceText(lines: readonly DifferenceLine[]): string {
  const count = (kind: DifferenceLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  const [added, removed] = [count("added"), count("removed")];
  if (added === 0 && removed === 0) return "no line differs";
  return `${added} ${added === 1 ? "line" : "lines"} added, ${removed} removed`;
}
