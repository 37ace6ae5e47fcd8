import { Icon } from "../ui/icon.tsx";
import { type RiskClass, riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { type Arithmetic, arithmeticText } from "./arithmetic.ts";

interface ArithmeticBarProps {
  arithmetic: Arithmetic;
  /** The range that counts as medium. */
  medium: readonly [number, number];
}

/** How a stage's risk comes about; the same columns in every stage, so that the eye compares downwards. */
export function ArithmeticBar({ arithmetic, medium }: ArithmeticBarProps) {
  if (arithmetic.kind === "unknown") return <p className="arith unknown">{arithmeticText(arithmetic)}</p>;
  const { priority, reliability, assetValue, raw, rounded, risk } = arithmetic;
  const riskClass: RiskClass = riskClassOf(risk, medium);
  return (
    <div className="arith">
      <span className="off-screen">{arithmeticText(arithmetic)}</span>
      <span className="arith-sum" aria-hidden="true">
        <Term value={priority} label="priority" />
        <em>×</em>
        <Term value={reliability} label="reliability" />
        <em>×</em>
        <Term value={assetValue} label="asset" />
        <em>÷</em>
        <Term value={25} label="" />
        <em>=</em>
        <span className="term raw">
          <b>{raw}</b>
          <i>{rounded ? "rounded down" : "whole"}</i>
        </span>
      </span>
      <span className="arith-risk">
        <Icon name="arrow" size={14} className="t3" />
        <RiskMark risk={risk} riskClass={riskClass} />
      </span>
    </div>
  );
}

function Term({ value, label }: { value: number; label: string }) {
  return (
    <span className="term">
      <b>{value}</b>
      <i>{label || "\u00a0"}</i>
    </span>
  );
}
