import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** A file of events that was opened elsewhere than on the events' screen, which takes it from here. */
interface WaitingFile {
  name: string;
  size: number;
  stream: () => ReadableStream<Uint8Array>;
}

export const waitingFileStore = createStore<{ file: WaitingFile | undefined }>(() => ({ file: undefined }));

export function useWaitingFile(): WaitingFile | undefined {
  return useStore(waitingFileStore, ({ file }) => file);
}
