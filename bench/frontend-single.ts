import { alternate, asRatio, type Bench, rowAtMost } from "./lib/bench.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import { FrontendRig, HttpLoad } from "./lib/frontend-rig.ts";
import { Helper } from "./lib/helper.ts";
import type { Workload } from "./lib/workload.ts";
import type { BareServerMethods } from "./processes/bare-server.ts";

const EVENTS = 100_000;
const WARM_UP_EVENTS = 50_000;
const CONNECTIONS = 64;
const WORKLOAD: Workload = { matchEvery: 10, directives: 1000, sources: 1, form: "posted" };
const LISTEN_MS = 10_000;

/** What an event costs a frontend when each comes in a request of its own. */
export const frontendSingle: Bench = {
  name: "frontend-single",
  async run(context) {
    const events = context.options.quick ? EVENTS / 10 : EVENTS;
    const rig = await FrontendRig.start(context);
    const bare = new Helper<BareServerMethods>("bare-server.ts");
    const { port } = await bare.call("listen", undefined, LISTEN_MS);
    const load = new HttpLoad({ workload: WORKLOAD, connections: CONNECTIONS, perPost: 1 });
    await load.post(port, bare.pid, WARM_UP_EVENTS);
    await rig.post(load, WARM_UP_EVENTS);
    const pairs = await alternate(
      context.options.runs,
      () => load.post(port, bare.pid, events),
      () => rig.post(load, events),
    );
    await load.stop();
    await bare.stop();
    await rig.stop();
    const cpu = median(pairs.map((pair) => pair.measured.cpuMicros));
    const bareCpu = median(pairs.map((pair) => pair.before.cpuMicros));
    const rate = median(pairs.map((pair) => pair.measured.perSecond));
    return [
      rowAtMost(
        {
          bench: this.name,
          measure: "CPU per event, in a bare node:http server's",
          values: pairs.map(
            ({ before, measured, after }) => measured.cpuMicros / mean([before.cpuMicros, after.cpuMicros]),
          ),
          format: asRatio,
          detail: `${cpu.toFixed(1)} µs; bare ${bareCpu.toFixed(1)} µs; ${perSecond(rate)}; 0 lost`,
        },
        2,
      ),
    ];
  },
};
