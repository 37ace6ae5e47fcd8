import type { BacklogRow } from "../../engine/contract/console/backlogs.ts";

/** A deadline nearer than this is about to expire, in milliseconds (design, screen 05). */
const SOON_MS = 3 * 60_000;

export const PRESETS = ["all", "expiring", "one-away", "high-next"] as const;
export type Preset = (typeof PRESETS)[number];

export const PRESET_WORDS: Readonly<Record<Preset, string>> = {
  all: "All",
  expiring: "About to expire",
  "one-away": "One event away",
  "high-next": "High risk next",
};

export function presetOf(text: string | undefined): Preset {
  return PRESETS.find((preset) => preset === text) ?? "all";
}

/** Whether a backlog belongs to a preset. `highFrom` is the least risk that is High, `now` milliseconds since the epoch. */
export function inPreset(row: BacklogRow, preset: Preset, highFrom: number, now: number): boolean {
  switch (preset) {
    case "all":
      return true;
    case "expiring":
      return row.deadline * 1000 - now <= SOON_MS;
    case "one-away":
      return oneEventAway(row);
    case "high-next":
      return row.nextRisk !== undefined && row.nextRisk >= highFrom;
  }
}

export function oneEventAway(row: Pick<BacklogRow, "count" | "occurrence">): boolean {
  return row.occurrence - row.count === 1;
}
