import type { Backlog } from "../backlog/backlog.ts";
import { deadlineOf } from "../backlog/expiry.ts";
import type { Attempt, AttemptVerdict } from "../contract/explain.ts";
import { matchesEvent, type Subject } from "../match/checks.ts";
import { factorsOf } from "./expectations.ts";
import { checkMatrix } from "./matrix.ts";
import { type Before, backlogSentence, beginSentence } from "./sentences.ts";
import { cut } from "./texts.ts";
import { consumes, nearnessOf, rankOf, verdictAt } from "./verdict.ts";
import { countedAt, isCheaplyValued, NoBacklog, type ViewedDirective } from "./viewed.ts";

/** Live backlogs of one directive that didn't take the event and are looked at for how near they came. */
const MAX_LOOKED_AT = 200;

/** What becomes of an event at one place: at a live backlog, or at the attempt to begin a new one. */
export interface Prediction {
  readonly backlog: Backlog | undefined;
  readonly verdict: AttemptVerdict;
  /** How far it gets with the rule that it is held against. */
  readonly nearness: number;
}

/** What becomes of an event at one directive. */
export interface DirectivePrediction {
  readonly directive: ViewedDirective;
  /** What matters most first; of those that don't match, only the nearest. */
  readonly predictions: readonly Prediction[];
  /** The backlogs that the event is really offered to, in the order in which they are. */
  readonly offered: readonly Prediction[];
  readonly begins: boolean;
  readonly interested: boolean;
}

/** A number of backlogs that may still be looked at, for one explanation. */
export interface Budget {
  backlogs: number;
}

/** The verdicts without the words. `stages` are those of today's rules that name the event. */
export function predict(
  directive: ViewedDirective,
  stages: readonly number[],
  subject: Subject,
  budget: Budget,
  wanted?: Backlog,
): DirectivePrediction {
  const { live, rules } = directive;
  const stageOf = new Map<Backlog, number>();
  live?.findOffered(stages, subject, (backlog, stage) => {
    if (!stageOf.has(backlog) || stage === backlog.stage) stageOf.set(backlog, stage);
  });
  const offered = [...stageOf]
    .sort(([a], [b]) => a.ordinal - b.ordinal)
    .map(([backlog, stage]) => predictionAt(backlog, verdictAt(backlog, stage, subject), subject));
  const consumed = offered.some(({ verdict }) => consumes(verdict));
  const first = rules[0];
  const matches = stages[0] === 1 && first !== undefined && matchesEvent(first, subject);
  const view = new NoBacklog(directive.priority);
  const begin: Prediction = {
    backlog: undefined,
    verdict: !matches ? "not matched" : consumed ? "taken by another backlog" : "backlog begun",
    nearness: first === undefined ? 0 : nearnessOf(first, subject, view),
  };
  const isWanted = ({ backlog }: Prediction): boolean => wanted !== undefined && backlog === wanted;
  const others = nearest(live?.backlogs() ?? [], stageOf, subject, budget, wanted);
  return {
    directive,
    predictions: [...offered, ...others, begin].sort(
      (a, b) => Number(isWanted(b)) - Number(isWanted(a)) || compare(a, b),
    ),
    offered,
    begins: matches && !consumed,
    interested: stages.length > 0,
  };
}

export function compare(a: Prediction, b: Prediction): number {
  return rankOf(a.verdict) - rankOf(b.verdict) || b.nearness - a.nearness;
}

function predictionAt(backlog: Backlog, verdict: AttemptVerdict, subject: Subject): Prediction {
  return { backlog, verdict, nearness: nearnessOf(backlog.rule(backlog.stage), subject, backlog) };
}

function nearest(
  backlogs: Iterable<Backlog>,
  offered: ReadonlyMap<Backlog, number>,
  subject: Subject,
  budget: Budget,
  wanted: Backlog | undefined,
): Prediction[] {
  const found: Prediction[] = [];
  if (wanted !== undefined && !offered.has(wanted)) found.push(predictionAt(wanted, "not matched", subject));
  let looked = 0;
  for (const backlog of backlogs) {
    if (looked === MAX_LOOKED_AT || budget.backlogs <= 0) break;
    looked += 1;
    budget.backlogs -= 1;
    if (offered.has(backlog) || backlog === wanted) continue;
    found.push(predictionAt(backlog, "not matched", subject));
  }
  return found;
}

/** The words to a prediction. `who` is the grammatical subject of a live backlog's sentence. */
export function attemptOf(
  prediction: Prediction,
  directive: ViewedDirective,
  subject: Subject,
  before: Before,
  who?: string,
): Attempt {
  const { backlog, verdict } = prediction;
  if (backlog === undefined) {
    const view = new NoBacklog(directive.priority);
    const stages = checkMatrix(directive.rules, subject, view);
    const [first] = directive.rules;
    return {
      ...{ verdict, stages },
      sentence: beginSentence(verdict, directive, stages, subject, before),
      ...(first !== undefined && { factors: factorsOf(first, subject, view) }),
    };
  }
  const rule = backlog.rule(backlog.stage);
  const stages = checkMatrix(backlog.rules, subject, backlog);
  return {
    backlog: {
      ...{ id: backlog.id, title: cut(backlog.title), stage: backlog.stage, stages: backlog.rules.length },
      ...{ count: countedAt(backlog, backlog.stage), occurrence: rule.rule.occurrence, deadline: deadlineOf(backlog) },
    },
    ...{ verdict, stages },
    sentence: backlogSentence(who ?? `Backlog ${backlog.id}`, verdict, backlog, stages, subject),
    ...(isCheaplyValued(backlog) && { factors: factorsOf(rule, subject, backlog) }),
  };
}
