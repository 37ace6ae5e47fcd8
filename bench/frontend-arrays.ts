import { alternate, asRatio, type Bench, rowAtMost } from "./lib/bench.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import { FrontendRig, HttpLoad } from "./lib/frontend-rig.ts";
import { JsonParseBaseline } from "./lib/json-parse-baseline.ts";
import type { Workload } from "./lib/workload.ts";

const EVENTS = 300_000;
const WARM_UP_EVENTS = 100_000;
const CONNECTIONS = 16;
const PER_POST = 100;
const WORKLOAD: Workload = { matchEvery: 10, directives: 1000, sources: 1, form: "posted" };

/** What an event costs a frontend when a hundred come in each request. */
export const frontendArrays: Bench = {
  name: "frontend-arrays",
  async run(context) {
    const events = context.options.quick ? EVENTS / 10 : EVENTS;
    const rig = await FrontendRig.start(context);
    const parse = new JsonParseBaseline(WORKLOAD);
    const load = new HttpLoad({ workload: WORKLOAD, connections: CONNECTIONS, perPost: PER_POST });
    await rig.post(load, WARM_UP_EVENTS);
    const pairs = await alternate(
      context.options.runs,
      async () => (await parse.measure()).cpuMicros,
      () => rig.post(load, events),
    );
    await load.stop();
    await parse.stop();
    await rig.stop();
    const cpu = median(pairs.map((pair) => pair.measured.cpuMicros));
    const parseCpu = median(pairs.map((pair) => pair.before));
    const rate = median(pairs.map((pair) => pair.measured.perSecond));
    return [
      rowAtMost(
        {
          bench: this.name,
          measure: "CPU per event, in JSON.parse of it",
          values: pairs.map(({ before, measured, after }) => measured.cpuMicros / mean([before, after])),
          format: asRatio,
          detail: `${cpu.toFixed(2)} µs; JSON.parse ${parseCpu.toFixed(2)} µs; ${perSecond(rate)}; 0 lost`,
        },
        4,
      ),
    ];
  },
};
