import { type Activity, activitySchema } from "../../contract/console/alarms.ts";
import type { SqlRow } from "./alarm-rows.ts";

/** A row of the table `activity` with its sentence. */
export function activityText(row: SqlRow): Activity {
  const kind = activitySchema.shape.kind.parse(row.kind);
  const was = row.was === null ? undefined : String(row.was);
  const became = row.became === null ? undefined : String(row.became);
  return {
    ...{ id: Number(row.id), at: Number(row.at), by: String(row.who), kind },
    ...(was === undefined ? {} : { from: was }),
    ...(became === undefined ? {} : { to: became }),
    text: sentence(kind, was ?? "", became ?? ""),
  };
}

function sentence(kind: Activity["kind"], was: string, became: string): string {
  switch (kind) {
    case "status":
      return `Status changed from ${was} to ${became}.`;
    case "tag":
      return `Tag changed from ${was} to ${became}.`;
    case "note":
      return became;
    case "undo":
      return "The last change was taken back.";
    case "import":
      return "Taken in from the files of an earlier installation.";
    case "created":
      return `The alarm began with risk ${became}.`;
    case "risk":
      return `Risk changed from ${was} to ${became}.`;
    case "stage":
      return `Stage ${was} finished; stage ${became} began.`;
    case "timeout":
      return `Stage ${became} ran out of time.`;
    case "complete":
      return `Stage ${became}, the last one, finished.`;
  }
}
