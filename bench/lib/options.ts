import { parseArgs } from "node:util";
import { BenchError } from "./failure.ts";

/** What the command line of `npm run bench` asks for. */
export interface BenchOptions {
  /** Names of the benches to run; empty for all. */
  readonly only: readonly string[];
  /** Pairs of measurements in each bench; the printed figure is their median. */
  readonly runs: number;
  /** A tenth of the work: to see that everything runs, not for figures. */
  readonly quick: boolean;
  /** Puts the table into BENCHMARKS.md. */
  readonly write: boolean;
  /** Profiles the measured service and prints where its CPU time goes; the figures of such a run don't count. */
  readonly cpuProfile: boolean;
  /** Runs the services from their sources instead of the built files. */
  readonly sources: boolean;
  /** Leaves the temporary folders where they are, and says where. */
  readonly keep: boolean;
  /** Minutes of the long end-to-end run; undefined when it isn't asked for. */
  readonly soakMinutes: number | undefined;
  readonly list: boolean;
  /** The console's benches instead of the engine's. */
  readonly console: boolean;
}

const DEFAULT_RUNS = 5;
const LEAST_RUNS = 3;
/** The long run looks at the memory after its second minute, so it needs some more. */
const LEAST_SOAK_MINUTES = 3;

export const USAGE = `usage: npm run bench -- [options]
  --only NAME     run this bench only (repeatable; --list names them)
  --runs N        pairs of measurements in each bench, ${DEFAULT_RUNS} unless given; the figure is their median
  --quick         a tenth of the work and one pair: shows that everything runs, its figures mean nothing
  --soak MINUTES  only the long end-to-end run, over NATS and over link, with the slope of the services' memory
  --cpu-prof      profile the measured service and print where its CPU time goes (such figures don't count)
  --sources       run the services from engine/cli/*.ts instead of dist/*.js
  --write         put the table into BENCHMARKS.md (needs all the benches, or --soak)
  --keep          keep the temporary folders (configurations, logs, profiles)
  --console       the console's benches instead, with a browser (npm run bench:console)
  --list          print the names of the benches`;

/** @throws BenchError naming the option that is wrong. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const values = parsed(argv);
  const quick = values.quick === true;
  const options = {
    only: values.only ?? [],
    runs: numberOf("--runs", values.runs) ?? (quick ? 1 : DEFAULT_RUNS),
    quick,
    write: values.write === true,
    cpuProfile: values["cpu-prof"] === true,
    sources: values.sources === true,
    keep: values.keep === true,
    soakMinutes: numberOf("--soak", values.soak),
    list: values.list === true,
    console: values.console === true,
  };
  if (options.runs < 1 || !Number.isInteger(options.runs)) throw new BenchError("--runs takes a whole number from 1");
  if (options.soakMinutes !== undefined && options.soakMinutes < LEAST_SOAK_MINUTES) {
    throw new BenchError(`--soak takes at least ${LEAST_SOAK_MINUTES} minutes`);
  }
  if (options.write) refuseUnfitForWriting(options);
  return options;
}

function refuseUnfitForWriting(options: Omit<BenchOptions, "write">): void {
  if (options.only.length > 0) throw new BenchError("--write needs all the benches: leave --only out");
  if (options.quick || options.cpuProfile || options.sources) {
    throw new BenchError("--write takes only figures that count: leave --quick, --cpu-prof and --sources out");
  }
  if (options.runs < LEAST_RUNS) throw new BenchError(`--write needs at least ${LEAST_RUNS} runs`);
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        only: { type: "string", multiple: true },
        runs: { type: "string" },
        soak: { type: "string" },
        quick: { type: "boolean" },
        write: { type: "boolean" },
        "cpu-prof": { type: "boolean" },
        sources: { type: "boolean" },
        keep: { type: "boolean" },
        list: { type: "boolean" },
        console: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : String(error));
  }
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new BenchError(`${flag} takes a number, not ${text}`);
  return value;
}
