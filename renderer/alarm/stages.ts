import type { AlarmRule } from "../../engine/contract/alarm.ts";
import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { durationText } from "../ui/duration.ts";
import { type Arithmetic, arithmeticOf } from "./arithmetic.ts";

export type StageFact = AlarmDetail["stageFacts"][number];
export type StageState = StageFact["state"];

/** A stage as the stepper draws it; every stage has the same fields, so that the eye compares downwards. */
export interface StageCard {
  stage: number;
  name: string;
  state: StageState;
  events: number;
  occurrence: number;
  /** 0 to 1: events of those that finish the stage. */
  share: number;
  /** How long it took of the time it had, or what it waits for. */
  pace: string;
  from: string;
  to: string;
  /** `22`, or `1024 → 22` when the rule says where from. */
  ports: string;
  protocol: string;
  start: number | undefined;
  end: number | undefined;
  arithmetic: Arithmetic;
}

/** Stages in their order, from what the console keeps of them and from the rules of the record. */
export function stageCards(alarm: Pick<AlarmDetail, "record" | "stageFacts" | "factors">): StageCard[] {
  const rules = new Map(alarm.record.rules.map((rule) => [rule.stage, rule]));
  return [...alarm.stageFacts]
    .sort((a, b) => a.stage - b.stage)
    .map((fact) => {
      const rule = rules.get(fact.stage);
      return {
        stage: fact.stage,
        name: fact.name,
        state: fact.state,
        events: fact.events,
        occurrence: fact.occurrence,
        share: fact.occurrence > 0 ? Math.min(1, fact.events / fact.occurrence) : 0,
        pace: paceOf(fact, rule),
        from: spoken(rule?.from),
        to: spoken(rule?.to),
        ports: portsOf(rule),
        protocol: spoken(rule?.protocol),
        start: fact.start,
        end: fact.end,
        arithmetic: arithmeticOf(alarm.factors, fact.reliability),
      };
    });
}

function paceOf(fact: StageFact, rule: AlarmRule | undefined): string {
  // The first stage is done with the event that creates the backlog: it has no time to run out.
  if (fact.stage === 1 && fact.occurrence <= 1) return "opens the backlog";
  const limit = rule !== undefined && rule.timeout > 0 ? durationText(rule.timeout * 1000) : undefined;
  if (fact.state === "waiting") return limit === undefined ? "not begun" : `not begun, has ${limit}`;
  if (fact.start === undefined || fact.end === undefined) return limit === undefined ? "" : `has ${limit}`;
  const took = durationText(fact.end - fact.start);
  return limit === undefined ? took : `${took} of ${limit}`;
}

function portsOf(rule: AlarmRule | undefined): string {
  if (rule === undefined) return "not known";
  const to = spoken(rule.port_to);
  return isAny(rule.port_from) ? to : `${spoken(rule.port_from)} → ${to}`;
}

/** `ANY` as a word among words; a `:1` that nothing is bound to yet stays as it is written. */
function spoken(value: string | undefined): string {
  if (value === undefined) return "not known";
  return isAny(value) ? "any" : value;
}

function isAny(value: string): boolean {
  return value === "" || value.toUpperCase() === "ANY";
}

/** What a field that still holds a reference such as `:1` waits for; undefined for a plain value. */
export function referenceMeaning(value: string): string | undefined {
  const stage = /^!?:(\d+)$/.exec(value)?.[1];
  return stage === undefined ? undefined : `Will be what the first event of stage ${stage} has`;
}

/** Whether the record came with an import: no backend of this console has its backlog. */
export function isImported({ node }: Pick<AlarmDetail, "node">): boolean {
  return node === "imported";
}

/** One sentence under the stages: where the alarm is now. `end` is when, where that is known. */
export function closingSentence(alarm: Pick<AlarmDetail, "progress" | "stageFacts" | "node">): {
  text: string;
  at?: number;
} {
  const last = alarm.stageFacts.find((fact) => fact.state === "timeout" || fact.state === "current");
  const short = last === undefined ? 0 : Math.max(0, last.occurrence - last.events);
  const events = short === 1 ? "1 event" : `${short} events`;
  switch (alarm.progress) {
    case "complete": {
      const ends = alarm.stageFacts.flatMap((fact) => (fact.end === undefined ? [] : [fact.end]));
      const text = "Complete: every stage finished, the backlog was removed and this record is final";
      return ends.length > 0 ? { text, at: Math.max(...ends) } : { text };
    }
    case "timeout": {
      const where = last === undefined ? "" : ` in stage ${last.stage}, ${events} short`;
      const text = `Expired${where}: the backlog was removed and this record is final`;
      return last?.end !== undefined ? { text, at: last.end } : { text };
    }
    case "live":
      if (isImported(alarm))
        return { text: "Imported before it was complete: what became of its backlog isn't known here" };
      return { text: last === undefined ? "Live" : `Live: stage ${last.stage} waits for ${events} more` };
  }
}
