import type { ServiceMessage, SupervisorMessage } from "./messages.ts";

/** What is started for one service. */
export interface ServiceCommand {
  /** The built file, or its source. */
  file: string;
  args: readonly string[];
  /** The whole environment; secrets travel here and never in `args` (operation.md §3). */
  env: Readonly<Record<string, string>>;
}

export interface ServiceExit {
  /** `null` when a signal ended it, or when it never started. */
  code: number | null;
  /** What happened, for people: `exit code 1`, `killed by SIGKILL`, `it can't be started: …`. */
  text: string;
}

export interface ServiceListener {
  message(message: ServiceMessage): void;
  /** What it wrote to stdout or stderr, in pieces of any size. */
  output(chunk: Buffer): void;
  /** Called exactly once, after the last output. */
  exit(exit: ServiceExit): void;
}

export interface ServiceProcess {
  readonly pid: number | undefined;
  send(message: SupervisorMessage): void;
  /** Ends the process and all it started at once (SIGKILL to its process group). */
  kill(): void;
}

/** How services are started: child processes here, utility processes in the desktop (architecture.md §1). */
export interface Launcher {
  launch(command: ServiceCommand, listener: ServiceListener): ServiceProcess;
}
