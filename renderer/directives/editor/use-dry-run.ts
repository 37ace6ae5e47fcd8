import { useState } from "react";
import type { DryRunAnswer } from "../../../engine/contract/console/directives.ts";
import { api } from "../../client/api.ts";
import { ApiError } from "../../client/api-error.ts";
import { useLive } from "../../client/hooks.ts";
import { fileWith } from "./edited-file.ts";
import type { Edit } from "./use-edit.ts";

/** A dry run, from nothing to its answer. `text` is what was tried, `version` the saved file that it was held against. */
export type DryRun =
  | { kind: "none" }
  | { kind: "running"; job: string | undefined; text: string; version: string; done: number; total: number }
  | { kind: "done"; text: string; version: string; answer: DryRunAnswer }
  | { kind: "failed"; error: string };

/** How far back events are tried; undefined: all that are kept. */
export const DRY_RUN_RANGES = [
  { id: "1h", title: "the last hour", milliseconds: 3_600_000 },
  { id: "24h", title: "the last 24 h", milliseconds: 86_400_000 },
  { id: "all", title: "all that are kept", milliseconds: undefined },
] as const;
export type DryRunRange = (typeof DRY_RUN_RANGES)[number];

export interface DryRunControls {
  run: DryRun;
  start: (range: DryRunRange) => Promise<void>;
  cancel: () => Promise<void>;
}

const failure = (error: unknown): DryRun => {
  if (error instanceof ApiError && error.status === 404) {
    return { kind: "failed", error: "This console's server can't try directives on retained events." };
  }
  return { kind: "failed", error: error instanceof Error ? error.message : String(error) };
};

/** Replays the retained events with the edited file and with the saved one, away from everything that runs. */
export function useDryRun(edit: Edit): DryRunControls {
  const [run, setRun] = useState<DryRun>({ kind: "none" });
  const job = run.kind === "running" ? run.job : undefined;
  const finish = async (id: string): Promise<void> => {
    try {
      const answer = await api.get("GET /directives/dry-run/:job", { params: { job: id } });
      if (!answer.finished) return;
      setRun((now) =>
        now.kind === "running" && now.job === id ? { kind: "done", text: now.text, version: now.version, answer } : now,
      );
    } catch (error) {
      setRun((now) => (now.kind === "running" && now.job === id ? failure(error) : now));
    }
  };
  const follow = ({ done, total, finished }: { done: number; total: number; finished: boolean }): void => {
    if (job === undefined) return;
    setRun((now) => (now.kind === "running" && now.job === job ? { ...now, done, total } : now));
    if (finished) void finish(job);
  };
  useLive("job", job === undefined ? undefined : { id: job }, {
    snapshot: follow,
    delta: follow,
    error: ({ text }) => setRun({ kind: "failed", error: text }),
  });
  const start = async ({ milliseconds }: DryRunRange): Promise<void> => {
    const { text, edited } = edit;
    setRun({ kind: "running", job: undefined, text, version: edited.version, done: 0, total: 0 });
    const from = milliseconds === undefined ? {} : { from: Date.now() - milliseconds };
    try {
      const begun = await api.post("POST /directives/dry-run", {
        body: { text: fileWith(edited, text), name: edited.fileName, ...from },
      });
      setRun((now) => (now.kind === "running" && now.job === undefined ? { ...now, job: begun.job } : now));
    } catch (error) {
      setRun(failure(error));
    }
  };
  const cancel = async (): Promise<void> => {
    if (job === undefined) return;
    try {
      await api.delete("DELETE /directives/dry-run/:job", { params: { job } });
    } catch (error) {
      setRun(failure(error));
    }
  };
  return { run, start, cancel };
}
