import type { ReplayState, ReplayTicks } from "../../../engine/contract/console/replay.ts";

/* Where things stand on the scrubber: its width is the time from the first event to the last. */

type Span = Pick<ReplayState, "first" | "last">;

/** From 0 to 1; what is outside of the recording stands at its end. */
export function placeOf(at: number | undefined, { first, last }: Span): number {
  if (at === undefined || first === undefined || last === undefined || last <= first) return 0;
  return Math.min(1, Math.max(0, (at - first) / (last - first)));
}

/** The step that a place stands for: the last whose clock isn't beyond it. */
export function stepAt(place: number, { steps }: ReplayTicks): number {
  const index = Math.min(steps.length - 1, Math.max(0, Math.floor(place * steps.length)));
  return steps[index] ?? 0;
}

/** Height of a part's tick from 0 to 1: by the logarithm, so that one event beside a thousand is still seen. */
export function tickHeights({ counts }: ReplayTicks): number[] {
  const most = Math.max(0, ...counts);
  return counts.map((each) => (each === 0 ? 0 : 0.4 + (0.6 * Math.log1p(each)) / Math.log1p(most)));
}

/** Times under the axis: so many, evenly, the first and the last among them. */
export function axisTimes({ first, last }: Span, most: number): number[] {
  if (first === undefined || last === undefined) return [];
  if (last <= first) return [first];
  return Array.from({ length: most }, (_, index) => first + ((last - first) * index) / (most - 1));
}

export interface PlacedMark {
  step: number;
  place: number;
  kind: ReplayState["marks"][number]["kind"];
  sentence: string;
}

/** Marks that can be told apart: of several within a hundredth of the width the gravest stays. */
export function placedMarks(marks: ReplayState["marks"], span: Span): PlacedMark[] {
  const GRAVITY = { alarm: 2, stage: 1, expired: 0 } as const;
  const byPlace = new Map<number, PlacedMark>();
  for (const { step, at, kind, sentence } of marks) {
    const mark = { step, place: placeOf(at, span), kind, sentence };
    const slot = Math.round(mark.place * 100);
    const other = byPlace.get(slot);
    if (other === undefined || GRAVITY[kind] > GRAVITY[other.kind]) byPlace.set(slot, mark);
  }
  return [...byPlace.values()].sort((a, b) => a.place - b.place);
}
