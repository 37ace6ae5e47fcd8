import type { DirectiveRow } from "../../engine/contract/console/directives.ts";

/* Which directives the list shows, and in which order. */

export const PRESETS = [
  { value: "all", label: "All" },
  { value: "enabled", label: "Enabled" },
  { value: "disabled", label: "Disabled" },
  { value: "problems", label: "Problems" },
  { value: "never", label: "Can't alarm" },
  { value: "silent", label: "Silent 24 h" },
] as const;
export type Preset = (typeof PRESETS)[number]["value"];

export function presetOf(text: string | null): Preset {
  return PRESETS.find(({ value }) => value === text)?.value ?? "all";
}

const TESTS: Readonly<Record<Preset, (row: DirectiveRow) => boolean>> = {
  all: () => true,
  enabled: ({ enabled }) => enabled,
  disabled: ({ enabled }) => !enabled,
  problems: ({ problems }) => problems.length > 0,
  never: ({ enabled, highestRisk }) => enabled && highestRisk < 1,
  silent: ({ enabled, matched24h }) => enabled && matched24h === 0,
};

export function countsOf(rows: readonly DirectiveRow[]): Record<Preset, number> {
  const counts = { all: 0, enabled: 0, disabled: 0, problems: 0, never: 0, silent: 0 };
  for (const row of rows) for (const { value } of PRESETS) counts[value] += TESTS[value](row) ? 1 : 0;
  return counts;
}

/** Rows of a preset in which every word occurs: in id, name, file, node, kingdom or category, whatever the case. */
export function filtered(rows: readonly DirectiveRow[], preset: Preset, words: string): DirectiveRow[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    if (!TESTS[preset](row)) return false;
    const { id, name, file, node, kingdom, category } = row;
    const text = `${id} ${name} ${file} ${node} ${kingdom} ${category}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

const KEYS = {
  id: ({ id }) => id,
  name: ({ name }) => name.toLowerCase(),
  enabled: ({ enabled }) => Number(enabled),
  priority: ({ priority }) => priority,
  stages: ({ stages }) => stages,
  risk: ({ highestRisk }) => highestRisk,
  live: ({ live }) => live,
  matched: ({ matched24h }) => matched24h,
  alarms: ({ alarms24h }) => alarms24h,
  fired: ({ lastFired }) => lastFired ?? 0,
  problems: ({ problems }) => problems.length,
  file: ({ file }) => file,
  node: ({ node }) => node,
} as const satisfies Record<string, (row: DirectiveRow) => number | string>;

/** Sorts by a field, `-` before it for descending order; equals by id. What isn't a field is the id. */
export function sorted(rows: readonly DirectiveRow[], sort: string): DirectiveRow[] {
  const field = sort.replace(/^-/, "");
  const key = Object.hasOwn(KEYS, field) ? KEYS[field as keyof typeof KEYS] : KEYS.id;
  const sign = sort.startsWith("-") ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? a.id - b.id : (left < right ? -1 : 1) * sign;
  });
}
