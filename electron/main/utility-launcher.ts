import type { UtilityProcess } from "electron";
import type { Launcher, ServiceCommand, ServiceListener, ServiceProcess } from "../../engine/supervisor/launcher.ts";
import { readServiceMessage } from "../../engine/supervisor/messages.ts";

/** The part of electron's `utilityProcess` that is used. */
export interface UtilityProcesses {
  fork(
    file: string,
    args: string[],
    options: { env: Record<string, string>; stdio: ["ignore", "pipe", "pipe"]; serviceName: string },
  ): Pick<UtilityProcess, "pid" | "stdout" | "stderr" | "postMessage" | "kill" | "on">;
}

/** How long after its end a service's last output is waited for, in milliseconds. */
const LAST_OUTPUT_MS = 500;

/**
 * Starts services as utility processes of the desktop: the program's own binary runs them, which can't be started as a
 * plain Node any more (the fuses forbid it), and the system ends them with it (operation.md §6).
 */
export class UtilityLauncher implements Launcher {
  readonly #processes: UtilityProcesses;
  readonly #killProcess: (pid: number) => void;

  /** @param killProcess ends a process at once; `UtilityProcess.kill()` only asks it to end. */
  constructor(processes: UtilityProcesses, killProcess = (pid: number) => void process.kill(pid, "SIGKILL")) {
    this.#processes = processes;
    this.#killProcess = killProcess;
  }

  launch(command: ServiceCommand, listener: ServiceListener): ServiceProcess {
    const child = this.#processes.fork(command.file, [...command.args], {
      env: { ...command.env },
      stdio: ["ignore", "pipe", "pipe"],
      serviceName: "Dsiem service",
    });
    let ended = false;
    child.stdout?.on("data", (chunk: Buffer) => listener.output(chunk));
    child.stderr?.on("data", (chunk: Buffer) => listener.output(chunk));
    child.on("message", (message: unknown) => {
      const read = readServiceMessage(message);
      if (read !== undefined) listener.message(read);
    });
    child.on("exit", (code: number) => {
      ended = true;
      void lastOutput(child).then(() => listener.exit({ code, text: `exit code ${code}` }));
    });
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => {
        if (!ended) child.postMessage(message);
      },
      kill: () => {
        if (ended || child.pid === undefined) return;
        try {
          this.#killProcess(child.pid);
        } catch {
          // It has ended by itself.
        }
      },
    };
  }
}

/** The exit may be reported before the pipes are empty. */
async function lastOutput(child: Pick<UtilityProcess, "stdout" | "stderr">): Promise<void> {
  const ends = [child.stdout, child.stderr].map((stream) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (stream === null || ("readableEnded" in stream && stream.readableEnded === true)) resolve();
    else stream.once("end", resolve);
    return promise;
  });
  const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, LAST_OUTPUT_MS);
  await Promise.race([Promise.all(ends), late]);
  clearTimeout(timer);
}
