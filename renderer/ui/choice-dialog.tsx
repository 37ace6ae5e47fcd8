import { Button, Dialog, DialogBody, DialogFooter, TextArea } from "@blueprintjs/core";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Icon } from "./icon.tsx";
import { countOf } from "./number-text.ts";
import { safeText } from "./safe-text.ts";

interface ChoiceProps {
  isOpen: boolean;
  title: string;
  choices: readonly string[];
  /** The one that holds now. */
  current?: string | undefined;
  mark?: (choice: string) => ReactNode;
  onChoose: (choice: string) => void;
  onClose: () => void;
}

/** Picks one of a few: by arrow keys, by its number, by the mouse. */
export function ChoiceDialog({ isOpen, title, choices, current, mark, onChoose, onClose }: ChoiceProps) {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((button) => button.matches(":focus"));
    const step =
      event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
    } else if (/^[1-9]$/.test(event.key)) {
      const choice = choices[Number(event.key) - 1];
      if (choice !== undefined) onChoose(choice);
    }
  };
  const focusCurrent = () => {
    const at = current === undefined ? 0 : Math.max(0, choices.indexOf(current));
    list.current?.querySelectorAll("button")[at]?.focus();
  };
  return (
    <Dialog isOpen={isOpen} title={title} onClose={onClose} onOpened={focusCurrent} className="choice-dialog">
      <DialogBody>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the buttons inside. */}
        <div ref={list} className="choices" onKeyDown={onKey}>
          {choices.map((choice, index) => (
            <button key={choice} type="button" onClick={() => onChoose(choice)}>
              <span className="grow">{mark?.(choice) ?? safeText(choice)}</span>
              {choice === current ? <Icon name="check" size={14} /> : null}
              {index < 9 ? <kbd className="kbd">{index + 1}</kbd> : null}
            </button>
          ))}
        </div>
      </DialogBody>
    </Dialog>
  );
}

interface NoteProps {
  isOpen: boolean;
  /** How many alarms it goes to. */
  count: number;
  onWrite: (text: string) => void;
  onClose: () => void;
}
const LONGEST_NOTE = 10_000;

/** Writes a note. Ctrl+Enter writes it, too. */
export function NoteDialog({ isOpen, count, onWrite, onClose }: NoteProps) {
  const [text, setText] = useState("");
  useEffect(() => {
    if (isOpen) setText("");
  }, [isOpen]);
  const write = () => {
    if (text.trim() !== "") onWrite(text.trim());
  };
  return (
    <Dialog isOpen={isOpen} title={`Note on ${countOf(count, "alarm")}`} onClose={onClose}>
      <DialogBody>
        <TextArea
          fill
          autoFocus
          rows={5}
          maxLength={LONGEST_NOTE}
          aria-label="Note"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && write()}
        />
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text="Cancel" onClick={onClose} />
            <Button intent="primary" text="Write" disabled={text.trim() === ""} onClick={write} />
          </>
        }
      />
    </Dialog>
  );
}
