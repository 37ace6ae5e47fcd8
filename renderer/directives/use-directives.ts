import { useEffect, useRef } from "react";
import type { DirectivesAnswer, SaveAnswer } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";
import { type Loaded, useLoaded } from "../client/hooks.ts";
import { useConnection } from "../state/connection.ts";
import { usePause } from "../state/pause.ts";
import { savedText } from "../ui/file-editor/saved-text.ts";
import { showToast } from "../ui/toast.tsx";

/** Counters change with every event; the list is read again at most so often. */
const FEWEST_MS_BETWEEN = 5_000;

/** All directives with their counters, which follow the backends' reports. */
export function useDirectives(): Loaded<DirectivesAnswer> {
  const loaded = useLoaded("directives", (signal) => api.get("GET /directives", { signal }));
  const reportedAt = useConnection(({ health }) => health?.at);
  const { paused } = usePause();
  const last = useRef(Date.now());
  const { reload } = loaded;
  useEffect(() => {
    if (reportedAt === undefined || paused || Date.now() - last.current < FEWEST_MS_BETWEEN) return;
    last.current = Date.now();
    reload();
  }, [reportedAt, paused, reload]);
  return loaded;
}

/** Says what was done, `Directive 7 is disabled`, and to whom, or why it wasn't; true when it was. */
export function saidDone(what: string, answer: SaveAnswer): boolean {
  if (answer.saved) showToast({ level: "ok", text: savedText(what, answer) });
  else showToast({ level: "bad", text: answer.problems[0]?.text ?? "Nothing was saved, and no reason was given." });
  return answer.saved;
}

/** Runs a change; a refusal becomes a toast. */
export async function tryChange(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
  }
}
