import type { CheckName, DirectiveExplanation } from "../contract/explain.ts";
import { matchesEvent, type Subject } from "../match/checks.ts";
import { attemptOf, type DirectivePrediction, type Prediction } from "./attempts.ts";
import type { LastExpired } from "./expired.ts";
import { type Before, uninterestedSentence } from "./sentences.ts";
import { consumes, nearnessOf } from "./verdict.ts";
import { NoBacklog, type ViewedDirective } from "./viewed.ts";

/** One directive's answer, with its attempts and what they were held against. */
export function directiveExplanation(
  predicted: DirectivePrediction,
  subject: Subject,
  mostAttempts: number,
  lastExpired?: LastExpired,
): DirectiveExplanation {
  const { directive, predictions, offered, interested } = predicted;
  const shown = predictions.slice(0, mostAttempts);
  const [top] = predictions;
  if (top === undefined) throw new Error(`broken invariant: nothing was predicted for directive ${directive.id}`);
  const taker = offered.find(({ verdict }) => consumes(verdict))?.backlog?.id;
  const before: Before = { taker, lastExpired };
  const attempts = shown.map((each) => attemptOf(each, directive, subject, before));
  const more = (directive.live?.backlogCount ?? 0) + 1 - attempts.length;
  const cause = causeOf(top, attempts[0]?.stages ?? []);
  return {
    ...{ directiveId: directive.id, name: directive.name, verdict: top.verdict, attempts },
    sentence:
      interested || top.backlog !== undefined
        ? directiveSentence(predicted, top, subject, before)
        : uninterestedSentence(directive, nearestStage(directive, subject), subject),
    ...(cause !== undefined && { cause }),
    ...(more > 0 && { moreAttempts: more }),
  };
}

function directiveSentence(
  { directive, offered }: DirectivePrediction,
  top: Prediction,
  subject: Subject,
  before: Before,
): string {
  const sentence = attemptOf(top, directive, subject, before, `Directive ${directive.id}`).sentence;
  const live = directive.live?.backlogCount ?? 0;
  if (top.backlog === undefined || live < 2) return sentence;
  if (top.verdict === "not matched") {
    const nearest = attemptOf(top, directive, subject, before, `backlog ${top.backlog.id}, the nearest,`).sentence;
    return `None of the ${live} backlogs of directive ${directive.id} takes it: ${nearest}`;
  }
  // More than one may take it, and each goes its own way.
  const alike = offered.filter(({ verdict }) => verdict === top.verdict).length;
  if (alike < 2)
    return attemptOf(top, directive, subject, before, `Backlog ${top.backlog.id} of directive ${directive.id}`)
      .sentence;
  return attemptOf(
    top,
    directive,
    subject,
    before,
    `Directive ${directive.id}, in backlog ${top.backlog.id} and ${alike - 1} more,`,
  ).sentence;
}

/** The check that decided against the event, or that keeps what it did from being more. */
function causeOf(
  { verdict, backlog }: Prediction,
  stages: DirectiveExplanation["attempts"][number]["stages"],
): CheckName | undefined {
  switch (verdict) {
    case "sticky value seen":
      return "sticky";
    case "out of order":
      return "order";
    case "recorded":
    case "counted before":
      return "occurrence";
    case "complete without risk":
      return "risk";
    case "not matched": {
      const held = backlog?.stage ?? 1;
      return stages.find(({ stage }) => stage === held)?.firstFailing;
    }
    default:
      return undefined;
  }
}

/** The stage whose interest comes nearest to the event. */
function nearestStage(directive: ViewedDirective, subject: Subject): number {
  const view = new NoBacklog(directive.priority);
  let nearest = { stage: 1, nearness: -1 };
  for (const rule of directive.rules) {
    if (matchesEvent(rule, subject)) continue;
    const nearness = nearnessOf(rule, subject, view);
    if (nearness > nearest.nearness) nearest = { stage: rule.stage, nearness };
  }
  return nearest.stage;
}
