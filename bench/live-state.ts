import { BackendRig } from "./lib/backend-rig.ts";
import { asMs, type Bench, type BenchContext, type Row, rowAtMost } from "./lib/bench.ts";
import { LONG_LIVED } from "./lib/configs.ts";
import { Helper } from "./lib/helper.ts";
import type { Workload } from "./lib/workload.ts";
import type { StateCommitMethods } from "./processes/state-commit.ts";

const BACKLOGS = 100_000;
const DIRECTIVES = 1000;
/** Changes of one commit, each of another backlog. */
const CHANGES = 100;
const COMMITS = 200;
const MEASURE_MS = 120_000;
const COMMIT_MS = 20;
const RESTART_SECONDS = 3;
const KEPT = ["--reload-backlogs", "true"];

const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** What 100,000 live backlogs cost a commit and a restart after a crash. */
export const liveState: Bench = {
  name: "live-state",
  async run(context) {
    const backlogs = context.options.quick ? BACKLOGS / 10 : BACKLOGS;
    return [...(await commitRows(context, backlogs)), await restartRow(context, backlogs)];
  },
};

async function commitRows(context: BenchContext, backlogs: number): Promise<Row[]> {
  const p50: number[] = [];
  const p99: number[] = [];
  for (let i = 0; i < context.options.runs; i++) {
    const helper = new Helper<StateCommitMethods>("state-commit.ts");
    const params = { backlogs, directives: DIRECTIVES, changes: CHANGES, commits: COMMITS };
    const result = await helper.call("measure", params, MEASURE_MS);
    await helper.stop();
    p50.push(result.p50Ms);
    p99.push(result.p99Ms);
  }
  const bench = liveState.name;
  const measure = `commit of ${CHANGES} changes while ${backlogs.toLocaleString("en-US")} backlogs live`;
  return [
    rowAtMost({ bench, measure: `${measure}, median`, values: p50, format: asMs, detail: "to the disk" }, COMMIT_MS),
    rowAtMost({ bench, measure: "… 99 in 100", values: p99, format: asMs }, COMMIT_MS),
  ];
}

/** Killed, and started again on what it left: from the start of the process until it is ready. */
async function restartRow(context: BenchContext, backlogs: number): Promise<Row> {
  const workload: Workload = {
    matchEvery: 1,
    directives: DIRECTIVES,
    sources: backlogs / DIRECTIVES,
    form: "published",
  };
  const rig = await BackendRig.start(context, { count: DIRECTIVES, occurrences: LONG_LIVED });
  let backend = await rig.startBackend({ flags: KEPT });
  await rig.publish(workload, backlogs * 2);
  const starts: number[] = [];
  for (let i = 0; i < context.options.runs; i++) {
    await rig.killBackend();
    backend = await rig.startBackend({ flags: KEPT, folder: backend.folder });
    starts.push(backend.startedInMs / 1000);
  }
  await rig.stop();
  return rowAtMost(
    {
      bench: liveState.name,
      measure: "restart after SIGKILL, to ready",
      values: starts,
      format: seconds,
      detail: `${backlogs.toLocaleString("en-US")} backlogs with two events each`,
    },
    RESTART_SECONDS,
  );
}
