import type { DryRunAnswer } from "../contract/console/directives.ts";
import type { ReplayConfig, ReplayDirective } from "./replay-config.ts";
import { ReplayFeed } from "./replay-feed.ts";
import { REPLAY_LIMITS, ReplayLimitError, type ReplayLimits } from "./replay-limits.ts";
import { ReplayRun } from "./replay-run.ts";

type DrySide = DryRunAnswer["edited"];
type DryDirective = DryRunAnswer["directives"][number];

/** Directives that are told one by one: those that differ most. */
const MAX_DIRECTIVES = 500;
/** Progress is told once in so many events. */
const EVENTS_PER_LOOK = 2_000;

/**
 * Replays the same events with two sets of directives and counts what each came to, as it was after the last event. `events`
 * are published ones, in the order in which they came. `onProgress` gets how many are done.
 */
export function compareRuns(
  edited: ReplayConfig,
  saved: ReplayConfig,
  events: Iterable<Uint8Array>,
  onProgress: (done: number) => void = () => undefined,
  limits: ReplayLimits = REPLAY_LIMITS,
): DryRunAnswer {
  const sides = { edited: new CountedRun(edited, limits), saved: new CountedRun(saved, limits) };
  const runs = [sides.edited.run, sides.saved.run];
  const feed = new ReplayFeed(
    runs,
    runs.map(({ correlator }) => correlator.interest),
  );
  let done = 0;
  let firstMs: number | undefined;
  let stopped: string | undefined;
  try {
    for (const payload of events) {
      feed.push(payload);
      done += 1;
      firstMs ??= sides.edited.run.clockMs;
      if (done % EVENTS_PER_LOOK === 0) onProgress(done);
    }
  } catch (error) {
    if (!(error instanceof ReplayLimitError)) throw error;
    stopped = error.message;
  }
  const lastMs = sides.edited.run.clockMs;
  const figures = { edited: sides.edited.total(), saved: sides.saved.total() };
  return {
    finished: true,
    sentence: sentenceOf(figures, done, firstMs, lastMs),
    ...(stopped !== undefined && { stopped }),
    events: done,
    ...(firstMs !== undefined && firstMs >= 0 && { from: Math.floor(firstMs) }),
    ...(lastMs !== undefined && lastMs >= 0 && { to: Math.floor(lastMs) }),
    ...figures,
    directives: directivesOf(sides.edited, sides.saved),
  };
}

/** A run that counts by directive, and renders nothing. */
class CountedRun {
  readonly run: ReplayRun;
  readonly #byId = new Map<number, DrySide>();

  constructor(config: ReplayConfig, limits: ReplayLimits) {
    this.run = new ReplayRun(config, { keeps: false, renders: false, limits });
    for (const { directive } of config.directives) this.#byId.set(directive.id, nothing());
    this.run.listener = {
      written: ({ header, risk }, isFirst) => {
        const side = this.of(header.directiveId);
        if (isFirst) side.alarms += 1;
        side.highestRisk = Math.max(side.highestRisk, risk);
      },
      ended: ({ backlog, why }) => {
        const side = this.of(backlog.header.directiveId);
        if (why === "timeout") side.expired += 1;
        else if (backlog.risk === 0) side.riskless += 1;
      },
    };
  }

  /** What this directive came to; nothing where it isn't there. */
  of(directiveId: number): DrySide {
    const side = this.#byId.get(directiveId) ?? nothing();
    side.live = this.run.correlator.liveBacklogsOf(directiveId);
    return side;
  }

  total(): DrySide {
    return { ...this.run.figures, live: this.run.correlator.liveBacklogs };
  }

  get directives(): readonly ReplayDirective[] {
    return this.run.config.directives;
  }
}

function nothing(): DrySide {
  return { alarms: 0, highestRisk: 0, riskless: 0, expired: 0, live: 0 };
}

/** Those that the edit changed, or that did anything at all; the largest difference first. */
function directivesOf(edited: CountedRun, saved: CountedRun): DryDirective[] {
  const texts = new Map(saved.directives.map(({ directive, source }) => [directive.id, Buffer.from(source.bytes)]));
  const changed = new Set<number>();
  const names = new Map(saved.directives.map(({ directive }) => [directive.id, directive.name]));
  for (const { directive, source } of edited.directives) {
    if (!(texts.get(directive.id)?.equals(source.bytes) ?? false)) changed.add(directive.id);
    names.set(directive.id, directive.name);
    texts.delete(directive.id);
  }
  for (const id of texts.keys()) changed.add(id);
  const rows = [...names].map(([id, name]) => ({ id, name, edited: edited.of(id), saved: saved.of(id) }));
  const shown = rows.filter((row) => changed.has(row.id) || didAnything(row.edited) || didAnything(row.saved));
  shown.sort((a, b) => Number(changed.has(b.id)) - Number(changed.has(a.id)) || weight(b) - weight(a) || a.id - b.id);
  return shown.slice(0, MAX_DIRECTIVES);
}

function didAnything({ alarms, riskless, expired, live }: DrySide): boolean {
  return alarms + riskless + expired + live > 0;
}

function weight({ edited, saved }: DryDirective): number {
  return Math.abs(edited.alarms - saved.alarms) * 1_000 + edited.alarms + saved.alarms;
}

function sentenceOf(
  { edited, saved }: { edited: DrySide; saved: DrySide },
  events: number,
  firstMs: number | undefined,
  lastMs: number | undefined,
): string {
  if (events === 0 || firstMs === undefined || lastMs === undefined) return "There are no events to try it with.";
  const alarms = edited.alarms === 1 ? "1 alarm" : `${number(edited.alarms)} alarms`;
  return `Would have raised ${alarms} over ${number(events)} events of ${spanText(lastMs - firstMs)}; what is saved raises ${number(saved.alarms)}.`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `3 h 20 min`, to two parts. */
function spanText(ms: number): string {
  const parts: string[] = [];
  let seconds = Math.max(1, Math.round(ms / 1000));
  for (const [unit, length] of [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(seconds / length);
    seconds -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}
