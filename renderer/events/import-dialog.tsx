import { Button, Checkbox, Dialog, DialogBody, DialogFooter, ProgressBar } from "@blueprintjs/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../client/api.ts";
import { bytesText, countOf, numberText } from "../ui/number-text.ts";
import { clipText } from "../ui/safe-text.ts";
import { type ImportFile, type ImportState, ONE_PIECE_BYTES, runImport } from "./import-run.ts";

interface ImportDialogProps {
  isOpen: boolean;
  /** A file that was dropped on the screen, or opened with the desktop. */
  file: ImportFile | undefined;
  onFile: (file: ImportFile | undefined) => void;
  onClose: () => void;
}

/** Takes in a file of events through the frontend's door, as if a sender had sent them. */
export function ImportDialog({ isOpen, file, onFile, onClose }: ImportDialogProps) {
  const [shift, setShift] = useState(false);
  const { state, start, stop, forget } = useImport();
  const input = useRef<HTMLInputElement>(null);
  const running = state?.outcome === "running";
  const close = (): void => {
    if (running) return;
    forget();
    onFile(undefined);
    onClose();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file is another import.
  useEffect(forget, [file]);
  const tooLargeToShift = file !== undefined && file.size > ONE_PIECE_BYTES;
  return (
    <Dialog
      isOpen={isOpen}
      title="Import events from a file"
      onClose={close}
      canEscapeKeyClose={!running}
      canOutsideClickClose={!running}
      isCloseButtonShown={!running}
      className="import-dialog"
    >
      <DialogBody>
        <p className="t2">
          A JSON array, or one event a line. They go through the same door as all others: directives see them, alarms
          may come of them.
        </p>
        <input
          ref={input}
          type="file"
          accept=".json,.ndjson,.jsonl,.log,.txt,application/json"
          className="off-screen"
          tabIndex={-1}
          aria-label="File of events"
          onChange={(event) => onFile(event.target.files?.[0])}
        />
        <div className="row import-file">
          <Button
            size="small"
            text={file === undefined ? "Choose a file" : "Another file"}
            disabled={running}
            onClick={() => input.current?.click()}
          />
          <span className="clip">
            {file === undefined ? "or drop one here" : `${clipText(file.name, 80).text}, ${bytesText(file.size)}`}
          </span>
        </div>
        <Checkbox
          checked={shift && !tooLargeToShift}
          disabled={running || tooLargeToShift}
          onChange={(event) => setShift(event.currentTarget.checked)}
          label={
            tooLargeToShift
              ? `Move the times so that the last event happens now (only files up to ${bytesText(ONE_PIECE_BYTES)})`
              : "Move the times so that the last event happens now"
          }
        />
        {state !== undefined && <Progress state={state} />}
      </DialogBody>
      <DialogFooter
        actions={
          running ? (
            <Button text="Stop" onClick={stop} />
          ) : (
            <StartButtons
              onClose={close}
              onStart={
                file === undefined || state !== undefined ? undefined : () => start(file, shift && !tooLargeToShift)
              }
            />
          )
        }
      />
    </Dialog>
  );
}

/** `onStart` is undefined while there is nothing to import. */
function StartButtons({ onClose, onStart }: { onClose: () => void; onStart: (() => void) | undefined }) {
  return (
    <>
      <Button text="Close" onClick={onClose} />
      <Button intent="primary" text="Import" disabled={onStart === undefined} onClick={() => onStart?.()} />
    </>
  );
}

function useImport() {
  const [state, setState] = useState<ImportState | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = (file: ImportFile, shiftToNow: boolean): void => {
    const stop = new AbortController();
    running.current = stop;
    void runImport(
      file,
      (text, signal) => api.post("POST /events/import", { body: { text, ...(shiftToNow && { shiftToNow }) }, signal }),
      stop.signal,
      setState,
    );
  };
  const stop = useCallback(() => running.current?.abort(), []);
  const forget = useCallback(() => setState((before) => (before?.outcome === "running" ? before : undefined)), []);
  return { state, start, stop, forget };
}

function Progress({ state }: { state: ImportState }) {
  const { size, read, accepted, refused, outcome, problems, moreProblems } = state;
  const share = size === 0 ? 1 : read / size;
  return (
    <div className="import-progress" role="status">
      <ProgressBar
        value={outcome === "done" ? 1 : share}
        aria-label="How far the import is"
        animate={false}
        stripes={false}
        intent={typeof outcome === "object" ? "danger" : "primary"}
      />
      <p>
        <b>{sentenceOf(state)}</b> {countOf(accepted, "event")} taken in
        {refused > 0 ? `, ${numberText(refused)} refused.` : "."}
      </p>
      {problems.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
        <ol className="import-problems" tabIndex={0} aria-label="Problems">
          {problems.map(({ line, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: problems are only ever added at the end.
            <li key={index}>
              <span className="t3 num">
                {line === 0 ? "" : `${state.format === "list" ? "event" : "line"} ${line}`}
              </span>
              <span>{clipText(text, 300).text}</span>
            </li>
          ))}
          {(moreProblems > 0 || refused > problems.length) && (
            <li className="t3">Further problems aren’t listed: {numberText(refused)} events were refused in all.</li>
          )}
        </ol>
      )}
    </div>
  );
}

function sentenceOf({ outcome, read, size }: ImportState): string {
  if (outcome === "running") return `${bytesText(read)} of ${bytesText(size)}.`;
  if (outcome === "done") return "Done.";
  if (outcome === "stopped") return "Stopped.";
  return `It failed: ${outcome.failed} What was taken in before stays.`;
}
