/** The name that a person most likely meant; `undefined` when none is close. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const name of names) {
    const edits = name.startsWith(typed) && typed.length > 1 ? 1 : editsBetween(typed, name);
    if (edits < fewest) {
      fewest = edits;
      best = name;
    }
  }
  return best;
}

/** Letters that are to be put in, left out, replaced, or swapped with their neighbour. */
function editsBetween(typed: string, name: string): number {
  const text = typed.slice(0, 40);
  let before: number[] = [];
  let row = Array.from({ length: name.length + 1 }, (_, index) => index);
  for (let i = 1; i <= text.length; i++) {
    const next = [i];
    for (let j = 1; j <= name.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (text[i - 1] === name[j - 1] ? 0 : 1);
      const isSwapped = text[i - 1] === name[j - 2] && text[i - 2] === name[j - 1];
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
