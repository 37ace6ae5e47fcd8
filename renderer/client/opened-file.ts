import type { DesktopApi, OpenedFile } from "../../engine/contract/desktop.ts";

/** A file of events to take in, as the browser's File offers it. */
export interface EventsFile {
  name: string;
  size: number;
  stream: () => ReadableStream<Uint8Array>;
}

/** A file that was opened with the desktop: the main process reads it, a piece at a time as somebody wants it. */
export function openedEventsFile(
  desktop: Pick<DesktopApi, "readOpenedFile">,
  { id, name, bytes }: OpenedFile,
): EventsFile {
  const stream = (): ReadableStream<Uint8Array> => {
    const encoder = new TextEncoder();
    let from: number | undefined = 0;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        if (from === undefined) return controller.close();
        const { text, next } = await desktop.readOpenedFile(id, from);
        from = next;
        if (text !== "") controller.enqueue(encoder.encode(text));
        else if (from === undefined) controller.close();
      },
    });
  };
  return { name, size: bytes, stream };
}
