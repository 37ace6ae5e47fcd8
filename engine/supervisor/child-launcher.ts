import { type ChildProcess, spawn } from "node:child_process";
import { errorText } from "../base/errors.ts";
import type { Launcher, ServiceCommand, ServiceListener, ServiceProcess } from "./launcher.ts";
import { readServiceMessage } from "./messages.ts";

/** How long after its end a service's last output is waited for: a grandchild may hold the pipe open (milliseconds). */
const LAST_OUTPUT_MS = 500;

/**
 * Starts services as child processes of this Node, each in a process group of its own, so that Ctrl-C in the terminal
 * reaches only the supervisor, which then stops them in order (operation.md §6).
 */
export class ChildLauncher implements Launcher {
  launch(command: ServiceCommand, listener: ServiceListener): ServiceProcess {
    const child = spawn(process.execPath, [command.file, ...command.args], {
      env: command.env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    child.stdout?.on("data", (chunk: Buffer) => listener.output(chunk));
    child.stderr?.on("data", (chunk: Buffer) => listener.output(chunk));
    child.on("message", (message: unknown) => {
      const read = readServiceMessage(message);
      if (read !== undefined) listener.message(read);
    });
    listenToEnd(child, listener);
    return {
      pid: child.pid,
      send: (message) => {
        // The callback takes the error of a service that has just ended; its exit is reported anyway.
        if (child.connected) child.send(message, () => undefined);
      },
      kill: () => killGroup(child),
    };
  }
}

function listenToEnd(child: ChildProcess, listener: ServiceListener): void {
  let ended = false;
  const end = (code: number | null, text: string): void => {
    if (ended) return;
    ended = true;
    listener.exit({ code, text });
  };
  child.on("error", (error) => {
    if (child.pid === undefined) end(null, `it can't be started: ${errorText(error)}`);
  });
  child.on("exit", (code, signal) => {
    const text = code === null ? `killed by ${signal ?? "a signal"}` : `exit code ${code}`;
    child.once("close", () => end(code, text));
    setTimeout(() => end(code, text), LAST_OUTPUT_MS).unref();
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended by itself.
  }
}
