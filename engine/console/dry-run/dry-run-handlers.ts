import type { ConfigFile } from "../../base/config-file.ts";
import { nodeOfDirectiveFile } from "../../base/config-file.ts";
import { errorText } from "../../base/errors.ts";
import type { DryRunAnswer } from "../../contract/console/directives.ts";
import { CONFIG_FILE_NAME } from "../../contract/limits.ts";
import type { Jobs } from "../alarms/jobs.ts";
import { ApiFault } from "../api-fault.ts";
import type { ConfigDesk } from "../config/config-desk.ts";
import type { Handlers } from "../route-table.ts";

/** What came of so many dry runs is kept. */
const MAX_KEPT = 20;

/** What is replayed: directives of one file, as edited and as saved, over the retained events of a range. */
export interface DryRunRequest {
  edited: readonly ConfigFile[];
  /** None when there is no such file yet. */
  saved: readonly ConfigFile[];
  assets: readonly ConfigFile[];
  /** When the events came in, milliseconds since the epoch. */
  from: number | undefined;
  to: number | undefined;
}

export interface DryRunParts {
  desk: ConfigDesk;
  jobs: Jobs;
  newId: () => string;
  /** Rejects with the signal's reason when that is aborted. */
  dryRun: (
    request: DryRunRequest,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ) => Promise<DryRunAnswer>;
}

interface DryRun {
  answer: DryRunAnswer;
  readonly cancel: AbortController;
}

const NOTHING = { alarms: 0, highestRisk: 0, riskless: 0, expired: 0, live: 0 };

/** `/directives/dry-run`: what an edited file would have raised, before it is saved. */
export function dryRunHandlers(parts: DryRunParts): Handlers {
  const { desk, newId } = parts;
  const runs = new Map<string, DryRun>();
  const find = (job: string): DryRun => {
    const run = runs.get(job);
    if (run === undefined) throw new ApiFault(404, "There is no such dry run, or what came of it isn't kept any more.");
    return run;
  };
  return {
    "POST /directives/dry-run": async ({ body: { name, text, from, to } }) => {
      if (!CONFIG_FILE_NAME.test(name) || nodeOfDirectiveFile(name) === undefined) {
        const message = `${JSON.stringify(name.slice(0, 100))} is no name of a directive file.`;
        throw new ApiFault(400, message, { field: "name" });
      }
      const saved = await desk.read(name);
      const assets = await Promise.all((await desk.names("assets")).map((each) => desk.read(each)));
      const request = {
        edited: [{ name, bytes: Buffer.from(text) }],
        saved: saved === undefined ? [] : [saved],
        assets: assets.filter((file) => file !== undefined),
        ...{ from, to },
      };
      const job = newId();
      const run = { answer: unfinished("It is being tried."), cancel: new AbortController() };
      keep(runs, job, run);
      // What came of it is asked for by its id.
      void follow(parts, job, run, request);
      return { job };
    },
    "GET /directives/dry-run/:job": ({ params: { job } }) => find(job).answer,
    "DELETE /directives/dry-run/:job": ({ params: { job } }) => {
      find(job).cancel.abort();
      return { ok: true };
    },
  };
}

/** Never rejects: what fails is the answer. */
async function follow({ jobs, dryRun }: DryRunParts, job: string, run: DryRun, request: DryRunRequest): Promise<void> {
  let done = 0;
  let total = 0;
  try {
    run.answer = await dryRun(
      request,
      (...progress) => {
        [done, total] = progress;
        jobs.set(job, { done, total, finished: false });
      },
      run.cancel.signal,
    );
    jobs.set(job, { done: run.answer.events, total: run.answer.events, finished: true });
  } catch (error) {
    const why = run.cancel.signal.aborted ? "It was cancelled." : errorText(error);
    run.answer = { ...unfinished(why), finished: true, stopped: why };
    jobs.set(job, { done, total, finished: true, failed: why });
  }
}

function unfinished(sentence: string): DryRunAnswer {
  return { finished: false, sentence, events: 0, edited: NOTHING, saved: NOTHING, directives: [] };
}

/** Beyond so many the oldest is forgotten, and cancelled if it still runs. */
function keep(runs: Map<string, DryRun>, job: string, run: DryRun): void {
  runs.set(job, run);
  for (const [oldest, { cancel }] of runs) {
    if (runs.size <= MAX_KEPT) return;
    cancel.abort();
    runs.delete(oldest);
  }
}
