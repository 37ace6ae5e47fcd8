import type { BulkAnswer } from "../../engine/contract/console/alarms.ts";
import { api } from "../client/api.ts";
import { ApiError } from "../client/api-error.ts";
import { clipText } from "../ui/safe-text.ts";
import { showToast } from "../ui/toast.tsx";

/** An undo that failed can be tried again for so long. */
const UNDO_AGAIN_MS = 10_000;

/** What a person changes of an alarm. */
export type AlarmChange = { status: string } | { tag: string } | { note: string };

/** Makes the change, says so, and offers to take it back for as long as the server can. Resolves to whether it was made. */
export async function changeAlarm(id: string, change: AlarmChange): Promise<boolean> {
  try {
    const answer = await api.post("POST /alarms/bulk", { body: { ids: [id], ...change } });
    if (answer.missing > 0) throw new Error("The alarm isn't there any more.");
    tell(change, answer);
    return true;
  } catch (error) {
    showToast({ level: "bad", text: `${attempt(change)} failed: ${sentenceOf(error)}` });
    return false;
  }
}

function tell(change: AlarmChange, { changed, undoToken, undoUntil }: BulkAnswer): void {
  const text = changed === 0 ? "It was so already" : done(change);
  if (undoToken === undefined || undoUntil === undefined) {
    showToast({ level: "ok", text });
    return;
  }
  showToast({ level: "ok", text, undo: { until: undoUntil, run: () => void undo(undoToken) } });
}

async function undo(token: string): Promise<void> {
  try {
    const { restored } = await api.post("POST /undo/:token", { params: { token } });
    showToast({ level: "ok", text: restored > 0 ? "Taken back" : "Somebody changed it since: it stays as it is" });
  } catch (error) {
    const isOver = error instanceof ApiError && error.status === 410;
    const again = { until: Date.now() + UNDO_AGAIN_MS, run: () => void undo(token) };
    showToast({ level: "bad", text: `Undo failed: ${sentenceOf(error)}`, ...(isOver ? {} : { undo: again }) });
  }
}

function done(change: AlarmChange): string {
  if ("status" in change) return `Status set to ${clipText(change.status, 40).text}`;
  if ("tag" in change) return `Tag set to ${clipText(change.tag, 40).text}`;
  return "Note written";
}

function attempt(change: AlarmChange): string {
  if ("status" in change) return "Setting the status";
  return "tag" in change ? "Setting the tag" : "Writing the note";
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
