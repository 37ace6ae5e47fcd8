import type { AlarmEventFile } from "../../bench/lib/alarm-events.ts";
import { sleep } from "../../bench/lib/waiting.ts";
import { effectsOf, type Group } from "./groups.ts";

/** So long no line may come before the last ones count as lost, in milliseconds. */
const QUIET_MS = 5000;
const POLL_MS = 50;
/** One line too many would come within this time, in milliseconds. */
const AFTER_MS = 1000;

/** Waits until every line that has to come has come, or none comes any more. */
export async function quiet(groups: readonly Group[], file: AlarmEventFile, patienceMs = QUIET_MS): Promise<void> {
  let due = 0;
  for (const { kind, acked } of groups) {
    const steps = Array.from({ length: acked }, (_, i) => i);
    due += effectsOf(kind, steps).filter(({ stage }) => stage > 0).length;
  }
  let lines = file.count();
  let lastAt = performance.now();
  while (lines < due && performance.now() - lastAt < patienceMs) {
    await sleep(POLL_MS);
    const now = file.count();
    if (now > lines) lastAt = performance.now();
    lines = now;
  }
  await sleep(AFTER_MS);
}
