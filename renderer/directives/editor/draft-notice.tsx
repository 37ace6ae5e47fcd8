import { Button } from "@blueprintjs/core";
import { Icon } from "../../ui/icon.tsx";
import type { Edit } from "./use-edit.ts";

/** Says that the text isn't what is saved though nobody changed it just now, and when it would be lost. */
export function DraftNotice({ edit }: { edit: Edit }) {
  const text = noticeText(edit);
  if (text === undefined) return null;
  return (
    <div className="stale-notice" role="status">
      <Icon name={edit.restored === "yes" ? "info" : "warn"} className={edit.restored === "yes" ? "t2" : "warn"} />
      <span className="grow">{text}</span>
      {edit.restored === "no" ? null : (
        <Button size="small" onClick={edit.discard}>
          Discard the draft
        </Button>
      )}
    </div>
  );
}

function noticeText({ restored, isKept, changed }: Edit): string | undefined {
  if (restored === "outdated" && changed) {
    return "This is your draft of earlier. What it was made from was changed since: compare before you save.";
  }
  if (restored === "yes" && changed) return "This is your draft of earlier, which isn't saved yet.";
  return isKept ? undefined : "This text is too long to be kept as a draft: it is lost when the page is closed.";
}
