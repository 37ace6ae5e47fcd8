import { type DragEvent, useEffect, useState } from "react";
import { useWaitingFile, waitingFileStore } from "../state/opened-file.ts";
import { useUrlState } from "../ui/hash-location.ts";
import type { ImportFile } from "./import-run.ts";

/** A file that is dragged over the screen and dropped, or was opened with the desktop. */
export function useImportDrop() {
  const [url, change] = useUrlState();
  // The first-run screen leads here to take a file in.
  const [isOpen, setOpen] = useState(url.has("import"));
  const close = (): void => {
    setOpen(false);
    change({ import: undefined });
  };
  const [file, setFile] = useState<ImportFile | undefined>(undefined);
  const [dragging, setDragging] = useState(false);
  const waiting = useWaitingFile();
  useEffect(() => {
    if (waiting === undefined) return;
    waitingFileStore.setState({ file: undefined });
    setFile(waiting);
    setOpen(true);
  }, [waiting]);
  const hasFile = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    isOpen,
    setOpen,
    close,
    file,
    setFile,
    dragging,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setDragging(true);
      },
      onDragLeave: (event: DragEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget instanceof Node ? event.relatedTarget : null)) {
          setDragging(false);
        }
      },
      onDrop: (event: DragEvent) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setDragging(false);
        setFile(event.dataTransfer.files[0]);
        setOpen(true);
      },
    },
  };
}
