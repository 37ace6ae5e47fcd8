import { startEndToEnd } from "./end-to-end.ts";
import { alternate, asRatio, type Bench, rowAtMost } from "./lib/bench.ts";
import { mean, median } from "./lib/figures.ts";
import { cpuSeconds } from "./lib/system.ts";

const RUN_MS = 4000;
const WARM_UP_MS = 3000;
/** A ratio so near to 1 drowns in the noise of a few pairs. */
const LEAST_PAIRS = 20;

/** What the journal costs a backend at 10,000 events a second. */
export const journalCost: Bench = {
  name: "journal-cost",
  async run(context) {
    const { quick, runs } = context.options;
    const cpuWith = async (flags: readonly string[]) => {
      const rig = await startEndToEnd(context, "link", { backendFlags: flags });
      await rig.run(WARM_UP_MS);
      const measure = async (): Promise<number> => {
        const before = cpuSeconds(rig.backend.pid);
        const { events } = await rig.run(quick ? RUN_MS / 4 : RUN_MS);
        return ((cpuSeconds(rig.backend.pid) - before) * 1e6) / events;
      };
      return { measure, stop: () => rig.stop() };
    };
    const off = await cpuWith([]);
    const on = await cpuWith(["--journal"]);
    const pairs = await alternate(quick ? runs : Math.max(LEAST_PAIRS, runs), off.measure, on.measure);
    await off.stop();
    await on.stop();
    const onMicros = median(pairs.map((pair) => pair.measured)).toFixed(2);
    const offMicros = median(pairs.map((pair) => pair.before)).toFixed(2);
    return [
      rowAtMost(
        {
          bench: this.name,
          measure: "CPU of the backend per event, in that with the journal off",
          values: pairs.map(({ before, measured, after }) => measured / mean([before, after])),
          format: asRatio,
          detail: `${onMicros} µs against ${offMicros} µs; ${pairs.length} pairs`,
        },
        1.1,
      ),
    ];
  },
};
