import type { Backlog } from "../backlog/backlog.ts";
import { fewSize } from "../backlog/few.ts";
import type { ReplayConfig } from "./replay-config.ts";
import { ReplayLimitError, type ReplayLimits } from "./replay-limits.ts";

/** Counts what live backlogs hold, so that a replay which would take the memory of the process stops before. */
export class Held {
  readonly #limits: ReplayLimits;
  readonly #population: { readonly liveBacklogs: number; backlogs(): Iterable<Backlog> };
  readonly #directives: ReplayConfig["directives"];
  /** Never too low: what ended is taken off when it is counted anew. */
  count = 0;

  constructor(
    population: { readonly liveBacklogs: number; backlogs(): Iterable<Backlog> },
    directives: ReplayConfig["directives"],
    limits: ReplayLimits,
  ) {
    this.#population = population;
    this.#directives = directives;
    this.#limits = limits;
  }

  /** @throws ReplayLimitError when it is more than the limits allow */
  check(step: number): void {
    const { liveBacklogs, held } = this.#limits;
    if (this.#population.liveBacklogs > liveBacklogs) {
      const [name, most] = this.#most(() => 1);
      throw new ReplayLimitError(
        `The replay stopped at event ${step}: more than ${count(liveBacklogs)} backlogs would be live at once, ` +
          `${count(most)} of them of ${name}. Narrow the conditions of its first stage, or shorten its timeouts.`,
      );
    }
    if (this.count <= held) return;
    this.count = 0;
    for (const backlog of this.#population.backlogs()) this.count += weightOf(backlog);
    if (this.count <= held) return;
    const [name, most] = this.#most(weightOf);
    throw new ReplayLimitError(
      `The replay stopped at event ${step}: live backlogs would hold more than ${count(held)} events and values, ` +
        `${count(most)} of them those of ${name}. Lower the occurrence of its stages, or shorten their timeouts.`,
    );
  }

  /** The heap of the thread is used up, and what is live has the most part in it. */
  memoryError(step: number, megabytes: number): ReplayLimitError {
    const [name, most] = this.#most(weightOf);
    return new ReplayLimitError(
      `The replay stopped at event ${step}: it would need more than the ${count(megabytes)} MB of memory that it has. ` +
        `Of what is live most belongs to ${name}: ${count(most)} events and values. Replay fewer events, or only the directive that is looked at.`,
    );
  }

  /** The directive with the most, in words, and how much it is. */
  #most(weigh: (backlog: Backlog) => number): [name: string, most: number] {
    const sums = new Map<number, number>();
    for (const backlog of this.#population.backlogs()) {
      const { directiveId } = backlog.header;
      sums.set(directiveId, (sums.get(directiveId) ?? 0) + weigh(backlog));
    }
    const [id = 0, most = 0] = [...sums].sort((a, b) => b[1] - a[1])[0] ?? [];
    const name = this.#directives.find(({ directive }) => directive.id === id)?.directive.name;
    return [`directive ${id}${name === undefined ? "" : ` ("${name}")`}`, most];
  }
}

/** Values that a backlog holds for its events. */
function weightOf(backlog: Backlog): number {
  let weight = 0;
  for (const stage of backlog.stages) weight += fewSize(stage.eventIds) + fewSize(stage.stickyValues);
  return weight;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
