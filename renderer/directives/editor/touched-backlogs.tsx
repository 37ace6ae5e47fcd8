import { useState } from "react";
import type { BacklogRow } from "../../../engine/contract/console/backlogs.ts";
import { useLive } from "../../client/hooks.ts";
import { DeadlineMeter } from "../../ui/deadline-meter.tsx";
import { backlogRoute, backlogsRoute, href } from "../../ui/links.ts";
import { countOf } from "../../ui/number-text.ts";
import { StageProgress } from "../../ui/stage-progress.tsx";
import { ValueText } from "../../ui/value-text.tsx";

const MOST_SHOWN = 100;

export interface TouchedBacklogs {
  rows: ReadonlyMap<string, BacklogRow>;
  total: number;
}

/** The live backlogs of a directive; undefined until they are known. */
export function useTouchedBacklogs(directive: number | undefined): TouchedBacklogs | undefined {
  const [live, setLive] = useState<TouchedBacklogs>();
  useLive("backlogs", directive === undefined ? undefined : { directive }, {
    snapshot: ({ rows, total }) => setLive({ rows: new Map(rows.map((row) => [row.id, row])), total }),
    delta: ({ rows, gone, total }) =>
      setLive((before) => {
        const now = new Map(before?.rows);
        for (const row of rows) now.set(row.id, row);
        for (const { id } of gone) now.delete(id);
        return { rows: now, total };
      }),
  });
  return live;
}

/** What a save does to backlogs that live: nothing, and that is said. */
export function keptRulesText(live: number): string {
  return live === 1
    ? "It keeps the rules it started with; new ones use these."
    : "They keep the rules they started with; new ones use these.";
}

export function TouchedBacklogList({ live, directive }: { live: TouchedBacklogs | undefined; directive: number }) {
  if (live === undefined) return <p className="lint-empty t2 sm">The backends are asked.</p>;
  if (live.total === 0) return <p className="lint-empty t2 sm">No backlog of this directive lives right now.</p>;
  const shown = [...live.rows.values()].sort((a, b) => a.deadline - b.deadline).slice(0, MOST_SHOWN);
  return (
    <>
      <ul className="lint-list">
        {shown.map((row) => (
          <li key={row.id}>
            <a className="grow clip link" href={href(backlogRoute(row.node, row.id))}>
              <ValueText text={row.title} most={120} />
            </a>
            <StageProgress {...row} events={row.count} progress="live" />
            <span className="mono t2">
              <ValueText text={row.source} mono /> → <ValueText text={row.destination} mono />
            </span>
            <DeadlineMeter since={(row.deadline - row.timeout) * 1000} until={row.deadline * 1000} />
          </li>
        ))}
      </ul>
      <p className="lint-empty t2 sm">
        <a className="count-link" href={href(backlogsRoute({ directive }))}>
          {countOf(live.total, "live backlog")}
        </a>
        . {keptRulesText(live.total)}
      </p>
    </>
  );
}
