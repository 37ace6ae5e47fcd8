import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";

type Factors = AlarmDetail["factors"];

/** How a stage's risk comes about, or which factors nobody wrote down. */
export type Arithmetic =
  | {
      kind: "known";
      priority: number;
      reliability: number;
      assetValue: number;
      /** The quotient before it is rounded, such as `3.2`. */
      raw: string;
      rounded: boolean;
      risk: number;
    }
  | { kind: "unknown"; missing: string[] };

/** Risk is priority × reliability × asset value ÷ 25, rounded down (engine.md §8). */
export function arithmeticOf(factors: Pick<Factors, "priority" | "assetValue">, reliability: number): Arithmetic {
  const { priority, assetValue } = factors;
  if (priority === undefined || assetValue === undefined) {
    const missing = [
      ...(priority === undefined ? ["the directive's priority"] : []),
      ...(assetValue === undefined ? ["the asset value"] : []),
    ];
    return { kind: "unknown", missing };
  }
  const product = priority * reliability * assetValue;
  const risk = Math.floor(product / 25);
  // A quotient by 25 has two decimals at most, so the text below is exact.
  return {
    kind: "known",
    priority,
    reliability,
    assetValue,
    raw: String(product / 25),
    rounded: product % 25 !== 0,
    risk,
  };
}

/** The same as one line of text, for screen readers and for copying. */
export function arithmeticText(arithmetic: Arithmetic): string {
  if (arithmetic.kind === "unknown")
    return `The risk can't be worked out: ${arithmetic.missing.join(" and ")} isn't known.`;
  const { priority, reliability, assetValue, rounded, risk } = arithmetic;
  const sum = `priority ${priority} × reliability ${reliability} × asset ${assetValue} ÷ 25 = ${risk}`;
  return rounded ? `${sum}, rounded down` : sum;
}
