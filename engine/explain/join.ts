import type { DirectiveExplanation, Explanation } from "../contract/explain.ts";
import { noOthers, othersOf, reasonFor } from "./others.ts";
import { DEFAULT_DIRECTIVES } from "./target.ts";
import { rankOf } from "./verdict.ts";

/** What one backend says. */
export interface NodeExplanation {
  node: string;
  explanation: Explanation;
}

/** The answers of several backends, each with directives of its own, as one. At least one is given. */
export function joinExplanations(answers: readonly NodeExplanation[]): Explanation {
  const sorted = [...answers].sort((a, b) => compareTops(a.explanation, b.explanation));
  const [first] = sorted;
  if (first === undefined) throw new Error("broken invariant: there is no explanation to be joined");
  const { explanation } = first;
  if (explanation.door.kind !== "passes") return explanation;
  const directives = sorted
    .flatMap(({ node, explanation: each }) => each.directives.map((directive) => ({ ...directive, node })))
    .sort(compare);
  const shown = directives.slice(0, DEFAULT_DIRECTIVES);
  const others = noOthers();
  for (const { count, why } of sorted.flatMap((each) => each.explanation.others)) others[why] += count;
  for (const { verdict } of directives.slice(shown.length)) others[reasonFor(verdict, true)] += 1;
  return { ...explanation, directives: shown, others: othersOf(explanation.event ?? {}, others) };
}

/** A refusal counts for all of them; then comes who says most. */
function compareTops(a: Explanation, b: Explanation): number {
  const door = Number(b.door.kind !== "passes") - Number(a.door.kind !== "passes");
  const [topA] = a.directives;
  const [topB] = b.directives;
  if (door !== 0 || (topA === undefined && topB === undefined)) return door;
  if (topA === undefined) return 1;
  if (topB === undefined) return -1;
  // Where nobody is interested the sentence is of nobody, and not of the nearest.
  return compare(topA, topB) || Number(b.sentence === topB.sentence) - Number(a.sentence === topA.sentence);
}

function compare(a: DirectiveExplanation, b: DirectiveExplanation): number {
  return rankOf(a.verdict) - rankOf(b.verdict) || passed(b) - passed(a);
}

/** How far the nearest attempt got. */
function passed({ attempts: [nearest] }: DirectiveExplanation): number {
  const held = nearest?.stages.find(({ role }) => role === "current" || role === "opens");
  if (held === undefined) return 0;
  const failing = held.checks.findIndex(({ check }) => check === held.firstFailing);
  return failing === -1 ? held.checks.length : failing;
}
