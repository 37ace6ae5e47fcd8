import { numberText } from "../ui/number-text.ts";

/** As much of the answer to `POST /explain` as says what it is worth. */
interface Worth {
  basis: "now" | "then";
  silent: readonly string[];
  replayed?: number | undefined;
  caveat?: string | undefined;
}

/** Of which moment an explanation is, who is missing in it, and why it may be wrong, in sentences. */
export function explanationNotes({ basis, silent, replayed = 0, caveat }: Worth): string[] {
  const notes: string[] = [];
  if (basis === "then") {
    const were = replayed === 1 ? "retained event was" : "retained events were";
    notes.push(
      `Said of the moment at which it came: ${numberText(replayed)} ${were} replayed, and the backlogs numbered anew.`,
    );
  }
  if (caveat !== undefined) notes.push(caveat);
  if (silent.length > 0) notes.push(`Without ${silent.join(", ")}: no answer came from there.`);
  return notes;
}
