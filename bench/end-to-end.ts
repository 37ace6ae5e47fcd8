import { asMs, type Bench, type BenchContext, type Row, rowAtMost } from "./lib/bench.ts";
import { STEADY } from "./lib/configs.ts";
import { stopMeasured } from "./lib/cpu-profile.ts";
import { BenchError } from "./lib/failure.ts";
import { median, perSecond, slope } from "./lib/figures.ts";
import { Helper } from "./lib/helper.ts";
import { type Backend, type Bus, type Frontend, startBackend, startFrontend, startNats } from "./lib/services.ts";
import { residentMib } from "./lib/system.ts";
import type { Workload } from "./lib/workload.ts";
import type { PacedLoadMethods } from "./processes/paced-load.ts";

const DIRECTIVES = 1000;
const EVENTS_PER_SECOND = 10_000;
/** As a pipeline with a few large senders and many small ones: four events in five come in arrays. */
const ARRAY_SHARE = 0.8;
const PER_ARRAY = 50;
const ARRAY_CONNECTIONS = 8;
const SINGLE_CONNECTIONS = 32;
const WORKLOAD: Workload = { matchEvery: 10, directives: DIRECTIVES, sources: 1, form: "posted" };

const WARM_UP_MS = 3000;
const RUN_MS = 6000;
const CONNECT_MS = 10_000;
/** Beyond a run's own time. */
const SPARE_MS = 30_000;
const SAMPLE_MS = 1000;
const SLOPE_FROM_MS = 120_000;
/** An event's line may wait for a group commit; an alarm record doesn't. */
const P50_MS = 25;
const P99_MS = 60;
const RECORD_P50_MS = 10;
const RECORD_P99_MS = 40;
const SLOPE_MIB_A_MINUTE = 1;

type PacedResult = Awaited<ReturnType<PacedLoadMethods["run"]>>;

/** How long an event takes from its post until its line is in siem_alarm_events.json, at a rate that isn't the limit. */
export const endToEndNats: Bench = { name: "end-to-end-nats", run: (context) => endToEnd(context, "nats") };
export const endToEndLink: Bench = { name: "end-to-end-link", run: (context) => endToEnd(context, "link") };

interface EndToEndRig {
  readonly frontend: Frontend;
  readonly backend: Backend;
  /** Posts for so long; throws when an event is lost. */
  run(milliseconds: number): Promise<PacedResult>;
  stop(): Promise<void>;
}

async function endToEnd(context: BenchContext, kind: Bus["kind"]): Promise<Row[]> {
  const rig = await startEndToEnd(context, kind);
  await rig.run(WARM_UP_MS);
  const runs: PacedResult[] = [];
  for (let i = 0; i < context.options.runs; i++) {
    const run = await rig.run(context.options.quick ? RUN_MS / 3 : RUN_MS);
    context.say(`${kind}: ${described(run)}`);
    runs.push(run);
  }
  await rig.stop();
  return latencyRows(`end-to-end-${kind}`, runs);
}

/** The same for many minutes, with the slope of the memory of both services after the second minute. */
export async function soak(context: BenchContext, kind: Bus["kind"], minutes: number): Promise<Row[]> {
  const rig = await startEndToEnd(context, kind);
  const started = performance.now();
  const frontend: { x: number; y: number }[] = [];
  const backend: { x: number; y: number }[] = [];
  const sample = setInterval(() => {
    const elapsedMs = performance.now() - started;
    if (elapsedMs < SLOPE_FROM_MS) return;
    frontend.push({ x: elapsedMs / 60_000, y: residentMib(rig.frontend.pid) });
    backend.push({ x: elapsedMs / 60_000, y: residentMib(rig.backend.pid) });
  }, SAMPLE_MS);
  let result: PacedResult;
  try {
    result = await rig.run(minutes * 60_000);
  } finally {
    clearInterval(sample);
  }
  context.say(`${kind}: ${described(result)}`);
  await rig.stop();
  const bench = `soak-${kind}`;
  const slopeRow = (name: string, points: { x: number; y: number }[]): Row => {
    const most = Math.max(...points.map(({ y }) => y));
    const format = (value: number): string => `${value.toFixed(2)} MiB/min`;
    const measure = `${name}: growth of RSS after minute 2`;
    const detail = `at most ${most.toFixed(0)} MiB`;
    return rowAtMost({ bench, measure, values: [slope(points)], format, detail }, SLOPE_MIB_A_MINUTE);
  };
  return [...latencyRows(bench, [result]), slopeRow("frontend", frontend), slopeRow("backend", backend)];
}

