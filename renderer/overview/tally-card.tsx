import type { Tally } from "../../engine/contract/console/overview.ts";
import { alarmsRoute, href } from "../ui/links.ts";
import { RISK_WORDS } from "../ui/risk.ts";
import { RiskBar, RiskCounts, RiskCountsHead } from "../ui/risk-counts.tsx";
import { ValueText } from "../ui/value-text.tsx";

interface TallyCardProps {
  title: string;
  /** Addresses are set in monospace; after a title its directive's id is written. */
  kind: "title" | "address";
  tallies: readonly (Tally & { directiveId?: number | undefined })[];
  t: string;
}

/** The names with the most open alarms behind them. */
export function TallyCard({ title, kind, tallies, t }: TallyCardProps) {
  const highest = Math.max(0, ...tallies.map(({ high, medium, low }) => high + medium + low));
  return (
    <section className="card tallies" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span className="grow" />
        <RiskCountsHead />
      </header>
      {tallies.length === 0 ? <p className="card-none t3">No alarm in this time.</p> : null}
      <ul>
        {tallies.map((tally) => (
          <li key={`${tally.directiveId ?? ""} ${tally.name}`} className="tally">
            <a className="grow clip" href={href(alarmsRoute({ q: tally.q, t }))}>
              <ValueText text={tally.name} mono={kind === "address"} most={80} />
              {tally.directiveId === undefined ? null : <span className="t3 sm"> {tally.directiveId}</span>}
            </a>
            <span className="tally-bar">
              <RiskBar counts={tally} highest={highest} />
            </span>
            <RiskCounts
              counts={tally}
              routeOf={(risk) => alarmsRoute({ q: `${tally.q} class:${RISK_WORDS[risk]}`, t })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
