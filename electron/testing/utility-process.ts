import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import type { UtilityProcesses } from "../main/utility-launcher.ts";

/** Gives a child process the port that a utility process of the desktop has, and takes away what it hasn't. */
const SHIM = `data:text/javascript,${encodeURIComponent(`
  import { EventEmitter } from "node:events";
  import { isMainThread } from "node:worker_threads";
  if (isMainThread) {
    const send = process.send.bind(process);
    const port = new EventEmitter();
    port.postMessage = (data) => send(data);
    process.on("message", (data) => port.emit("message", { data }));
    process.on("disconnect", () => port.emit("close"));
    process.send = undefined;
    Object.defineProperty(process, "parentPort", { value: port });
  }
`)}`;

class StandInUtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    child.on("message", (message) => this.emit("message", message));
    // Chromium reports a process that a signal ended by the signal's number.
    child.on("exit", (code, signal) => this.emit("exit", code ?? (signal === "SIGKILL" ? 9 : 15)));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get stdout(): Readable | null {
    return this.#child.stdout;
  }
  get stderr(): Readable | null {
    return this.#child.stderr;
  }
  postMessage(message: unknown): void {
    if (this.#child.connected && typeof message === "object" && message !== null) this.#child.send(message);
  }
  kill(): boolean {
    return this.#child.kill("SIGTERM");
  }
}

/** electron's `utilityProcess` over child processes of this Node: the same messages, another carrier. */
export const standInUtilityProcesses: UtilityProcesses = {
  fork: (file, args, { env, stdio }) =>
    new StandInUtilityProcess(
      fork(file, args, { env, stdio: [...stdio, "ipc"], execArgv: ["--import", SHIM], serialization: "json" }),
    ),
};
