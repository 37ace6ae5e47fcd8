import { href } from "./links.ts";
import { countCell, countOf } from "./number-text.ts";
import type { RiskClass } from "./risk.ts";
import { RiskGlyph } from "./risk-mark.tsx";
import "./risk-counts.css";

const CLASSES = ["high", "medium", "low"] as const satisfies readonly RiskClass[];
export interface RiskCountsOf {
  high: number;
  medium: number;
  low: number;
}

/** The heads of three columns of counts: the glyphs, with their words for who can't see them. */
export function RiskCountsHead() {
  return (
    <span className="risk-counts head">
      {CLASSES.map((risk) => (
        <span key={risk} title={risk[0]?.toUpperCase() + risk.slice(1)}>
          <RiskGlyph risk={risk} />
          <span className="off-screen">{risk}</span>
        </span>
      ))}
    </span>
  );
}

/** How many alarms of each class; each a link to them where `routeOf` knows one. */
export function RiskCounts({ counts, routeOf }: { counts: RiskCountsOf; routeOf?: (risk: RiskClass) => string }) {
  return (
    <span className="risk-counts">
      {CLASSES.map((risk) => {
        const count = counts[risk];
        const label = countOf(count, `${risk} alarm`);
        const level = count === 0 ? "zero" : risk;
        if (routeOf === undefined || count === 0) {
          return (
            <span key={risk} className={level}>
              <span aria-hidden="true">{countCell(count)}</span>
              <span className="off-screen">{label}</span>
            </span>
          );
        }
        return (
          <a key={risk} className={level} href={href(routeOf(risk))} aria-label={label}>
            {countCell(count)}
          </a>
        );
      })}
    </span>
  );
}

/** The same as lengths, on a scale that a whole list shares; High first, so that it is seen first. */
export function RiskBar({ counts, highest }: { counts: RiskCountsOf; highest: number }) {
  return (
    <span className="risk-bar" aria-hidden="true">
      {CLASSES.map((risk) =>
        counts[risk] === 0 ? null : (
          <i key={risk} className={risk} style={{ width: `${(counts[risk] / Math.max(1, highest)) * 100}%` }} />
        ),
      )}
    </span>
  );
}
