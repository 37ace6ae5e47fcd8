import type { Tally } from "../../engine/contract/console/overview.ts";
import { alarmsRoute, href } from "../ui/links.ts";
import { numberText } from "../ui/number-text.ts";
import { StatusMark } from "../ui/status-mark.tsx";
import { ValueText } from "../ui/value-text.tsx";

interface StatusCardProps {
  statuses: readonly Tally[];
  tags: readonly Tally[];
  /** The configured statuses in their order. */
  names: readonly string[];
  t: string;
}

/** All alarms of the range by what analysts said of them. */
export function StatusCard({ statuses, tags, names, t }: StatusCardProps) {
  const inOrder = statuses.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  const highest = Math.max(0, ...[...statuses, ...tags].map(({ count }) => count));
  return (
    <section className="card statuses" aria-label="Status and tag">
      <header>
        <h2>Status and tag</h2>
      </header>
      <Tallies tallies={inOrder} highest={highest} t={t} statuses={names} />
      <hr />
      <Tallies tallies={tags} highest={highest} t={t} />
    </section>
  );
}

interface TalliesProps {
  tallies: readonly Tally[];
  highest: number;
  t: string;
  statuses?: readonly string[];
}
function Tallies({ tallies, highest, t, statuses }: TalliesProps) {
  if (tallies.length === 0) return <p className="card-none t3">No alarm in this time.</p>;
  return (
    <ul>
      {tallies.map(({ name, count, q }) => (
        <li key={name} className="tally">
          <a className="grow clip" href={href(alarmsRoute({ q, t }))}>
            {statuses === undefined ? (
              <ValueText text={name === "" ? "no tag" : name} most={60} />
            ) : (
              <StatusMark status={name} statuses={statuses} />
            )}
          </a>
          <span className="meter tally-bar" aria-hidden="true">
            <i style={{ width: `${(count / Math.max(1, highest)) * 100}%` }} />
          </span>
          <span className="num tally-count">{numberText(count)}</span>
        </li>
      ))}
    </ul>
  );
}
