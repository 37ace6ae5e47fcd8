import { Button, Menu, MenuItem, PopoverNext, ProgressBar } from "@blueprintjs/core";
import { closedStatus, takenStatus, useSession } from "../state/session.ts";
import { ChoiceDialog, NoteDialog } from "../ui/choice-dialog.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { countOf, numberText } from "../ui/number-text.ts";
import type { ShortcutAction } from "../ui/shortcut-keys.ts";
import { Keys, useShortcuts } from "../ui/shortcuts.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { targetCount } from "./bulk-change.ts";
import type { Bulk } from "./use-bulk.ts";

interface BulkBarProps {
  bulk: Bulk;
  /** How many are selected. */
  count: number;
  /** All that the query finds are selected, those that aren't loaded, too. */
  all: boolean;
  /** How many the query finds. */
  total: number | undefined;
  onSelectAll: () => void;
  onClear: () => void;
}

/** What can be done with the selected alarms; floats above the end of the list. */
export function BulkBar({ bulk, count, all, total, onSelectAll, onClear }: BulkBarProps) {
  const session = useSession();
  useBulkKeys(bulk);
  useShortcuts({ back: onClear });
  if (bulk.progress !== undefined && bulk.progress.total > 0) {
    const { done, total: of } = bulk.progress;
    return (
      <section className="bulk float" aria-label="Change in progress">
        <span className="num">
          {numberText(done)} of {numberText(of)}
        </span>
        <ProgressBar value={done / of} className="bulk-progress" intent="primary" />
      </section>
    );
  }
  return (
    <section className="bulk float" aria-label="Selected alarms">
      <b className="med num">{all ? `All ${numberText(count)} matching` : `${numberText(count)} selected`}</b>
      {all || total === undefined || total <= count ? null : (
        <Button variant="minimal" size="small" className="acc" onClick={onSelectAll}>
          Select all {numberText(total)} matching
        </Button>
      )}
      <span className="sep" />
      <BulkButton icon="half" text="Status" action="status" onClick={() => bulk.ask("status")} />
      <BulkButton icon="tag" text="Tag" action="tag" onClick={() => bulk.ask("tag")} />
      <BulkButton icon="note" text="Note" action="note" onClick={() => bulk.ask("note")} />
      <BulkButton
        icon="check"
        text="Close"
        action="close"
        onClick={() => void bulk.change({ status: closedStatus(session) })}
      />
      <PopoverNext placement="top-end" content={<MoreMenu bulk={bulk} />}>
        <Button variant="minimal" size="small" icon={<Icon name="more" size={14} />} aria-label="More" title="More" />
      </PopoverNext>
      <span className="sep" />
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="x" size={14} />}
        aria-label="Clear the selection"
        title="Clear the selection (Esc)"
        onClick={onClear}
      />
    </section>
  );
}

function MoreMenu({ bulk }: { bulk: Bulk }) {
  return (
    <Menu>
      <MenuItem icon={<Icon name="trash" />} className="bad" text="Delete…" onClick={() => bulk.ask("delete")} />
    </Menu>
  );
}

interface BulkButtonProps {
  icon: IconName;
  text: string;
  action: ShortcutAction;
  onClick: () => void;
}
function BulkButton({ icon, text, action, onClick }: BulkButtonProps) {
  return (
    <Button
      variant="minimal"
      size="small"
      icon={<Icon name={icon} size={14} />}
      endIcon={<Keys action={action} />}
      text={text}
      onClick={onClick}
    />
  );
}

/** The keys of triage; for the selection while there is one, else for the row that has the focus. */
export function useBulkKeys(bulk: Bulk): void {
  const session = useSession();
  const taken = takenStatus(session);
  useShortcuts({
    status: () => bulk.ask("status"),
    tag: () => bulk.ask("tag"),
    note: () => bulk.ask("note"),
    close: () => void bulk.change({ status: closedStatus(session) }),
    ...(taken === undefined ? {} : { take: () => void bulk.change({ status: taken }) }),
  });
}

/** The questions that come before a change. */
export function BulkDialogs({ bulk }: { bulk: Bulk }) {
  const { statuses, tags } = useSession();
  const { asking, stopAsking, change } = bulk;
  const count = asking === undefined ? 0 : targetCount(asking.target);
  return (
    <>
      <ChoiceDialog
        isOpen={asking?.what === "status"}
        title={`Status of ${countOf(count, "alarm")}`}
        choices={statuses}
        mark={(status) => <StatusMark status={status} statuses={statuses} />}
        onChoose={(status) => void change({ status })}
        onClose={stopAsking}
      />
      <ChoiceDialog
        isOpen={asking?.what === "tag"}
        title={`Tag of ${countOf(count, "alarm")}`}
        choices={tags}
        onChoose={(tag) => void change({ tag })}
        onClose={stopAsking}
      />
      <NoteDialog
        isOpen={asking?.what === "note"}
        count={count}
        onWrite={(note) => void change({ note })}
        onClose={stopAsking}
      />
      <ConfirmDialog
        isOpen={asking?.what === "delete"}
        title={`Delete ${countOf(count, "alarm")}?`}
        action={`Delete ${countOf(count, "alarm")}`}
        destructive
        onConfirm={bulk.remove}
        onCancel={stopAsking}
      >
        They are deleted from this console with their notes and history, and this can't be undone. The engine's own
        files keep them.
      </ConfirmDialog>
    </>
  );
}
