import { BackendRig } from "./lib/backend-rig.ts";
import { alternate, asRatio, type Bench, type BenchContext, rowAtLeast } from "./lib/bench.ts";
import { LONG_LIVED } from "./lib/configs.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import type { Workload } from "./lib/workload.ts";

const MANY = 10_000;
const FEW = 100;
const EVENTS = 200_000;
const WARM_UP_EVENTS = 100_000;

/** Every event goes to one directive and is consumed by the one backlog with its source address. */
function workloadOf(backlogs: number): Workload {
  return { matchEvery: 1, directives: 1, sources: backlogs, form: "published" };
}

/** What live backlogs cost the events that other backlogs of the same directive consume. */
export const liveBacklogs: Bench = {
  name: "live-backlogs",
  async run(context) {
    const few = await rigWith(context, FEW);
    const many = await rigWith(context, MANY);
    const events = context.options.quick ? EVENTS / 10 : EVENTS;
    const pairs = await alternate(
      context.options.runs,
      async () => (await few.publish(workloadOf(FEW), events)).perSecond,
      async () => (await many.publish(workloadOf(MANY), events)).perSecond,
    );
    await few.stop();
    await many.stop();
    const manyRate = median(pairs.map((pair) => pair.measured));
    const fewRate = median(pairs.map((pair) => pair.before));
    return [
      rowAtLeast(
        {
          bench: this.name,
          measure: "rate with 10,000 live backlogs, in that with 100",
          values: pairs.map(({ before, measured, after }) => measured / mean([before, after])),
          format: asRatio,
          detail: `${perSecond(manyRate)} against ${perSecond(fewRate)}; every event writes a line; 0 lost`,
        },
        0.7,
      ),
    ];
  },
};

/** A backend in which so many backlogs of one directive live. */
async function rigWith(context: BenchContext, backlogs: number): Promise<BackendRig> {
  const rig = await BackendRig.start(context, { count: FEW, occurrences: LONG_LIVED });
  await rig.startBackend();
  await rig.publish(workloadOf(backlogs), WARM_UP_EVENTS);
  return rig;
}
