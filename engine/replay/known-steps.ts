import type { Backlog } from "../backlog/backlog.ts";
import { fewSize } from "../backlog/few.ts";
import type { Outcome } from "../backlog/outcome.ts";
import type { ReplayRow } from "../contract/console/replay.ts";
import { ExpiredBacklogs } from "../explain/expired.ts";
import { type Fate, fateOf } from "./fate.ts";
import { type Mark, Marks } from "./marks.ts";
import type { ReplayEnd, StepEntry } from "./replay-run.ts";

export type RowOutcome = NonNullable<ReplayRow["outcome"]>;

/** What a step did, as far as somebody may want to stop there or hear of it. */
export interface StepReport {
  ended: ReplayEnd[];
  marks: Mark[];
}

/** Backlogs of which it is known how they ended; of those that ended later it isn't said. */
const MAX_FATES = 100_000;
/** The first that happened is what a row says of an event, whatever else it did. */
const BY_WEIGHT = [
  "alarm",
  "complete without risk",
  "stage finished",
  "backlog begun",
  "recorded",
  "recorded earlier",
  "out of order",
  "sticky value seen",
  "not matched",
] as const;
type Verdict = (typeof BY_WEIGHT)[number];

/** What became of the steps that were run so far. It stays known when the replay goes back. */
export class KnownSteps {
  /** By step, the place of its outcome in `#outcomes`. */
  #places = new Uint32Array(1024);
  readonly #outcomes: RowOutcome[] = [];
  /** Ten thousand steps say "no directive". */
  readonly #byText = new Map<string, number>();
  readonly #marks = new Marks();
  readonly #fates = new Map<string, { step: number; fate: Fate }>();
  /** Those that expired, for events that came too late for them. */
  readonly expired = new ExpiredBacklogs();
  #upTo = 0;

  /** The last step that was run. */
  get upTo(): number {
    return this.#upTo;
  }

  get marks(): readonly Mark[] {
    return this.#marks.all;
  }

  outcomeOf(step: number): RowOutcome | undefined {
    return step < 1 || step > this.#upTo ? undefined : this.#outcomes[this.#places[step] ?? 0];
  }

  /** How a backlog ended, as far as the steps were run. */
  fateOf(backlogId: string): Fate | undefined {
    return this.#fates.get(backlogId)?.fate;
  }

  /** The step after the last known one. */
  add(outcome: RowOutcome, { marks, ended }: StepReport): void {
    this.#upTo += 1;
    if (this.#upTo === this.#places.length) {
      const places = new Uint32Array(this.#places.length * 2);
      places.set(this.#places);
      this.#places = places;
    }
    const key = `${outcome.verdict} ${outcome.text}`;
    let place = this.#byText.get(key);
    if (place === undefined) {
      place = this.#outcomes.push(outcome) - 1;
      this.#byText.set(key, place);
    }
    this.#places[this.#upTo] = place;
    for (const mark of marks) this.#marks.add(mark);
    for (const { backlog, why, atMs } of ended) this.expired.note(backlog, why, atMs, this.#upTo);
    for (const end of ended) {
      if (this.#fates.size < MAX_FATES) this.#fates.set(end.backlog.id, { step: this.#upTo, fate: fateOf(end) });
    }
  }

  /** What came behind this step isn't known any more. */
  forgetBehind(step: number): void {
    if (step >= this.#upTo) return;
    this.#upTo = step;
    this.#marks.forgetBehind(step);
    this.expired.forgetBehind(step);
    for (const [id, fate] of this.#fates) if (fate.step > step) this.#fates.delete(id);
  }
}

/** What a row says of one event: of all that it did the weightiest, and how many other directives it mattered to. */
export function rowOutcome(entry: StepEntry, outcomes: readonly Outcome[], touched: readonly Backlog[]): RowOutcome {
  if (entry !== "correlated") return { verdict: entry, text: entry };
  let best: { verdict: Verdict; text: string } = { verdict: "not matched", text: "not matched" };
  let mattered = 0;
  for (const outcome of outcomes) {
    if (outcome.effects.length > 0 || outcome.matched) mattered += 1;
    const found = ofOutcome(outcome, touched);
    if (BY_WEIGHT.indexOf(found.verdict) < BY_WEIGHT.indexOf(best.verdict)) best = found;
  }
  return mattered > 1 ? { ...best, text: `${best.text} +${mattered - 1}` } : best;
}

function ofOutcome(outcome: Outcome, touched: readonly Backlog[]): { verdict: Verdict; text: string } {
  const created = outcome.createdBacklogId;
  let best: { verdict: Verdict; text: string } =
    created === undefined
      ? { verdict: "not matched", text: "not matched" }
      : { verdict: "backlog begun", text: progressOf(touched, created) };
  for (const effect of outcome.effects) {
    let found: { verdict: Verdict; text: string };
    switch (effect.kind) {
      case "stage finished":
        if (!effect.complete) found = { verdict: "stage finished", text: progressOf(touched, effect.backlogId) };
        else if (effect.risk > 0) found = { verdict: "alarm", text: `alarm, risk ${effect.risk}` };
        else found = { verdict: "complete without risk", text: "complete, risk 0" };
        break;
      case "recorded":
        found = { verdict: "recorded", text: progressOf(touched, effect.backlogId) };
        break;
      case "recorded earlier":
        found = { verdict: "recorded earlier", text: `stage ${effect.stage} again` };
        break;
      case "out of order":
        found = { verdict: "out of order", text: "out of order" };
        break;
      case "sticky value seen":
        found = { verdict: "sticky value seen", text: "not counted" };
        break;
    }
    if (BY_WEIGHT.indexOf(found.verdict) < BY_WEIGHT.indexOf(best.verdict)) best = found;
  }
  return best;
}

/** `2/3 · 4/15`: the second of three stages has four of its fifteen events. */
function progressOf(touched: readonly Backlog[], id: string): string {
  const backlog = touched.find((each) => each.id === id);
  if (backlog === undefined) return "";
  const { stage, rules } = backlog;
  const { occurrence } = backlog.rule(stage).rule;
  return `${stage}/${rules.length} · ${fewSize(backlog.state(stage).eventIds)}/${occurrence}`;
}
