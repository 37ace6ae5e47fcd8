import type { Backlog } from "../backlog/backlog.ts";
import { NO_ADDRESS } from "../backlog/backlog.ts";
import { fewValues } from "../backlog/few.ts";
import type { BacklogEnd } from "../backlog/sink.ts";
import { assertNever } from "../base/assert.ts";
import type { RiskFactors } from "../contract/explain.ts";
import { riskOf } from "../match/risk.ts";
import { zeroRiskReason } from "./arithmetic-reason.ts";
import { arithmetic } from "./expectations.ts";
import { expiredClause } from "./expired.ts";
import { capital, timeText } from "./texts.ts";
import { countedAt } from "./viewed.ts";

/**
 * How a backlog ended, in one sentence. It is for what a watcher of the correlator or its sink is given when a backlog
 * is removed; `atMs` is that moment.
 */
export function explainEnd(backlog: Backlog, why: BacklogEnd, atMs: number): string {
  const { stage, header } = backlog;
  const { rule } = backlog.rule(stage);
  const who = `Backlog ${backlog.id} of directive ${header.directiveId}`;
  const had = `stage ${stage} had ${countedAt(backlog, stage)} of ${rule.occurrence}`;
  const at = Math.floor(atMs / 1000);
  switch (why) {
    case "timeout":
      return `${capital(expiredClause(backlog, atMs, ` of directive ${header.directiveId}`))}.`;
    case "closed":
      return `${who} was closed by hand at ${timeText(at)} UTC: ${had}.`;
    case "unloaded":
      return `${who} ended at ${timeText(at)} UTC because its directive was removed, disabled or renamed: ${had}.`;
    case "complete": {
      const factors = factorsAtEnd(backlog);
      const complete = `${who} was complete at ${timeText(at)} UTC`;
      if (factors.risk > 0) return `${complete}, and its alarm has risk ${arithmetic(factors)}.`;
      const what = hadAlarm(backlog) ? "added nothing to its alarm" : "raised no alarm";
      return `${complete} and ${what} because ${zeroRiskReason(factors, addressesOf(backlog))}.`;
    }
    default:
      return assertNever(why, "end of a backlog");
  }
}

function factorsAtEnd(backlog: Backlog): RiskFactors {
  const { priority } = backlog;
  const { reliability } = backlog.rule(backlog.stage).rule;
  const assetValue = backlog.highestValue();
  return { priority, reliability, assetValue, risk: riskOf(priority, reliability, assetValue) };
}

/** Records are written from the first risk above 0 on. */
function hadAlarm({ createdTime }: Backlog): boolean {
  return createdTime > 0;
}

function addressesOf({ sources, destinations }: Backlog): string[] {
  const all = new Set([...fewValues(sources), ...fewValues(destinations)]);
  if (all.size > 1) all.delete(NO_ADDRESS);
  return [...all];
}
