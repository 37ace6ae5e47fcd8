// How long a commit takes while very many backlogs live: the store alone, fed with the changes of a real correlator.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeWriter } from "../../engine/backlog/changes.ts";
import { SystemClock } from "../../engine/base/clock.ts";
import { silentLogger } from "../../engine/base/log.ts";
import { AlarmSink } from "../../engine/service/alarm-sink.ts";
import { StateStore } from "../../engine/store/state-store.ts";
import { LONG_LIVED } from "../lib/configs.ts";
import { correlatorWith, publishedEvent } from "../lib/correlator.ts";
import { quantile } from "../lib/figures.ts";
import type { Workload } from "../lib/workload.ts";
import { answerCalls } from "./answer.ts";

const methods = { measure };

async function measure(params: { backlogs: number; directives: number; changes: number; commits: number }) {
  const { backlogs, changes, commits, directives } = params;
  const folder = mkdtempSync(join(tmpdir(), "dsiem-bench-state-"));
  const clock = new SystemClock();
  const log = silentLogger(clock);
  const store = await StateStore.start({
    folder,
    databasePath: join(folder, ".state", "bench.db"),
    clock,
    logger: log,
    onDefect: (error) => {
      throw error;
    },
  });
  const writer = new ChangeWriter(store, (text) => createHash("sha256").update(text).digest("base64url"));
  const sink = new AlarmSink({
    recorder: { submit: () => undefined },
    appendEventLine: (line) => store.appendEvent(line),
    looksUp: false,
    changes: writer,
    log,
  });
  const correlator = correlatorWith({ count: directives, occurrences: LONG_LIVED }, sink);
  const workload: Workload = { matchEvery: 1, directives, sources: backlogs / directives, form: "published" };
  for (let sequence = 0; sequence < backlogs; sequence++) {
    correlator.process(publishedEvent(workload, sequence), clock.now());
    if (sequence % 1000 === 999) await store.flush();
  }
  const times: number[] = [];
  for (let commit = 0; commit < commits; commit++) {
    // Far apart, so that no two of them share a page of the database.
    for (let i = 0; i < changes; i++) {
      const sequence = backlogs + ((i * 997 + commit * 31) % backlogs);
      correlator.process(publishedEvent(workload, sequence), clock.now());
    }
    const started = performance.now();
    await store.flush();
    times.push(performance.now() - started);
  }
  await store.close(5000);
  rmSync(folder, { recursive: true, force: true });
  const sorted = Float64Array.from(times).sort();
  return { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
}

export type StateCommitMethods = typeof methods;
answerCalls(methods);
