import type { ReplayTicks } from "../contract/console/replay.ts";
import type { Recording } from "./recording.ts";

/** How the events lie in time by the virtual clock, which is the highest event time so far: for the scrubber. */
export function eventTicks(recording: Recording, parts: number): ReplayTicks {
  const counts = new Array<number>(parts).fill(0);
  const steps = new Array<number>(parts).fill(0);
  const { firstMs, highestMs, count } = recording;
  if (firstMs === undefined || highestMs === undefined) return { counts, steps };
  const partMs = Math.max(1, (highestMs - firstMs) / parts);
  let clock = firstMs;
  let reached = 0;
  for (let index = 0; index < count; index++) {
    clock = Math.max(clock, recording.timeOf(index));
    const part = Math.min(parts - 1, Math.floor((clock - firstMs) / partMs));
    while (reached < part) steps[reached++] = index;
    counts[part] = (counts[part] ?? 0) + 1;
  }
  while (reached < parts) steps[reached++] = count;
  return { counts, steps };
}
