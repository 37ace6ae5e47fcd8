/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/**
 * Lines that are compared one by one; a stretch of more than so many that has changed is shown as taken out and put in as
 * a whole, which is right, if longer than it had to be.
 */
const MAX_EDITS = 800;

/** The steps that lead from one text to the other: lines that stay, go (`-`) and come (`+`). */
interface Step {
  kind: " " | "-" | "+";
  line: string;
}

/** The lines of a unified difference of two texts, with the names of the files in front; empty when they are the same. */
export function unifiedDiff(before: string, after: string, name: string): string {
  if (before === after) return "";
  const old = before.split("\n");
  const young = after.split("\n");
  let head = 0;
  while (head < old.length && head < young.length && old[head] === young[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < young.length - head &&
    old[old.length - 1 - tail] === young[young.length - 1 - tail]
  ) {
    tail += 1;
  }
  const steps = stepsOf(old.slice(head, old.length - tail), young.slice(head, young.length - tail));
  const stay = (lines: readonly string[]): Step[] => lines.map((line) => ({ kind: " ", line }));
  const from = Math.max(0, head - CONTEXT);
  const all = [
    ...stay(old.slice(from, head)),
    ...steps,
    ...stay(old.slice(old.length - tail, old.length - tail + CONTEXT)),
  ];
  return [`--- ${name}`, `+++ ${name}`, ...hunks(all, from)].join("\n");
}

/** `firstLine`: lines in front of the first step, in both texts. */
function hunks(steps: readonly Step[], firstLine: number): string[] {
  const lines: string[] = [];
  let oldLine = firstLine + 1;
  let youngLine = firstLine + 1;
  let i = 0;
  while (i < steps.length) {
    const { from, to } = hunkAt(steps, i);
    if (from === to) break;
    for (; i < from; i++) {
      oldLine += 1;
      youngLine += 1;
    }
    const hunk = steps.slice(from, to);
    const olds = hunk.filter(({ kind }) => kind !== "+").length;
    const youngs = hunk.filter(({ kind }) => kind !== "-").length;
    lines.push(`@@ -${place(oldLine, olds)} +${place(youngLine, youngs)} @@`);
    for (const { kind, line } of hunk) lines.push(`${kind}${line}`);
    oldLine += olds;
    youngLine += youngs;
    i = to;
  }
  return lines;
}

/** An empty stretch is named by the line in front of it. */
function place(line: number, count: number): string {
  return `${count === 0 ? line - 1 : line},${count}`;
}

/** The next stretch of changes with what stands around it: changes closer than twice the context are one. */
function hunkAt(steps: readonly Step[], start: number): { from: number; to: number } {
  let first = start;
  while (first < steps.length && steps[first]?.kind === " ") first += 1;
  if (first === steps.length) return { from: start, to: start };
  let last = first;
  for (let i = first; i < steps.length && i - last <= 2 * CONTEXT; i++) {
    if (steps[i]?.kind !== " ") last = i;
  }
  return { from: Math.max(start, first - CONTEXT), to: Math.min(steps.length, last + 1 + CONTEXT) };
}

/** The shortest way from one list of lines to the other (Myers), as long as it isn't too long to look for. */
function stepsOf(old: readonly string[], young: readonly string[]): Step[] {
  const trail = forward(old, young);
  if (trail === undefined) {
    return [...old.map((line): Step => ({ kind: "-", line })), ...young.map((line): Step => ({ kind: "+", line }))];
  }
  const steps: Step[] = [];
  let x = old.length;
  let y = young.length;
  for (let edits = trail.length - 1; edits >= 0; edits--) {
    const reached = trail[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -edits || (k !== edits && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : (reached.get(fromK) ?? 0);
    const fromY = edits === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      steps.push({ kind: " ", line: old[x] ?? "" });
    }
    if (edits === 0) break;
    if (down) {
      y -= 1;
      steps.push({ kind: "+", line: young[y] ?? "" });
    } else {
      x -= 1;
      steps.push({ kind: "-", line: old[x] ?? "" });
    }
  }
  return steps.reverse();
}

/** By number of edits, how far the old lines were reached on each diagonal before it; `undefined` when it takes too many. */
function forward(old: readonly string[], young: readonly string[]): Map<number, number>[] | undefined {
  const most = Math.min(old.length + young.length, MAX_EDITS);
  const reached = new Map<number, number>([[1, 0]]);
  const trail: Map<number, number>[] = [];
  for (let edits = 0; edits <= most; edits++) {
    // Only the diagonals that the step back looks at are kept.
    const before = new Map<number, number>();
    for (let k = -edits - 1; k <= edits + 1; k += 1) {
      const x = reached.get(k);
      if (x !== undefined) before.set(k, x);
    }
    trail.push(before);
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
      let x = down ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < old.length && x - k < young.length && old[x] === young[x - k]) x += 1;
      reached.set(k, x);
      if (x >= old.length && x - k >= young.length) return trail;
    }
  }
  return undefined;
}
