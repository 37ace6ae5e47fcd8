// `npm run bench`: the figures the product is held to, as one table. See BENCHMARKS.md.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { backendCpu } from "./backend-cpu.ts";
import { backendRate } from "./backend-rate.ts";
import { backlogMemory } from "./backlog-memory.ts";
import { consoleFirstAlarm } from "./console-first-alarm.ts";
import { consoleFlood } from "./console-flood.ts";
import { consoleIdle } from "./console-idle.ts";
import { consoleRowLatency } from "./console-row-latency.ts";
import { consoleStore } from "./console-store.ts";
import { consoleWeight } from "./console-weight.ts";
import { endToEndLink, endToEndNats, soak } from "./end-to-end.ts";
import { explain } from "./explain.ts";
import { frontendArrays } from "./frontend-arrays.ts";
import { frontendSingle } from "./frontend-single.ts";
import { journalCost } from "./journal-cost.ts";
import { type Bench, type BenchContext, failedRow, type Row } from "./lib/bench.ts";
import { cleanUpAtExit, killChildren } from "./lib/children.ts";
import { BenchError, messageOf } from "./lib/failure.ts";
import { type BenchOptions, readOptions, USAGE } from "./lib/options.ts";
import { findNatsServer, machineFacts, refuseUnfitSystem } from "./lib/system.ts";
import { plainTable, writeTable } from "./lib/table.ts";
import { liveBacklogs } from "./live-backlogs.ts";
import { liveState } from "./live-state.ts";
import { manyDirectives } from "./many-directives.ts";
import { reload } from "./reload.ts";
import { replay } from "./replay.ts";
import { stateCost } from "./state-cost.ts";

const BENCHES: readonly Bench[] = [
  backendRate,
  backendCpu,
  manyDirectives,
  liveBacklogs,
  backlogMemory,
  frontendSingle,
  frontendArrays,
  endToEndNats,
  endToEndLink,
  stateCost,
  liveState,
  journalCost,
  explain,
  replay,
  reload,
];

/** `npm run bench:console`: the services as a user starts them, and a real browser. */
const CONSOLE_BENCHES: readonly Bench[] = [
  consoleWeight,
  consoleFirstAlarm,
  consoleRowLatency,
  consoleFlood,
  consoleIdle,
  consoleStore,
];

const PAGE = join(dirname(fileURLToPath(import.meta.url)), "..", "BENCHMARKS.md");

async function main(): Promise<number> {
  if (process.argv.includes("--help") || process.argv.includes("-h")) {
    console.log(USAGE);
    return 0;
  }
  const options = readOptions(process.argv.slice(2));
  if (options.list) {
    for (const { name } of options.console ? CONSOLE_BENCHES : BENCHES) console.log(name);
    return 0;
  }
  const benches = chosen(options);
  refuseUnfitSystem();
  cleanUpAtExit(options.keep);
  // The long run is one run, however long.
  const runs = options.soakMinutes === undefined ? options.runs : 1;
  const machine = machineFacts(findNatsServer());
  const context: BenchContext = { options, say: (line) => console.error(line) };
  const rows: Row[] = [];
  for (const bench of benches) {
    console.error(`${bench.name} …`);
    rows.push(...(await outcome(bench, context)));
  }
  console.log(`\n${plainTable(machine, runs, rows)}`);
  const failed = rows.some((row) => row.verdict === "failed");
  if (options.write && failed) throw new BenchError("BENCHMARKS.md was left as it is, because a bench failed");
  if (options.write) {
    const marker = options.console ? "console" : options.soakMinutes === undefined ? "bench" : "soak";
    writeTable(PAGE, marker, { machine, runs, rows });
  }
  return failed ? 1 : 0;
}

/** @throws BenchError for a name that no bench has. */
function chosen(options: BenchOptions): readonly Bench[] {
  const { soakMinutes } = options;
  const offered: readonly Bench[] =
    soakMinutes === undefined
      ? options.console
        ? CONSOLE_BENCHES
        : BENCHES
      : (["nats", "link"] as const).map((kind) => ({
          name: `soak-${kind}`,
          run: (context) => soak(context, kind, soakMinutes),
        }));
  const unknown = options.only.find((name) => !offered.some((bench) => bench.name === name));
  if (unknown !== undefined) {
    throw new BenchError(`there is no bench ${unknown}; there are ${offered.map(({ name }) => name).join(", ")}`);
  }
  return options.only.length === 0 ? offered : offered.filter(({ name }) => options.only.includes(name));
}

/** The rows of a bench, or one that says why there are none: the others go on. */
async function outcome(bench: Bench, context: BenchContext): Promise<Row[]> {
  try {
    return await bench.run(context);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    killChildren();
    return [failedRow(bench.name, messageOf(error))];
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof BenchError ? error.message : error);
    process.exit(error instanceof BenchError ? 2 : 1);
  },
);
