import { type ImportFormat, type ImportPiece, PieceCutter } from "./import-pieces.ts";

/** Bytes of a piece; the server takes twice that, and the person sees progress. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** Files up to so many bytes go in one piece. */
export const ONE_PIECE_BYTES = 1_500_000;
/** Problems that are kept to be shown. */
const MOST_PROBLEMS = 500;

export interface ImportProblem {
  /** The line, or in a list the event, from 1. */
  line: number;
  text: string;
}

/** How far an import is. */
export interface ImportState {
  name: string;
  /** Bytes of the file, and how many of them are through. */
  size: number;
  read: number;
  format: ImportFormat | undefined;
  accepted: number;
  refused: number;
  problems: readonly ImportProblem[];
  /** Problems beyond those that are kept. */
  moreProblems: number;
  outcome: "running" | "done" | "stopped" | { failed: string };
}

export type SendPiece = (
  text: string,
  signal: AbortSignal,
) => Promise<{ accepted: number; refused: number; problems: readonly ImportProblem[] }>;

/** What is read of a file, as the browser's File offers it. */
export interface ImportFile {
  name: string;
  size: number;
  stream: () => ReadableStream<Uint8Array>;
}

/**
 * Sends a file piece by piece and tells after each how far it is. What was accepted stays accepted when it is stopped or
 * fails: the state says how much that is. Never throws.
 */
export async function runImport(
  file: ImportFile,
  send: SendPiece,
  signal: AbortSignal,
  tell: (state: ImportState) => void,
): Promise<ImportState> {
  let state: ImportState = {
    name: file.name,
    size: file.size,
    read: 0,
    format: undefined,
    accepted: 0,
    refused: 0,
    problems: [],
    moreProblems: 0,
    outcome: "running",
  };
  const change = (more: Partial<ImportState>): void => {
    state = { ...state, ...more };
    tell(state);
  };
  change({});
  try {
    await eachPiece(file, signal, async (piece, read, format) => {
      const answer = await send(piece.text, signal);
      change({ ...added(state, answer, piece.first), read, format });
    });
    change({ read: file.size, outcome: "done" });
  } catch (error) {
    if (signal.aborted) change({ outcome: "stopped" });
    else change({ outcome: { failed: error instanceof Error ? error.message : String(error) } });
  }
  return state;
}

/** Reads the file and hands its pieces over one after the other, never more of it in memory than that. */
async function eachPiece(
  file: ImportFile,
  signal: AbortSignal,
  use: (piece: ImportPiece, read: number, format: ImportFormat | undefined) => Promise<void>,
): Promise<void> {
  let waiting: ImportPiece[] = [];
  const cutter = new PieceCutter(PIECE_BYTES, (piece) => waiting.push(piece));
  const decoder = new TextDecoder();
  const reader = file.stream().getReader();
  let read = 0;
  const drain = async (): Promise<void> => {
    const pieces = waiting;
    waiting = [];
    for (const piece of pieces) {
      signal.throwIfAborted();
      await use(piece, read, cutter.format);
    }
  };
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      signal.throwIfAborted();
      read += chunk.value.length;
      cutter.push(decoder.decode(chunk.value, { stream: true }));
      await drain();
    }
    cutter.push(decoder.decode());
    cutter.end();
    await drain();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function added(
  state: ImportState,
  answer: { accepted: number; refused: number; problems: readonly ImportProblem[] },
  first: number,
): Partial<ImportState> {
  const placed = answer.problems.map(({ line, text }) => ({ line: line === 0 ? 0 : line + first - 1, text }));
  const problems = [...state.problems, ...placed];
  return {
    accepted: state.accepted + answer.accepted,
    refused: state.refused + answer.refused,
    problems: problems.slice(0, MOST_PROBLEMS),
    moreProblems: state.moreProblems + Math.max(0, problems.length - MOST_PROBLEMS),
  };
}
