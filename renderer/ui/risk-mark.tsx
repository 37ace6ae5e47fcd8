import type { ReactNode } from "react";
import { RISK_WORDS, type RiskClass } from "./risk.ts";

const GLYPHS: Readonly<Record<RiskClass, ReactNode>> = {
  high: <path d="M5 .8 9.6 9.2H.4z" />,
  medium: <path d="M5 .3 9.7 5 5 9.7.3 5z" />,
  low: <circle cx="5" cy="5" r="4" />,
  none: <circle cx="5" cy="5" r="3.4" fill="none" strokeWidth="1.4" />,
};

export function RiskGlyph({ risk }: { risk: RiskClass }) {
  return (
    <svg className={`risk-glyph ${risk}`} viewBox="0 0 10 10" aria-hidden="true">
      {GLYPHS[risk]}
    </svg>
  );
}

interface RiskProps {
  risk: number;
  riskClass: RiskClass;
  /** `large` for the head of an alarm; `narrow` leaves the word to the accessible name. */
  size?: "large" | "narrow";
}

/** Glyph, number and word: risk is never told by colour alone. */
export function RiskMark({ risk, riskClass, size }: RiskProps) {
  const word = RISK_WORDS[riskClass];
  return (
    <span className={`risk ${riskClass} ${size ?? ""}`}>
      <RiskGlyph risk={riskClass} />
      <b>{risk}</b>
      {size === "narrow" ? <span className="off-screen">{word}</span> : ` ${word}`}
    </span>
  );
}

/** Risk now, and what it would be with the next stage. */
export function RiskNext({ now, next }: { now: RiskProps; next: RiskProps | undefined }) {
  return (
    <span className="risk-next">
      <RiskMark {...now} size="narrow" />
      {next === undefined ? null : (
        <>
          <span aria-hidden="true">→</span>
          <span className="off-screen">, next </span>
          <RiskMark risk={next.risk} riskClass={next.riskClass} />
        </>
      )}
    </span>
  );
}
