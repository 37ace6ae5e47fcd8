import { startEndToEnd } from "./end-to-end.ts";
import { alternate, asRatio, type Bench, type BenchContext, type Row, rowAtMost } from "./lib/bench.ts";
import { BenchError } from "./lib/failure.ts";
import { mean, median } from "./lib/figures.ts";
import { type Bus, CONSOLE_TOKEN } from "./lib/services.ts";
import { cpuSeconds } from "./lib/system.ts";

const EVENTS_PER_SECOND = 5000;
const RUN_MS = 4000;
const WARM_UP_MS = 3000;
/** A ratio so near to 1 drowns in the noise of a few pairs. */
const LEAST_PAIRS = 6;

/** A console that nobody watches. */
interface Mode {
  readonly name: string;
  readonly most: number;
  readonly retains: boolean;
}

const MODES: readonly Mode[] = [
  { name: "nobody watching", most: 1.15, retains: true },
  { name: "nobody watching, no events retained", most: 1.05, retains: false },
];

/**
 * What a console costs both services together at 5,000 events a second while nobody watches. One event in ten is recorded,
 * and ten of those make an alarm: besides all events, if they are retained, the console takes in 500 recorded events, 50
 * new alarms and their later records a second: four million alarms a day.
 */
export const consoleIdle: Bench = {
  name: "console-idle",
  async run(context) {
    const rows: Row[] = [];
    for (const kind of ["link", "nats"] as const) {
      for (const mode of MODES) rows.push(await rowOf(context, kind, mode));
    }
    return rows;
  },
};

async function rowOf(context: BenchContext, kind: Bus["kind"], mode: Mode): Promise<Row> {
  const { quick, runs } = context.options;
  const off = await measured(context, kind, undefined);
  const on = await measured(context, kind, mode);
  const pairs = await alternate(quick ? runs : Math.max(LEAST_PAIRS, runs), off.measure, on.measure);
  await off.stop();
  await on.stop();
  const described = (which: (pair: (typeof pairs)[number]) => Spent): string => {
    const frontend = median(pairs.map((pair) => which(pair).frontend)).toFixed(1);
    return `${frontend} + ${median(pairs.map((pair) => which(pair).backend)).toFixed(1)} µs`;
  };
  return rowAtMost(
    {
      bench: consoleIdle.name,
      measure: `${mode.name} (${kind}): CPU of both services per event, in that without a console`,
      values: pairs.map(({ before, measured: { total }, after }) => total / mean([before.total, after.total])),
      format: asRatio,
      detail: `frontend + backend ${described((pair) => pair.measured)} against ${described((pair) => pair.before)}; 0 lost`,
    },
    mode.most,
  );
}

async function retainNothing(port: number): Promise<void> {
  const headers = { authorization: `Bearer ${CONSOLE_TOKEN}`, "content-type": "application/json" };
  const body = JSON.stringify({ retention: { alarmDays: 365, maxMegabytes: 4096, events: 0 } });
  const { status } = await fetch(`http://127.0.0.1:${port}/api/settings`, { method: "PATCH", headers, body });
  if (status !== 200) throw new BenchError(`the settings can't be changed: the frontend answers ${status}`);
}

/** Microseconds of CPU for each event. */
interface Spent {
  readonly frontend: number;
  readonly backend: number;
  readonly total: number;
}

async function measured(context: BenchContext, kind: Bus["kind"], mode: Mode | undefined) {
  const rig = await startEndToEnd(context, kind, {
    eventsPerSecond: EVENTS_PER_SECOND,
    // With a console the backend keeps a journal.
    ...(mode !== undefined && { frontendFlags: ["--console"], backendFlags: ["--journal"] }),
  });
  if (mode?.retains === false) await retainNothing(rig.frontend.port);
  await rig.run(WARM_UP_MS);
  const measure = async (): Promise<Spent> => {
    const before = [cpuSeconds(rig.frontend.pid), cpuSeconds(rig.backend.pid)] as const;
    const { events } = await rig.run(context.options.quick ? RUN_MS / 4 : RUN_MS);
    const frontend = ((cpuSeconds(rig.frontend.pid) - before[0]) * 1e6) / events;
    const backend = ((cpuSeconds(rig.backend.pid) - before[1]) * 1e6) / events;
    return { frontend, backend, total: frontend + backend };
  };
  return { measure, stop: () => rig.stop() };
}
