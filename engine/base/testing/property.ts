import fc from "fast-check";

/**
 * One of the properties that the engine keeps (reliability.md §3): the tests beside the code hold it against a few
 * random cases, `npm run test:props` against thousands.
 */
export interface Property {
  /** In reliability.md §3. */
  readonly number: number;
  /** What `--only` takes. */
  readonly name: string;
  /** The property in words. */
  readonly says: string;
  /** How many of the runs that are asked for it gets: less than 1 where a run is a session with files or sockets. */
  readonly share: number;
  check(runs: Runs): Promise<Verdict>;
}

export interface Runs {
  runs: number;
  /** Random unless given. */
  seed?: number | undefined;
  /** Leads from the seed to one single case: that of a verdict. */
  path?: string | undefined;
  /** Stops after so many milliseconds, however many runs there were. */
  limitMs?: number | undefined;
}

/** What came of it. */
export interface Verdict {
  /** Runs that were done. */
  runs: number;
  seed: number;
  /** How often what must come up came up: a property that never meets its case says nothing. */
  seen: ReadonlyMap<string, number>;
  /** Absent when it held in every run. */
  failure: { path: string; counterexample: string; message: string } | undefined;
}

/** Counts, over all runs, how often the cases came up that the property is about. */
export class Seen {
  readonly #counts: Map<string, number>;

  constructor(cases: readonly string[]) {
    this.#counts = new Map(cases.map((each) => [each, 0]));
  }

  note(what: string): void {
    const count = this.#counts.get(what);
    if (count === undefined) throw new Error(`broken invariant: the property doesn't say that it counts "${what}"`);
    this.#counts.set(what, count + 1);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** `cases` are what must come up at least once in all runs together, and is noted in `seen` when it does. */
export function property<T>(
  about: { number: number; name: string; says: string; cases?: readonly string[]; share?: number },
  make: (seen: Seen) => fc.IRawProperty<T>,
): Property {
  const { number, name, says, cases = [], share = 1 } = about;
  return {
    number,
    name,
    says,
    share,
    check: async ({ runs, seed, path, limitMs }) => {
      const seen = new Seen(cases);
      const details = await fc.check(make(seen), {
        numRuns: runs,
        ...(seed !== undefined && { seed }),
        ...(path !== undefined && { path }),
        ...(limitMs !== undefined && { interruptAfterTimeLimit: limitMs }),
      });
      return {
        runs: details.numRuns,
        seed: details.seed,
        seen: seen.counts,
        failure: details.failed ? failureOf(details) : undefined,
      };
    },
  };
}

function failureOf<T>(details: fc.RunDetails<T>): Verdict["failure"] {
  const { counterexample, counterexamplePath, errorInstance } = details;
  // Stopped by the time limit before the first run was over: there is no case to show.
  if (counterexample === null) return { path: "", counterexample: "", message: "there was no time for a single run" };
  return {
    path: counterexamplePath ?? "",
    counterexample: fc.stringify(counterexample),
    message: errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
  };
}

/** For the tests beside the code: throws with everything there is to know when the property doesn't hold. */
export async function holds(held: Property, runs: number): Promise<void> {
  const { failure, seed, seen } = await held.check({ runs });
  if (failure !== undefined) {
    const replay = `npm run test:props -- --only ${held.name} --seed ${seed} --path ${failure.path}`;
    throw new Error(`${failure.message}\nfor ${failure.counterexample}\nagain: ${replay}`);
  }
  const never = [...seen].filter(([, count]) => count === 0).map(([what]) => what);
  if (never.length > 0) throw new Error(`in ${runs} runs there was never: ${never.join(", ")}; seed ${seed}`);
}
