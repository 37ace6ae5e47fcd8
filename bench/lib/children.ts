import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { BenchError } from "./failure.ts";
import { within } from "./waiting.ts";

/** Every process and folder of a run: whatever ends the run, none of them outlives it. */
const children = new Set<ChildProcess>();
const folders = new Set<string>();
let keepFolders = false;

const STOP_MS = 15_000;

/** Kills and removes what is left, however this process ends; Ctrl-C reaches it as SIGINT. */
export function cleanUpAtExit(keep: boolean): void {
  keepFolders = keep;
  process.on("exit", cleanUp);
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ] as const) {
    process.on(signal, () => process.exit(128 + number));
  }
}

/** Ends every process at once: what a bench that failed has left running would disturb the next. */
export function killChildren(): void {
  for (const child of children) child.kill("SIGKILL");
}

function cleanUp(): void {
  killChildren();
  for (const folder of folders) {
    if (keepFolders) console.error(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
  folders.clear();
}

export function removeAtExit(folder: string): void {
  folders.add(folder);
}

export function removeNow(folder: string): void {
  if (keepFolders) return;
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Settles with what ended it, in words. */
  readonly ended: Promise<string>;
  /** Set once it has ended. */
  readonly outcome: string | undefined;
}

/** Starts a process that is killed when this one ends. */
export function startChild(name: string, command: string, args: readonly string[], options: SpawnOptions): Child {
  const child = spawn(command, args, options);
  children.add(child);
  const ended = Promise.withResolvers<string>();
  const state: { outcome: string | undefined } = { outcome: undefined };
  const end = (outcome: string): void => {
    children.delete(child);
    state.outcome = outcome;
    ended.resolve(outcome);
  };
  child.once("error", (error) => end(`${name} can't be started: ${error.message}`));
  child.once("exit", (code, signal) => end(`${name} ended with ${signal ?? `exit code ${code}`}`));
  if (child.pid === undefined) throw new BenchError(`${name} can't be started: ${command}`);
  return {
    process: child,
    pid: child.pid,
    ended: ended.promise,
    get outcome() {
      return state.outcome;
    },
  };
}

/** Asks with SIGTERM and waits; what doesn't end in time is killed, and that is an error. */
export async function stopChild(name: string, child: Child): Promise<void> {
  if (child.outcome !== undefined) return;
  child.process.kill("SIGTERM");
  try {
    await within(`${name} to stop`, STOP_MS, child.ended);
  } catch (error) {
    child.process.kill("SIGKILL");
    throw error;
  }
}

/** Ends it at once, as a crash does, and waits until it is gone. */
export async function killChild(child: Child): Promise<void> {
  child.process.kill("SIGKILL");
  await child.ended;
}
