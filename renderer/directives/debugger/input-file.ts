import type { MAX_REPLAY_BYTES } from "../../../engine/contract/console/replay.ts";

// The contract's value, held to it by its type: importing it would put its schemas into the page.
const MAX_BYTES: typeof MAX_REPLAY_BYTES = 67_108_864;

/** Why a file of so many bytes can't be replayed here; undefined when it can. */
export function tooLarge(bytes: number): string | undefined {
  if (bytes <= MAX_BYTES) return undefined;
  return (
    `It has ${mebibytes(bytes)} MiB, and the debugger takes ${mebibytes(MAX_BYTES)} MiB. ` +
    "Cut it, or run it with dsiem replay, which reads files of any length."
  );
}

const mebibytes = (bytes: number): string => String(Math.ceil((bytes / 1024 / 1024) * 10) / 10);
