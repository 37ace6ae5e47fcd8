import { Button, Dialog, DialogBody, DialogFooter } from "@blueprintjs/core";
import type { SaveAnswer } from "../../../engine/contract/console/directives.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { differenceLines, differenceText } from "../../ui/file-editor/difference.ts";
import { DifferenceView } from "../../ui/file-editor/difference-view.tsx";
import { touchedText } from "../../ui/file-editor/saved-text.ts";
import { countOf } from "../../ui/number-text.ts";
import { safeText } from "../../ui/safe-text.ts";
import { keptRulesText } from "./touched-backlogs.tsx";
import type { Edit } from "./use-edit.ts";
import type { Save } from "./use-save.ts";

/** What a save asks: whether the difference is what was meant, and whose change counts when two were made. */
export function SaveDialogs({ save, edit }: { save: Save; edit: Edit }) {
  const { fileName } = edit.edited;
  return (
    <>
      <ConfirmDialog
        isOpen={save.answer !== undefined}
        title={`Save ${fileName}?`}
        action="Save and reload"
        onConfirm={save.confirm}
        onCancel={save.cancel}
      >
        {save.answer === undefined ? null : <SaveQuestion answer={save.answer} />}
      </ConfirmDialog>
      <Dialog
        isOpen={save.conflict !== undefined}
        title="Somebody changed this meanwhile"
        className="confirm"
        isCloseButtonShown={false}
        onClose={save.cancel}
      >
        <DialogBody>
          <p>
            What you edit was changed in <span className="mono">{safeText(fileName)}</span> since you began. Keep yours
            to compare the two before you save, or take theirs and lose your changes.
          </p>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button autoFocus text="Cancel" onClick={save.cancel} />
              <Button intent="danger" text="Take theirs" onClick={save.takeTheirs} />
              <Button intent="primary" text="Keep mine" onClick={save.keepMine} />
            </>
          }
        />
      </Dialog>
    </>
  );
}

function SaveQuestion({ answer }: { answer: SaveAnswer }) {
  const warnings = answer.problems.filter(({ severity }) => severity === "warning");
  const live = (answer.touched ?? []).reduce((sum, touched) => sum + touched.live, 0);
  return (
    <div className="save-question">
      <p>
        {differenceText(differenceLines(answer.difference))}. {touchedText(answer)}
      </p>
      {live === 0 ? null : (
        <p>
          This touches <b>{countOf(live, "live backlog")}</b>. {keptRulesText(live)}
        </p>
      )}
      {warnings.length === 0 ? null : (
        <p className="warn">
          {countOf(warnings.length, "warning")}: {safeText(warnings[0]?.text ?? "")}
        </p>
      )}
      <DifferenceView difference={answer.difference} />
    </div>
  );
}
