import { BackendRig } from "./lib/backend-rig.ts";
import {
  alternate,
  asRatio,
  type Bench,
  type BenchContext,
  type Row,
  rowAtLeast,
  rowForInformation,
} from "./lib/bench.ts";
import { type DirectiveSet, LONG_LIVED, SHORT_LIVED } from "./lib/configs.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import type { Workload } from "./lib/workload.ts";

interface Case {
  readonly what: string;
  readonly workload: Workload;
  readonly directives: DirectiveSet;
  readonly events: number;
}

/** The workloads of the benches backend-rate and live-backlogs. */
const CASES: readonly Case[] = [
  {
    what: "one event in ten matches",
    workload: { matchEvery: 10, directives: 1000, sources: 1, form: "published" },
    directives: { count: 1000, occurrences: SHORT_LIVED },
    events: 300_000,
  },
  {
    what: "every event matches, 10,000 live backlogs",
    workload: { matchEvery: 1, directives: 1, sources: 10_000, form: "published" },
    directives: { count: 100, occurrences: LONG_LIVED },
    events: 200_000,
  },
];
const WARM_UP_EVENTS = 100_000;

/** What it costs to keep state: the rate of a backend that does in that of one that doesn't. */
export const stateCost: Bench = {
  name: "state-cost",
  async run(context) {
    const rows: Row[] = [];
    for (const each of CASES) rows.push(...(await rowsOf(context, each)));
    return rows;
  },
};

async function rowsOf(context: BenchContext, { directives, events, what, workload }: Case): Promise<Row[]> {
  const count = context.options.quick ? events / 10 : events;
  const rigWith = async (state: boolean): Promise<BackendRig> => {
    const rig = await BackendRig.start(context, directives);
    await rig.startBackend({ flags: ["--reload-backlogs", "false", "--state", String(state)] });
    await rig.publish(workload, WARM_UP_EVENTS);
    return rig;
  };
  const off = await rigWith(false);
  const on = await rigWith(true);
  const pairs = await alternate(
    context.options.runs,
    () => off.publish(workload, count),
    () => on.publish(workload, count),
  );
  await off.stop();
  await on.stop();
  const onRate = perSecond(median(pairs.map((pair) => pair.measured.perSecond)));
  const offRate = perSecond(median(pairs.map((pair) => pair.before.perSecond)));
  const onCpu = median(pairs.map((pair) => pair.measured.cpuMicros)).toFixed(2);
  const offCpu = median(pairs.map((pair) => pair.before.cpuMicros)).toFixed(2);
  return [
    rowAtLeast(
      {
        bench: stateCost.name,
        measure: `rate, in that without state: ${what}`,
        values: pairs.map(
          ({ before, measured, after }) => measured.perSecond / mean([before.perSecond, after.perSecond]),
        ),
        format: asRatio,
        detail: `${onRate} against ${offRate}; 0 lost`,
      },
      0.8,
    ),
    rowForInformation({
      bench: stateCost.name,
      measure: "… CPU per event, in that without state",
      values: pairs.map(
        ({ before, measured, after }) => measured.cpuMicros / mean([before.cpuMicros, after.cpuMicros]),
      ),
      format: asRatio,
      detail: `${onCpu} µs against ${offCpu} µs; all threads of the process`,
    }),
  ];
}
