import type { BulkAnswer, BulkRequest } from "../../engine/contract/console/alarms.ts";
import { api } from "../client/api.ts";
import { ApiError } from "../client/api-error.ts";
import { live } from "../client/live.ts";
import { countOf, numberText } from "../ui/number-text.ts";
import { clipText } from "../ui/safe-text.ts";
import { showToast } from "../ui/toast.tsx";

/** An undo that failed can be tried again for so long. */
const UNDO_AGAIN_MS = 10_000;

/** Which alarms a change is for: these, or all that a query finds when the request arrives. */
export type BulkTarget =
  | { kind: "ids"; ids: readonly string[] }
  | { kind: "matching"; q: string; from?: number; to?: number; count: number };
export type BulkChange = { status: string } | { tag: string } | { note: string };
export interface BulkProgress {
  done: number;
  total: number;
}

export function targetCount(target: BulkTarget): number {
  return target.kind === "ids" ? target.ids.length : target.count;
}

function whichOf(target: BulkTarget): Pick<BulkRequest, "ids" | "q" | "from" | "to"> {
  if (target.kind === "ids") return { ids: [...target.ids] };
  const { q, from, to } = target;
  return { q, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Changes alarms, tells how far it is, and offers to take it back. Resolves to whether it was done. */
export async function changeAlarms(
  target: BulkTarget,
  change: BulkChange,
  onProgress: (progress: BulkProgress | undefined) => void,
): Promise<boolean> {
  const jobId = crypto.randomUUID();
  const follow = (progress: BulkProgress) => onProgress({ done: progress.done, total: progress.total });
  const stop = live.subscribe("job", { id: jobId }, { snapshot: follow, delta: follow });
  try {
    const answer = await api.post("POST /alarms/bulk", { body: { ...whichOf(target), ...change, jobId } });
    tellChange(change, answer);
    return answer.failed === undefined;
  } catch (error) {
    showToast({ level: "bad", text: `${failureText(change)}: ${sentenceOf(error)}` });
    return false;
  } finally {
    stop();
    onProgress(undefined);
  }
}

/** Deletes alarms from the console; throws what went wrong, for the dialog that asked. */
export async function deleteAlarms(target: BulkTarget): Promise<void> {
  const { deleted } = await api.delete("DELETE /alarms", { body: whichOf(target) });
  showToast({ level: "ok", text: `Deleted ${countOf(deleted, "alarm")}` });
}

function tellChange(
  change: BulkChange,
  { changed, unchanged, missing, undoToken, undoUntil, failed }: BulkAnswer,
): void {
  const rest = [
    unchanged > 0 ? `${numberText(unchanged)} were so already` : "",
    missing > 0 ? `${numberText(missing)} are no longer there` : "",
  ].filter((text) => text !== "");
  const text = [changeText(change, changed), ...rest, ...(failed === undefined ? [] : [failed])].join("; ");
  const level = failed === undefined ? "ok" : "bad";
  if (undoToken === undefined || undoUntil === undefined || changed === 0) showToast({ level, text });
  else showToast({ level, text, undo: { until: undoUntil, run: () => void undo(undoToken) } });
}

function changeText(change: BulkChange, changed: number): string {
  if ("status" in change) return `${clipText(change.status, 40).text}: ${countOf(changed, "alarm")}`;
  if ("tag" in change) return `Tagged ${countOf(changed, "alarm")} ${clipText(change.tag, 40).text}`;
  return `Noted on ${countOf(changed, "alarm")}`;
}

function failureText(change: BulkChange): string {
  if ("status" in change) return "The status wasn't set";
  return "tag" in change ? "The tag wasn't set" : "The note wasn't written";
}

async function undo(token: string): Promise<void> {
  try {
    const { restored, skipped } = await api.post("POST /undo/:token", { params: { token } });
    const kept = skipped === 0 ? "" : `; ${numberText(skipped)} were changed since and stay`;
    showToast({ level: "ok", text: `Taken back on ${countOf(restored, "alarm")}${kept}` });
  } catch (error) {
    const text = `Undo failed: ${sentenceOf(error)}`;
    const again = { until: Date.now() + UNDO_AGAIN_MS, run: () => void undo(token) };
    showToast({ level: "bad", text, ...(isOver(error) ? {} : { undo: again }) });
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** It was taken back, or its time is over. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && error.status === 410;
}
