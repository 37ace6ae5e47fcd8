import { BackendRig } from "./lib/backend-rig.ts";
import {
  alternate,
  asMib,
  asRatio,
  type Bench,
  type BenchContext,
  type Row,
  rowAtLeast,
  rowAtMost,
  rowForInformation,
} from "./lib/bench.ts";
import { SHORT_LIVED } from "./lib/configs.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import { residentMib } from "./lib/system.ts";
import { sleep } from "./lib/waiting.ts";
import type { Workload } from "./lib/workload.ts";

const MANY = 20_000;
const FEW = 100;
const EVENTS = 300_000;
const STARTS = 3;
/** Memory is looked at so long after the backend said that it is ready. */
const IDLE_MS = 5000;
/** Both backends get the same events: a tenth of them for directives that both have. */
const WORKLOAD: Workload = { matchEvery: 10, directives: FEW, sources: 1, form: "published" };
/** Its matching events concern all of the many directives in turn; one round makes every one of them live. */
const SPREAD: Workload = { matchEvery: 10, directives: MANY, sources: 1, form: "published" };
const WARM_UP_EVENTS = 100_000;

const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** What 20,000 directives cost a backend: rate, memory, start. */
export const manyDirectives: Bench = {
  name: "many-directives",
  async run(context) {
    const many = await BackendRig.start(context, { count: MANY, occurrences: SHORT_LIVED });
    const rows = await startRows(context, many);
    const few = await BackendRig.start(context, { count: FEW, occurrences: SHORT_LIVED });
    await few.startBackend();
    await many.startBackend();
    rows.unshift(...(await rateRows(context, many, few)));
    await many.stop();
    await few.stop();
    return rows;
  },
};

async function rateRows(context: BenchContext, many: BackendRig, few: BackendRig): Promise<Row[]> {
  const events = context.options.quick ? EVENTS / 10 : EVENTS;
  const fewRate = async (): Promise<number> => (await few.publish(WORKLOAD, events)).perSecond;
  await few.publish(WORKLOAD, WARM_UP_EVENTS);
  await many.publish(WORKLOAD, WARM_UP_EVENTS);
  const manyRate = async (): Promise<number> => (await many.publish(WORKLOAD, events)).perSecond;
  const pairs = await alternate(context.options.runs, fewRate, manyRate);
  await many.publish(SPREAD, MANY * SPREAD.matchEvery);
  const spreadRate = async (): Promise<number> => (await many.publish(SPREAD, events)).perSecond;
  const spreadPairs = await alternate(context.options.runs, fewRate, spreadRate);
  return [
    rowAtLeast(
      {
        bench: manyDirectives.name,
        measure: "rate with 20,000 directives, in that with 100",
        values: pairs.map(({ before, measured, after }) => measured / mean([before, after])),
        format: asRatio,
        detail: `${rate(pairs.map((pair) => pair.measured))} against ${rate(pairs.map((pair) => pair.before))}`,
      },
      0.9,
    ),
    rowForInformation({
      bench: manyDirectives.name,
      measure: "… with all 20,000 live and matching in turn",
      values: spreadPairs.map(({ before, measured, after }) => measured / mean([before, after])),
      format: asRatio,
      detail: rate(spreadPairs.map((pair) => pair.measured)),
    }),
  ];
}

function rate(rates: readonly number[]): string {
  return perSecond(median(rates));
}

async function startRows(context: BenchContext, rig: BackendRig): Promise<Row[]> {
  const readySeconds: number[] = [];
  const residents: number[] = [];
  for (let i = 0; i < Math.min(STARTS, context.options.runs); i++) {
    const backend = await rig.startBackend();
    await sleep(IDLE_MS);
    readySeconds.push(backend.startedInMs / 1000);
    residents.push(residentMib(backend.pid));
    await rig.stopBackend("the backend with 20,000 directives, start only");
  }
  const bench = manyDirectives.name;
  return [
    rowAtMost({ bench, measure: "RSS idle, 5 s after ready", values: residents, format: asMib }, 200),
    rowAtMost({ bench, measure: "start of the process to ready", values: readySeconds, format: seconds }, 3),
  ];
}
