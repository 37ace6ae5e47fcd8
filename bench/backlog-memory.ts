import { type Bench, rowAtMost } from "./lib/bench.ts";
import { LONG_LIVED } from "./lib/configs.ts";
import { Helper } from "./lib/helper.ts";
import type { Workload } from "./lib/workload.ts";
import type { BacklogHeapMethods } from "./processes/backlog-heap.ts";

const DIRECTIVES = 1000;
const BACKLOGS = 100_000;
const MOST_BYTES = 3000;
const MEASURE_MS = 120_000;

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(2)} kB`;

/** What a live backlog costs in heap. */
export const backlogMemory: Bench = {
  name: "backlog-memory",
  async run(context) {
    const backlogs = context.options.quick ? BACKLOGS / 10 : BACKLOGS;
    const heapOf = async (eventsEach: number): Promise<number[]> => {
      const sizes: number[] = [];
      for (let i = 0; i < context.options.runs; i++) sizes.push(await measure(backlogs, eventsEach));
      return sizes;
    };
    const fresh = await heapOf(1);
    const grown = await heapOf(3);
    return [
      rowAtMost(
        {
          bench: this.name,
          measure: "heap of a live backlog in stage 2, one event in it",
          values: fresh,
          format: kilobytes,
          detail: `${backlogs.toLocaleString("en-US")} backlogs of ${DIRECTIVES} directives of 3 stages`,
        },
        MOST_BYTES,
      ),
      rowAtMost(
        {
          bench: this.name,
          measure: "… with three events in it",
          values: grown,
          format: kilobytes,
          detail: "two more ports, custom data and event ids to keep",
        },
        MOST_BYTES,
      ),
    ];
  },
};

/** In a fresh process each time: what earlier runs left in the heap doesn't count. */
async function measure(backlogs: number, eventsEach: number): Promise<number> {
  const workload: Workload = {
    matchEvery: 1,
    directives: DIRECTIVES,
    sources: backlogs / DIRECTIVES,
    form: "published",
  };
  const directives = { count: DIRECTIVES, occurrences: LONG_LIVED };
  const helper = new Helper<BacklogHeapMethods>("backlog-heap.ts", ["--expose-gc"]);
  const { bytesEach } = await helper.call("measure", { workload, directives, eventsEach }, MEASURE_MS);
  await helper.stop();
  return bytesEach;
}
