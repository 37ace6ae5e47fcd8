import { Button, Dialog, DialogBody, DialogFooter, FormGroup, NumericInput, TextArea } from "@blueprintjs/core";
import { useId, useState } from "react";
import type { EventInput } from "../../../engine/contract/event.ts";
import { addEvents } from "./replay-store.ts";
import { followingEvent } from "./written-event.ts";

interface AddEventDialogProps {
  /** The event that the new one is like; it comes so many seconds later. */
  like: EventInput | undefined;
  onClose: () => void;
}

/** Puts a hand-written event behind the last one. */
export function AddEventDialog({ like, onClose }: AddEventDialogProps) {
  const [offset, setOffset] = useState(1);
  const [text, setText] = useState(() => textOf(followingEvent(like, 1)));
  const [fault, setFault] = useState<string>();
  const offsetId = useId();
  const textId = useId();
  const move = (seconds: number): void => {
    setOffset(seconds);
    const { timestamp } = followingEvent(like, seconds);
    // What was written stays; only its time moves, where it is still JSON.
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null) setText(textOf({ ...value, timestamp }));
    } catch {
      setFault("It isn't JSON, so its time stays as it is.");
    }
  };
  const add = async (): Promise<void> => {
    try {
      JSON.parse(text);
    } catch (error) {
      return setFault(`It isn't JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    const refusal = await addEvents(text);
    if (refusal === undefined) onClose();
    else setFault(refusal);
  };
  return (
    <Dialog isOpen title="Add an event" onClose={onClose}>
      <DialogBody>
        <FormGroup label="Seconds after the last event" labelFor={offsetId} inline>
          <NumericInput id={offsetId} size="small" min={0} value={offset} onValueChange={(value) => move(value || 0)} />
        </FormGroup>
        <FormGroup label="The event as JSON" labelFor={textId} helperText="One event, or an array of them.">
          <TextArea
            id={textId}
            className="mono"
            fill
            rows={14}
            spellCheck={false}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        </FormGroup>
        {fault === undefined ? null : (
          <p className="bad" role="alert">
            {fault}
          </p>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text="Cancel" onClick={onClose} />
            <Button intent="primary" text="Add" onClick={() => void add()} />
          </>
        }
      />
    </Dialog>
  );
}

const textOf = (value: object): string => JSON.stringify(value, undefined, 2);
