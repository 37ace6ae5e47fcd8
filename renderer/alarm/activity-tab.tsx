import type { Activity, AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { NoteText } from "../ui/note-text.tsx";
import { clipText } from "../ui/safe-text.ts";
import { FailedState } from "../ui/states.tsx";
import { TimeText } from "../ui/time-text.tsx";
import { NoteForm } from "./note-form.tsx";
import { useActivity } from "./use-alarm.ts";

const ICONS: Readonly<Record<Activity["kind"], IconName>> = {
  status: "half",
  tag: "tag",
  note: "note",
  undo: "undo",
  import: "file",
  created: "alarms",
  risk: "up",
  stage: "check",
  timeout: "clock",
  complete: "check",
};

/** Who changed what when, the newest first, and where a note is written. */
export function ActivityTab({ alarm, writing }: { alarm: AlarmDetail; writing: boolean }) {
  const { data, error, loading, reload } = useActivity(alarm.id, alarm.rev);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
    <section className="activity" aria-label="Activity" tabIndex={0}>
      <NoteForm id={alarm.id} focused={writing} onSent={reload} />
      {error !== undefined && <FailedState title="The history can't be read" text={error.message} onRetry={reload} />}
      {data === undefined && loading && <p className="t3">Reading the history…</p>}
      <ol>
        {(data?.activity ?? []).map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ entry }: { entry: Activity }) {
  return (
    <li>
      <Icon name={ICONS[entry.kind]} size={14} className="t3" />
      <div>
        <NoteText text={entry.text} most={10_000} />
        <p className="t3 sm">
          {entry.by === "" ? "the engine" : clipText(entry.by, 60).text} · <TimeText at={entry.at} ago />
        </p>
      </div>
    </li>
  );
}
