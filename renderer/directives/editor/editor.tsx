import { useEffect, useMemo, useRef, useState } from "react";
import type { DirectiveRow } from "../../../engine/contract/console/directives.ts";
import { goTo, useUrlState } from "../../ui/hash-location.ts";
import { directiveRoute } from "../../ui/links.ts";
import { panelId, TabStrip, tabId } from "../../ui/tab-strip.tsx";
import type { CodeControls } from "./code-mirror.ts";
import { CodePane } from "./code-pane.tsx";
import { DraftNotice } from "./draft-notice.tsx";
import { EditorFigures, EditorHead } from "./editor-head.tsx";
import { withFix } from "./fixes.ts";
import { FormPane } from "./form-pane.tsx";
import { LeaveDialog } from "./leave-dialog.tsx";
import { changedLines } from "./line-changes.ts";
import type { LoadedEdit } from "./load-edited.ts";
import { LowerPanel } from "./lower-panel.tsx";
import type { PlacedProblem } from "./problem-places.ts";
import { SaveDialogs } from "./save-dialogs.tsx";
import { reasonNotToSave } from "./save-reason.ts";
import { StagePanel } from "./stage-panel.tsx";
import { type EditTarget, targetKey } from "./target.ts";
import { useTouchedBacklogs } from "./touched-backlogs.tsx";
import { useCheck } from "./use-check.ts";
import { type Edit, useEdit } from "./use-edit.ts";
import { useKnowledge } from "./use-knowledge.ts";
import { useSave } from "./use-save.ts";
import { useSaveKey } from "./use-save-key.ts";

interface EditorProps {
  target: EditTarget;
  ownFile: string;
  loaded: LoadedEdit;
  readOnly: string | undefined;
  files: readonly string[];
  onSaved: () => void;
}

/** Text, form and stages of one directive in step: the text is what counts, the others are views of it. */
export function Editor({ target, ownFile, loaded, readOnly, files, onSaved }: EditorProps) {
  const [values, change] = useUrlState();
  const edit = useEdit(targetKey(target), loaded);
  const check = useCheck(edit.edited, edit.text);
  const knowledge = useKnowledge();
  const controls = useRef<CodeControls>(undefined);
  const [comparing, setComparing] = useState(false);
  const isFile = target.kind === "file";
  const tab = values.get("tab") === "form" && !isFile ? "form" : "json";
  const reason = reasonNotToSave({ ...edit, ...check, readOnly, isNew: edit.edited.text === "" });
  const save = useSave({
    ...{ target, ownFile, edit, reason },
    onSaved: (now) => {
      onSaved();
      if (now !== undefined) showSaved(target, edit, now);
    },
  });
  const first = target.kind === "file" ? target.line : undefined;
  useEffect(() => {
    if (first !== undefined) controls.current?.goToLine(first);
  }, [first]);
  const isNew = target.kind === "new";
  useEffect(() => {
    // Whoever begins a directive wants to write it.
    if (isNew) controls.current?.goTo(0, 0);
  }, [isNew]);
  useSaveKey(() => void save.ask());
  const lines = useMemo(() => changedLines(edit.edited.text, edit.text), [edit.edited.text, edit.text]);
  const live = useTouchedBacklogs(loaded.row?.id);
  const show = ({ line, from, to }: PlacedProblem) => {
    change({ tab: undefined });
    // The text may be hidden behind the form until the next frame.
    if (line !== undefined) requestAnimationFrame(() => controls.current?.goTo(from, to));
  };
  return (
    <section className="editor" aria-label={isFile ? edit.edited.fileName : "Directive"}>
      <EditorHead
        {...{ target, edit, save, reason, comparing, readOnly, lines, files }}
        onCompare={() => setComparing((before) => !before)}
      />
      {isFile ? null : (
        <EditorTabs
          tab={tab}
          row={loaded.row}
          onChange={(next) => change({ tab: next === "json" ? undefined : next })}
        />
      )}
      <DraftNotice edit={edit} />
      <div
        className={isFile ? "editor-body whole" : "editor-body"}
        {...(isFile ? {} : { role: "tabpanel", id: panelId("editor"), "aria-labelledby": tabId("editor", tab) })}
      >
        <div className="editor-main" hidden={tab !== "json"}>
          <CodePane
            label={isFile ? `Text of ${edit.edited.fileName}` : "Text of the directive"}
            {...{ text: edit.text, saved: edit.edited.text, problems: check.problems, comparing, knowledge, controls }}
            readOnly={readOnly !== undefined}
            onChange={edit.change}
            onSave={() => void save.ask()}
          />
        </div>
        {tab === "form" ? <FormPane {...{ edit, check, knowledge }} readOnly={readOnly !== undefined} /> : null}
        {isFile ? null : (
          <StagePanel {...{ edit, check, live }} row={loaded.row} readOnly={readOnly !== undefined} onShow={show} />
        )}
        <LowerPanel
          {...{ edit, check, lines, live, reason, readOnly }}
          directive={loaded.row?.id}
          onShow={show}
          onFix={(problem) => edit.change(withFix(edit.text, problem))}
        />
      </div>
      <SaveDialogs save={save} edit={edit} />
      <LeaveDialog target={target} edit={edit} />
    </section>
  );
}

/** What was saved is what is edited now; what has another number by it is another directive, with its own address. */
function showSaved(target: EditTarget, edit: Edit, { edited, row }: LoadedEdit): void {
  if (target.kind === "file" || (target.kind === "directive" && row?.id === target.id)) {
    edit.rebase(edited, edited.text);
  } else if (row !== undefined) {
    edit.forget();
    goTo(directiveRoute(row.id), { replace: true });
  }
}

type EditorTab = "json" | "form";
interface EditorTabsProps {
  tab: EditorTab;
  row: DirectiveRow | undefined;
  onChange: (tab: EditorTab) => void;
}
function EditorTabs({ tab, row, onChange }: EditorTabsProps) {
  return (
    <div className="editor-tabs">
      <TabStrip
        name="editor"
        label="Ways to edit"
        tabs={[
          { id: "json", title: "JSON" },
          { id: "form", title: "Form" },
        ]}
        current={tab}
        onChange={onChange}
      />
      {row === undefined ? null : <EditorFigures row={row} />}
    </div>
  );
}
