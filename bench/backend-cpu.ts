import { BackendRig } from "./lib/backend-rig.ts";
import { alternate, asRatio, type Bench, rowAtMost } from "./lib/bench.ts";
import { SHORT_LIVED } from "./lib/configs.ts";
import { mean, median } from "./lib/figures.ts";
import { JsonParseBaseline } from "./lib/json-parse-baseline.ts";
import type { Workload } from "./lib/workload.ts";

const DIRECTIVES = 1000;
const EVENTS = 600_000;
/** The last of each hundred thousand matches, and its line says that the others have been dealt with. */
const WORKLOAD: Workload = { matchEvery: 100_000, directives: 1, sources: 1, form: "published" };
const WARM_UP_EVENTS = 200_000;

/** What an event that concerns no directive costs a backend. */
export const backendCpu: Bench = {
  name: "backend-cpu",
  async run(context) {
    const events = context.options.quick ? WORKLOAD.matchEvery : EVENTS;
    const rig = await BackendRig.start(context, { count: DIRECTIVES, occurrences: SHORT_LIVED });
    const parse = new JsonParseBaseline(WORKLOAD);
    await rig.startBackend();
    await rig.publish(WORKLOAD, WARM_UP_EVENTS);
    const pairs = await alternate(
      context.options.runs,
      async () => (await parse.measure()).cpuMicros,
      async () => (await rig.publish(WORKLOAD, events)).cpuMicros,
    );
    await rig.stop();
    await parse.stop();
    const cpu = median(pairs.map((pair) => pair.measured));
    const parseCpu = median(pairs.map((pair) => pair.before));
    return [
      rowAtMost(
        {
          bench: this.name,
          measure: "CPU per non-matching event, in JSON.parse of it",
          values: pairs.map(({ before, measured, after }) => measured / mean([before, after])),
          format: asRatio,
          detail: `${cpu.toFixed(2)} µs; JSON.parse ${parseCpu.toFixed(2)} µs; all threads of the process`,
        },
        2,
      ),
    ];
  },
};
