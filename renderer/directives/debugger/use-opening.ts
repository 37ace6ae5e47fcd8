import { type DragEvent, useCallback, useEffect, useState } from "react";
import type { ReplayInput } from "../../../engine/contract/console/replay.ts";
import { useUrlState } from "../../ui/hash-location.ts";
import { rangeAt, readRange } from "../../ui/time-range.ts";
import { useHandedDraft } from "../draft-store.ts";
import { tooLarge } from "./input-file.ts";
import { draftSide, endReplay, openReplay } from "./replay-store.ts";

/** Newest retained events that a link from the events screen replays. */
const LINKED_EVENTS = 10_000;

/** What a replay is opened from: a card of the page, a file that is dropped on it, a link of another screen. */
export function useOpening() {
  const [url, change] = useUrlState();
  const [node, setNode] = useState<string>();
  const [fault, setFault] = useState<string>();
  const [dragging, setDragging] = useState(false);
  const draft = useHandedDraft();
  const adopt = useCallback(
    (session: string) =>
      change({ session, alarm: undefined, events: undefined, t: undefined, backlog: undefined, stage: undefined }),
    [change],
  );
  const open = (input: ReplayInput): void => {
    setFault(undefined);
    void openReplay(input, { ...(node !== undefined && { node }), ...draftSide(draft) }, draft, nameOf(input), adopt);
  };
  const openFile = (file: File): void => {
    const why = tooLarge(file.size);
    setFault(why);
    if (why === undefined) void file.text().then((text) => open({ kind: "text", name: file.name, text }));
  };
  useLinkedInput(url, open);
  return {
    ...{ open, openFile, setNode, fault, dragging },
    withWhat:
      draft?.changed === true
        ? `With ${draft.fileName} as it is being edited, beside the saved directives`
        : "With the saved directives",
    /** Ends what is replayed and asks what else shall be. */
    other: () => {
      endReplay();
      change({ session: undefined, alarm: undefined, events: undefined, backlog: undefined, stage: undefined });
    },
    drop: {
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDragging(true);
      },
      onDragLeave: (event: DragEvent) => {
        const inside = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
        if (!inside) setDragging(false);
      },
      onDrop: (event: DragEvent) => {
        const [file] = event.dataTransfer.files;
        if (file === undefined) return;
        event.preventDefault();
        setDragging(false);
        openFile(file);
      },
    },
  };
}

/** A link says what is replayed: an alarm, or retained events. It is opened once. */
function useLinkedInput(url: URLSearchParams, open: (input: ReplayInput) => void): void {
  const alarm = url.get("alarm");
  const events = url.get("events");
  const range = url.get("t");
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the link says opens a replay.
  useEffect(() => {
    if (alarm !== null) open({ kind: "alarm", id: alarm });
    else if (events !== null) {
      const between = rangeAt(readRange(range), Date.now());
      open({ kind: "retained", ...between, limit: LINKED_EVENTS, ...(events !== "" && { q: events }) });
    }
  }, [alarm, events, range]);
}

function nameOf(input: ReplayInput): string {
  switch (input.kind) {
    case "text":
      return input.name;
    case "alarm":
      return `the events of alarm ${input.id}`;
    case "retained":
      return "retained events";
    case "live":
      return "what comes in";
  }
}