function latencyRows(bench: string, runs: readonly PacedResult[]): Row[] {
  const rate = median(runs.map((run) => run.eventsPerSecond));
  const most = Math.max(...runs.map((run) => run.mostMs));
  const p50 = { bench, measure: "post to line written, p50", values: runs.map((run) => run.p50Ms), format: asMs };
  const p99 = { bench, measure: "post to line written, p99", values: runs.map((run) => run.p99Ms), format: asMs };
  const records = runs.reduce((sum, run) => sum + run.records, 0);
  const measure = "post to alarm record written";
  const record50 = { bench, measure: `${measure}, p50`, values: runs.map((run) => run.recordP50Ms), format: asMs };
  const record99 = { bench, measure: `${measure}, p99`, values: runs.map((run) => run.recordP99Ms), format: asMs };
  return [
    rowAtMost({ ...p50, detail: `${perSecond(rate)}; 0 lost` }, P50_MS),
    rowAtMost({ ...p99, detail: `longest ${most.toFixed(0)} ms` }, P99_MS),
    rowAtMost({ ...record50, detail: `${records} records` }, RECORD_P50_MS),
    rowAtMost(record99, RECORD_P99_MS),
  ];
}

function described(run: PacedResult): string {
  return (
    `${run.events} events at ${perSecond(run.eventsPerSecond)}, p50 ${run.p50Ms.toFixed(2)} ms, ` +
    `p99 ${run.p99Ms.toFixed(2)} ms, longest ${run.mostMs.toFixed(1)} ms, ` +
    `records p50 ${run.recordP50Ms.toFixed(2)} ms, p99 ${run.recordP99Ms.toFixed(2)} ms, no connection free ${run.waits} times`
  );
}

interface EndToEndSetup {
  readonly eventsPerSecond?: number;
  /** Flags of the services beyond those that every bench needs. */
  readonly frontendFlags?: readonly string[];
  readonly backendFlags?: readonly string[];
}

export async function startEndToEnd(
  context: BenchContext,
  kind: Bus["kind"],
  { eventsPerSecond = EVENTS_PER_SECOND, frontendFlags = [], backendFlags = [] }: EndToEndSetup = {},
): Promise<EndToEndRig> {
  const { options } = context;
  const nats = kind === "nats" ? await startNats() : undefined;
  const bus: Bus = nats === undefined ? { kind: "link" } : { kind: "nats", server: nats };
  const frontend = await startFrontend(
    options,
    bus,
    { count: DIRECTIVES, occurrences: STEADY },
    {
      profile: true,
      flags: frontendFlags,
    },
  );
  const backend = await startBackend(options, bus, frontend.port, {
    profile: true,
    flags: ["--reload-backlogs", "false", ...backendFlags],
  });
  const load = new Helper<PacedLoadMethods>("paced-load.ts");
  await load.call(
    "connect",
    {
      port: frontend.port,
      alarmEvents: backend.alarmEvents,
      alarms: backend.alarms,
      occurrences: STEADY,
      workload: WORKLOAD,
      eventsPerSecond,
      arrayShare: ARRAY_SHARE,
      perArray: PER_ARRAY,
      arrayConnections: ARRAY_CONNECTIONS,
      singleConnections: SINGLE_CONNECTIONS,
    },
    CONNECT_MS,
  );
  return {
    frontend,
    backend,
    run: async (milliseconds) => {
      const result = await load.call("run", { milliseconds }, milliseconds + SPARE_MS);
      nats?.check();
      backend.check();
      if (result.lost !== 0 || result.repeated !== 0) {
        throw new BenchError(`LOST ${result.lost} of ${result.matching} lines, ${result.repeated} repeated (${kind})`);
      }
      return result;
    },
    stop: async () => {
      await load.stop();
      await stopMeasured(context, "the backend", backend);
      await stopMeasured(context, "the frontend", frontend);
      await nats?.stop();
    },
  };
}
