import type { Backlog } from "../backlog/backlog.ts";
import type { RawEvent } from "../base/raw-event.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { Explanation } from "../contract/explain.ts";
import { InterestIndex } from "../directive/interest-index.ts";
import { ExpiredBacklogs } from "../explain/expired.ts";
import { explainEvent } from "../explain/explain.ts";
import { joinExplanations } from "../explain/join.ts";
import { eventMs } from "./event-time.ts";
import { type Fate, fateOf, withFates } from "./fate.ts";
import type { ReplayConfig, ReplayDirective } from "./replay-config.ts";
import { ReplayFeed, readPayload } from "./replay-feed.ts";
import { ReplayLimitError } from "./replay-limits.ts";
import { ReplayRun } from "./replay-run.ts";

/** Events that are replayed before the one that is asked about, and behind it, at most. */
const MAX_EVENTS = 500_000;
/** A backlog is looked at every ten seconds: so much longer than its timeouts say it may live, for each stage. */
const LATE_SECONDS = 10;
/** How far the time at which an event came in may be behind its own, in milliseconds. */
const SLACK_MS = 60_000;

/** Which retained events are wanted: a range of engine/store/events. */
export interface RetainedRange {
  before?: number;
  after?: number;
  from?: number;
}

export interface ThenQuestion {
  /** The number of the retained event. */
  retained: number;
  directive?: number | undefined;
  nodes: readonly { node: string; config: ReplayConfig }[];
  /** The retained events of a range, the oldest first. */
  events: (range: RetainedRange) => Iterable<RawEvent>;
}

export interface ThenAnswer {
  explanation: Explanation;
  /** Events that were replayed, without this one. */
  replayed: number;
  caveat: string;
}

/**
 * What an event did at the moment at which it came, by a replay of the retained events before it: of those that concern the
 * directives that are asked about, or interested, from so far back that no backlog of theirs can be older. And what became
 * of it later. `undefined` when the event isn't retained any more.
 */
export function explainThen({ retained, directive, nodes, events }: ThenQuestion): ThenAnswer | undefined {
  const [raw] = events({ after: retained - 1, before: retained + 1 });
  const event = raw === undefined ? undefined : readPayload(raw.payload);
  if (raw === undefined || event === undefined) return undefined;
  const has = (config: ReplayConfig) => config.directives.some((each) => each.directive.id === directive);
  const asked = directive === undefined ? nodes : nodes.filter(({ config }) => has(config));
  const moments = (asked.length > 0 ? asked : nodes.slice(0, 1)).map(
    ({ node, config }) => new Moment(node, config, event, directive),
  );
  const feed = new ReplayFeed(
    moments.map(({ run }) => run),
    moments.map(({ interest }) => interest),
  );
  const from = raw.at - Math.max(0, ...moments.map(({ lifetimeMs }) => lifetimeMs)) - SLACK_MS;
  let replayed = 0;
  let limit: string | undefined;
  try {
    for (const each of events({ after: retained - 1 - MAX_EVENTS, from, before: retained })) {
      feed.push(each.payload);
      replayed += 1;
    }
  } catch (error) {
    if (!(error instanceof ReplayLimitError)) throw error;
    limit = error.message;
  }
  for (const moment of moments) moment.happen(event);
  if (limit === undefined) replayed += follow(moments, feed, events({ after: retained }));
  const answers = moments.map((moment) => ({ node: moment.node, explanation: moment.explained() }));
  return { explanation: joinExplanations(answers), replayed, caveat: limit ?? caveatOf(from, events({})) };
}

/** Until it is known what became of every backlog that counted the event. */
function follow(moments: readonly Moment[], feed: ReplayFeed, later: Iterable<RawEvent>): number {
  let replayed = 0;
  try {
    for (const { payload } of later) {
      if (replayed >= MAX_EVENTS || !moments.some(({ isOpen }) => isOpen)) break;
      feed.push(payload);
      replayed += 1;
    }
  } catch (error) {
    if (!(error instanceof ReplayLimitError)) throw error;
  }
  return replayed;
}

function caveatOf(from: number, all: Iterable<RawEvent>): string {
  const today = "Replayed with the directives and assets as they are now.";
  const [oldest] = all;
  if (oldest === undefined || oldest.at <= from) return today;
  const since = new Date(oldest.at).toISOString().slice(0, 19).replace("T", " ");
  return `${today} Events from before ${since} UTC aren't retained, so backlogs that began earlier are missing.`;
}

/** One node at the moment of the event. */
class Moment {
  readonly node: string;
  readonly run: ReplayRun;
  /** What the directives look for whose backlogs matter. */
  readonly interest = new InterestIndex<{ ordinal: number }>();
  /** How old a backlog of theirs can be. */
  readonly lifetimeMs: number;
  readonly #directive: number | undefined;
  readonly #counted: Backlog[] = [];
  /** For an event that came too late. */
  readonly #expired = new ExpiredBacklogs();
  readonly #fates = new Map<string, Fate>();
  #explanation: Explanation | undefined;

  constructor(node: string, config: ReplayConfig, event: NormalizedEvent, directive: number | undefined) {
    this.node = node;
    this.run = new ReplayRun(config, { keeps: false, renders: false });
    this.#directive = directive;
    const interested = new Set(this.run.correlator.interest.find(event).map(({ owner }) => owner.id));
    const wanted = config.directives.filter((each) =>
      directive === undefined ? interested.has(each.directive.id) : each.directive.id === directive,
    );
    for (const [ordinal, each] of wanted.entries()) this.interest.add({ ordinal }, each.directive.rules);
    const { minAlarmLifetimeSeconds } = config.flags;
    this.lifetimeMs = Math.max(0, ...wanted.map((each) => lifetimeSeconds(each, minAlarmLifetimeSeconds))) * 1000;
    this.run.listener = {
      ended: (end) => {
        this.#expired.note(end.backlog, end.why, end.atMs, 0);
        if (this.#counted.includes(end.backlog)) this.#fates.set(end.backlog.id, fateOf(end));
      },
    };
  }

  /** Whether it isn't known yet what became of a backlog that counted the event. */
  get isOpen(): boolean {
    return this.#fates.size < this.#counted.length;
  }

  happen(event: NormalizedEvent): void {
    const { run } = this;
    run.advanceTo(eventMs(event));
    this.#explanation = explainEvent(run.correlator, event, {
      directiveId: this.#directive,
      lastExpired: (directive, stage) => this.#expired.last(directive, stage),
    });
    const { ended } = run.listener;
    run.listener = { ...run.listener, recorded: (backlog) => this.#counted.push(backlog) };
    run.step(event);
    run.listener = ended === undefined ? {} : { ended };
  }

  explained(): Explanation {
    if (this.#explanation === undefined) throw new Error("broken invariant: the event hasn't happened");
    const live = (id: string): Fate => ({
      kind: "live",
      sentence: `Backlog ${id} is still live after the last retained event.`,
    });
    return withFates(this.#explanation, this.#counted, (id) => this.#fates.get(id) ?? live(id));
  }
}

function lifetimeSeconds({ directive }: ReplayDirective, minAlarmLifetimeSeconds: number): number {
  return directive.rules.reduce((sum, { timeout }) => sum + timeout + minAlarmLifetimeSeconds + LATE_SECONDS, 0);
}
