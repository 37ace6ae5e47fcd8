import type { RiskFactors } from "../contract/explain.ts";
import { arithmetic } from "./expectations.ts";
import { listed } from "./texts.ts";

/** Why a risk is 0: the arithmetic, and what of it is to blame. */
export function zeroRiskReason(factors: RiskFactors, addresses: readonly string[]): string {
  const { reliability, assetValue } = factors;
  const sum = `its risk is ${arithmetic(factors)}`;
  if (reliability === 0) return `${sum}, and a reliability of 0 never gives more`;
  if (assetValue > 0) return `${sum}, rounded down`;
  const [first, second] = addresses;
  if (second === undefined) return `${sum}, and ${first ?? "its address"} has no asset value`;
  if (addresses.length === 2) return `${sum}, and neither ${first} nor ${second} has an asset value`;
  return `${sum}, and none of its addresses has an asset value: ${listed(addresses, addresses.length)}`;
}
