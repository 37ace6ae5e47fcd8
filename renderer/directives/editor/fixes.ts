import { orderAt } from "./fields.ts";
import type { PlacedProblem } from "./problem-places.ts";
import { withValue } from "./text-edits.ts";

/** The text with a problem mended in the way it suggests; as it was when that can't be done any more. */
export function withFix(text: string, { problem: { fix }, directive }: PlacedProblem): string {
  if (fix === undefined || directive === undefined) return text;
  return withValue(text, [...directive, ...fix.path], fix.value, orderAt(fix.path));
}
