import { Button, TextArea } from "@blueprintjs/core";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { changeAlarm } from "./changes.ts";

/** The contract's limit on a note. */
const LONGEST_NOTE = 10_000;

/** Where a note is written; Ctrl+Enter sends it. What was typed stays when sending fails. */
export function NoteForm({ id, focused, onSent }: { id: string; focused: boolean; onSent: () => void }) {
  const [text, setText] = useState("");
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focused) field.current?.focus();
  }, [focused]);
  const note = text.trim();
  const send = async (): Promise<void> => {
    if (note === "" || sending) return;
    setSending(true);
    const sent = await changeAlarm(id, { note });
    setSending(false);
    if (!sent) return;
    setText("");
    // What is typed next means keys again: the next alarm is one of them away.
    field.current?.blur();
    onSent();
  };
  return (
    <form
      className="note-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextArea
        inputRef={field}
        fill
        rows={3}
        maxLength={LONGEST_NOTE}
        value={text}
        placeholder="What you found, for whoever looks next"
        aria-label="Note"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
          if (event.key === "Escape") field.current?.blur();
        }}
      />
      <div className="row">
        <span className="t3 sm grow">Notes are kept with the name that changes are noted under.</span>
        <Button
          type="submit"
          size="small"
          intent="primary"
          disabled={note === ""}
          loading={sending}
          text="Write note"
        />
      </div>
    </form>
  );
}
