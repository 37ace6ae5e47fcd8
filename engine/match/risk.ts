/**
 * The risk that a finished stage gives an alarm: priority × reliability × asset value ÷ 25, rounded down, in exact
 * integers and without a clamp (engine.md §8; MUST DIFFER: Dsiem-rs computes in 8 bits). The product is at most
 * 5 × 10 × 255, so doubles hold it exactly.
 */
export function riskOf(priority: number, reliability: number, assetValue: number): number {
  return Math.floor((priority * reliability * assetValue) / 25);
}

export type RiskClass = "Low" | "Medium" | "High";

/** Low below `medRiskMin`, Medium up to and including `medRiskMax`, High above (engine.md §8). */
export function riskClassOf(risk: number, medRiskMin: number, medRiskMax: number): RiskClass {
  if (risk < medRiskMin) return "Low";
  return risk <= medRiskMax ? "Medium" : "High";
}
