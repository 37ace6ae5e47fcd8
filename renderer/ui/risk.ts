/** The four classes of risk; the word is always written beside the glyph. */
export type RiskClass = "high" | "medium" | "low" | "none";
export const RISK_WORDS: Readonly<Record<RiskClass, string>> = {
  high: "High",
  medium: "Medium",
  low: "Low",
  none: "None",
};

/** The class of a risk, by the inclusive range that counts as medium. */
export function riskClassOf(risk: number, [from, to]: readonly [number, number]): RiskClass {
  if (risk <= 0) return "none";
  if (risk < from) return "low";
  return risk <= to ? "medium" : "high";
}
