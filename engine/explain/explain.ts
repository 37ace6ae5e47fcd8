import type { Backlog } from "../backlog/backlog.ts";
import type { EventInput, NormalizedEvent } from "../contract/event.ts";
import type { Explanation } from "../contract/explain.ts";
import type { Subject } from "../match/checks.ts";
import { type Budget, compare, type DirectivePrediction, predict } from "./attempts.ts";
import { directiveExplanation } from "./directive.ts";
import { whitelistVerdict } from "./door.ts";
import { noOthers, type OtherCounts, othersOf, reasonFor } from "./others.ts";
import { nobodySentence } from "./sentences.ts";
import { DEFAULT_ATTEMPTS, DEFAULT_DIRECTIVES, type ExplainOptions, type ExplainTarget } from "./target.ts";
import { viewedDirective } from "./viewed.ts";

/** Backlogs that are looked at for how near they came, so that an answer never takes long. */
const MAX_BACKLOGS = 4_000;
/** Directives that aren't interested, but look for something like the event, and are compiled to be asked. */
const MAX_RESEMBLING = 50;
/** Of these are told one by one. */
const SHOWN_RESEMBLING = 5;

/**
 * What an event will do to every directive it might concern, and why not more (operation.md §7): to be asked before the
 * correlator is given it. It uses the correlator's own look-ups and checks, and changes nothing.
 */
export function explainEvent(target: ExplainTarget, event: NormalizedEvent, options: ExplainOptions = {}): Explanation {
  const door = whitelistVerdict(event, target.inventory);
  const base = { event: wireEvent(event), door };
  if (door.kind !== "passes") return { ...base, sentence: door.sentence, directives: [], others: [] };
  const { mostDirectives = DEFAULT_DIRECTIVES, mostAttempts = DEFAULT_ATTEMPTS } = options;
  const subject = subjectOf(target, event);
  const others = noOthers();
  const predictions = predictAll(target, subject, options, others);
  const shown = predictions.slice(0, mostDirectives);
  for (const { predictions: nearest, interested } of predictions.slice(mostDirectives)) {
    for (const { verdict } of nearest.slice(0, 1)) others[reasonFor(verdict, interested)] += 1;
  }
  const directives = shown.map((each) => directiveExplanation(each, subject, mostAttempts, options.lastExpired));
  return {
    ...base,
    sentence: sentenceOf(target, subject, shown, directives, options),
    directives,
    others: othersOf(base.event, others),
  };
}

function subjectOf({ inventory }: ExplainTarget, event: NormalizedEvent): Subject {
  return { event, source: inventory.facts(event.src_ip), destination: inventory.facts(event.dst_ip) };
}

/** What matters most first. */
function predictAll(
  target: ExplainTarget,
  subject: Subject,
  options: ExplainOptions,
  others: OtherCounts,
): DirectivePrediction[] {
  const { event } = subject;
  const budget: Budget = { backlogs: MAX_BACKLOGS };
  const interested = target.interest.find(event);
  const wanted =
    options.backlogId === undefined ? undefined : findBacklog(target, options.backlogId, options.directiveId);
  const only = options.directiveId ?? wanted?.header.directiveId;
  if (only !== undefined) {
    const slot = target.slotOf(only);
    const stages = interested.find(({ owner }) => owner === slot)?.stages ?? [];
    return slot === undefined ? [] : [predict(viewedDirective(slot), stages, subject, budget, wanted)];
  }
  const predictions = interested.map(({ owner, stages }) => predict(viewedDirective(owner), stages, subject, budget));
  const resembling = target.interest.resembling(event);
  for (const { owner } of interested) resembling.delete(owner);
  const near = [...resembling]
    .slice(0, MAX_RESEMBLING)
    .map((slot) => predict(viewedDirective(slot), [], subject, budget));
  near.sort(compareDirectives);
  others.resembles += resembling.size - Math.min(near.length, SHOWN_RESEMBLING);
  others.ignores += target.loadedDirectives - interested.length - resembling.size;
  return [...predictions.sort(compareDirectives), ...near.slice(0, SHOWN_RESEMBLING)];
}

function compareDirectives(
  { predictions: [a] }: DirectivePrediction,
  { predictions: [b] }: DirectivePrediction,
): number {
  return a === undefined || b === undefined ? 0 : compare(a, b);
}

function findBacklog(target: ExplainTarget, id: string, directiveId: number | undefined): Backlog | undefined {
  for (const backlog of directiveId === undefined ? target.backlogs() : target.backlogsOf(directiveId)) {
    if (backlog.id === id) return backlog;
  }
  return undefined;
}

function sentenceOf(
  target: ExplainTarget,
  subject: Subject,
  shown: readonly DirectivePrediction[],
  [top]: Explanation["directives"],
  { directiveId, backlogId }: ExplainOptions,
): string {
  if (top !== undefined && (shown[0]?.interested === true || directiveId !== undefined || backlogId !== undefined)) {
    return top.sentence;
  }
  if (directiveId !== undefined) return `Directive ${directiveId} isn't loaded here.`;
  const nobody = nobodySentence(subject, target.loadedDirectives);
  if (top === undefined) return `${nobody}.`;
  return `${nobody}; ${lowerFirst(top.sentence)}`;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** As it is on the wire. */
function wireEvent({ seconds: _seconds, carrier, ...event }: NormalizedEvent): EventInput {
  return { ...event, ...(carrier !== undefined && { carrier: { ...carrier } }) };
}
