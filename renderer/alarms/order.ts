import type { AlarmRow } from "../../engine/contract/console/alarms.ts";

const KEYS: Readonly<Record<string, (row: AlarmRow) => number | string>> = {
  updated: (row) => row.updated,
  created: (row) => row.created,
  risk: (row) => row.risk,
  title: (row) => row.title.toLowerCase(),
  status: (row) => row.status.toLowerCase(),
  tag: (row) => row.tag.toLowerCase(),
  source: (row) => row.src,
  target: (row) => row.dst,
  events: (row) => row.events,
  stage: (row) => row.stage,
  kingdom: (row) => row.kingdom.toLowerCase(),
  category: (row) => row.category.toLowerCase(),
  directive: (row) => row.directiveId ?? 0,
  id: (row) => row.id,
};

/** Where the server would put a row among others, for rows that come between two pages. `sort` as the API has it. */
export function compareBy(sort: string): (a: AlarmRow, b: AlarmRow) => number {
  const descending = sort.startsWith("-");
  const key = KEYS[sort.replace(/^-/, "")] ?? KEYS.updated;
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const [one, other] = [key?.(a) ?? 0, key?.(b) ?? 0];
    if (one !== other) return (one < other ? -1 : 1) * sign;
    return (a.created - b.created) * sign;
  };
}
