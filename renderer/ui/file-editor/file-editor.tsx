import { Button } from "@blueprintjs/core";
import { useEffect, useRef, useState } from "react";
import type { ConfigProblem, SaveAnswer } from "../../../engine/contract/console/directives.ts";
import { ConfirmDialog } from "../confirm-dialog.tsx";
import { Icon } from "../icon.tsx";
import { countOf } from "../number-text.ts";
import { safeText } from "../safe-text.ts";
import { showToast } from "../toast.tsx";
import { differenceLines, differenceText } from "./difference.ts";
import { DifferenceView } from "./difference-view.tsx";
import { lineSpan, problemsInOrder, problemText, reasonNotToSave } from "./lines.ts";
import { savedText, touchedText } from "./saved-text.ts";
import { LINE_HEIGHT, TextPane } from "./text-pane.tsx";
import { useDraft } from "./use-draft.ts";
import "./file-editor.css";

interface FileEditorProps {
  name: string;
  /** The file as it is; empty for one that isn't there yet. */
  base: string;
  /** What to begin with, in place of the file: an import. */
  first?: string | undefined;
  readOnly: string | undefined;
  /** Go to this line at first. */
  line?: number | undefined;
  check: (text: string, signal: AbortSignal) => Promise<readonly ConfigProblem[]>;
  save: (text: string, dryRun: boolean) => Promise<SaveAnswer>;
  onSaved: () => void;
  onClose: () => void;
}

/** A configuration file as text: its problems by line, and a save that shows first what it would change. */
export function FileEditor(props: FileEditorProps) {
  const { name, base, first, readOnly, line, check, save, onSaved, onClose } = props;
  const draft = useDraft(base, first, check);
  const field = useRef<HTMLTextAreaElement>(null);
  const [answer, setAnswer] = useState<SaveAnswer>();
  const [asking, setAsking] = useState(false);
  const reason = draft.fault ?? reasonNotToSave({ ...draft, readOnly });
  useEffect(() => {
    if (line !== undefined) goToLine(field.current, line);
  }, [line]);

  const ask = async (): Promise<void> => {
    if (reason !== undefined || asking) return;
    setAsking(true);
    try {
      setAnswer(await save(draft.text, true));
    } catch (error) {
      showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
    } finally {
      setAsking(false);
    }
  };
  const confirm = async (): Promise<void> => {
    const done = await save(draft.text, false);
    if (!done.saved) throw new Error(done.problems[0]?.text ?? "The file wasn't saved, and no reason was given.");
    setAnswer(undefined);
    showToast({ level: "ok", text: savedText(`${name} is saved`, done) });
    onSaved();
  };
  return (
    <section className="file-editor" aria-label={safeText(name)}>
      <div className="file-bar">
        <span className="mono strong clip">{safeText(name)}</span>
        <span className="t2 sm" role="status">
          {draft.changed ? "changed, not saved" : "as it is on disk"}
        </span>
        <span className="grow" />
        {draft.changed ? (
          <Button variant="minimal" size="small" onClick={draft.discard}>
            Discard
          </Button>
        ) : null}
        <Button variant="minimal" size="small" onClick={onClose}>
          Close
        </Button>
        <Button
          size="small"
          intent={reason === undefined ? "primary" : "none"}
          loading={asking}
          aria-disabled={reason !== undefined}
          className={reason === undefined ? "" : "bp6-disabled"}
          title={reason === undefined ? "Shows first what would be changed (Ctrl S)" : safeText(reason)}
          onClick={() => void ask()}
        >
          Save…
        </Button>
      </div>
      <TextPane
        label={`Text of ${name}`}
        {...{ text: draft.text, problems: draft.problems, readOnly: readOnly !== undefined, field }}
        onChange={draft.change}
        onSave={() => void ask()}
      />
      <Problems problems={draft.problems} reason={reason} onGo={(at) => goToLine(field.current, at)} />
      <ConfirmDialog
        isOpen={answer !== undefined}
        title={`Save ${name}?`}
        action="Save"
        onConfirm={confirm}
        onCancel={() => setAnswer(undefined)}
      >
        {answer === undefined ? null : <SaveQuestion answer={answer} />}
      </ConfirmDialog>
    </section>
  );
}

function SaveQuestion({ answer }: { answer: SaveAnswer }) {
  const warnings = answer.problems.filter(({ severity }) => severity === "warning");
  return (
    <div className="save-question">
      <p>
        {differenceText(differenceLines(answer.difference))}. {touchedText(answer)}
      </p>
      {warnings.length === 0 ? null : (
        <p className="warn">
          {countOf(warnings.length, "warning")}: {safeText(warnings[0]?.text ?? "")}
        </p>
      )}
      <DifferenceView difference={answer.difference} />
    </div>
  );
}

interface ProblemsProps {
  problems: readonly ConfigProblem[];
  reason: string | undefined;
  onGo: (line: number) => void;
}
function Problems({ problems, reason, onGo }: ProblemsProps) {
  return (
    <section className="problems" aria-label="Problems">
      <header>
        <h2>Problems</h2>
        <span className="t3 num">{problems.length}</span>
        <span className="grow" />
        <span className="t2 sm clip">{problems.length === 0 ? safeText(reason ?? "The file can be saved.") : ""}</span>
      </header>
      {problems.length === 0 ? null : (
        <ul>
          {problemsInOrder(problems).map(({ severity, text, line, directiveId, stage, field }) => (
            <li key={`${severity} ${line} ${directiveId} ${stage} ${field} ${text}`}>
              <button type="button" disabled={line === undefined} onClick={() => line !== undefined && onGo(line)}>
                <Icon
                  name={severity === "error" ? "x" : "warn"}
                  size={14}
                  className={severity === "error" ? "bad" : "warn"}
                />
                <span className="off-screen">{severity}: </span>
                <span className="grow">{safeText(problemText({ field, text }))}</span>
                <span className="mono t3">
                  {[
                    directiveId === undefined ? "" : `directive ${directiveId}`,
                    stage === undefined ? "" : `stage ${stage}`,
                    line === undefined ? "" : `line ${line}`,
                  ]
                    .filter((each) => each !== "")
                    .join(", ")}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Selects a line and brings it to the middle of the pane. */
function goToLine(field: HTMLTextAreaElement | null, line: number): void {
  if (field === null) return;
  field.focus();
  field.setSelectionRange(...lineSpan(field.value, line));
  field.scrollTop = Math.max(0, (line - 1) * LINE_HEIGHT - field.clientHeight / 2);
  field.scrollLeft = 0;
}
