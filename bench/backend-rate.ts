import { BackendRig } from "./lib/backend-rig.ts";
import { alternate, asRatio, type Bench, rowAtLeast, rowForInformation } from "./lib/bench.ts";
import { SHORT_LIVED } from "./lib/configs.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import { JsonParseBaseline } from "./lib/json-parse-baseline.ts";
import type { Workload } from "./lib/workload.ts";

const DIRECTIVES = 1000;
const EVENTS = 300_000;
const WARM_UP_EVENTS = 100_000;
const WORKLOAD: Workload = { matchEvery: 10, directives: DIRECTIVES, sources: 1, form: "published" };

/** How fast a backend takes events off the bus when one in ten matches. */
export const backendRate: Bench = {
  name: "backend-rate",
  async run(context) {
    const events = context.options.quick ? EVENTS / 10 : EVENTS;
    const rig = await BackendRig.start(context, { count: DIRECTIVES, occurrences: SHORT_LIVED });
    const parse = new JsonParseBaseline(WORKLOAD);
    await rig.startBackend();
    await rig.publish(WORKLOAD, WARM_UP_EVENTS);
    const pairs = await alternate(
      context.options.runs,
      () => parse.measure(),
      () => rig.publish(WORKLOAD, events),
    );
    await rig.stop();
    await parse.stop();
    const rate = median(pairs.map((pair) => pair.measured.perSecond));
    const parseRate = median(pairs.map((pair) => pair.before.perSecond));
    return [
      rowAtLeast(
        {
          bench: this.name,
          measure: "rate, in JSON.parse of the event",
          values: pairs.map(
            ({ before, measured, after }) => measured.perSecond / mean([before.perSecond, after.perSecond]),
          ),
          format: asRatio,
          detail: `${perSecond(rate)}; JSON.parse ${perSecond(parseRate)}; 0 lost`,
        },
        0.5,
      ),
      rowForInformation({
        bench: this.name,
        measure: "… CPU per event, in JSON.parse of it",
        values: pairs.map(
          ({ before, measured, after }) => measured.cpuMicros / mean([before.cpuMicros, after.cpuMicros]),
        ),
        format: asRatio,
        detail: `${median(pairs.map((pair) => pair.measured.cpuMicros)).toFixed(2)} µs; all threads of the process`,
      }),
    ];
  },
};
