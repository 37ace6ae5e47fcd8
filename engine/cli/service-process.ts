import { SystemClock } from "../base/clock.ts";
import { createLogger, type Logger } from "../base/log.ts";
import type { LogConfig } from "../service/config.ts";
import type { RunningService } from "../service/running.ts";
import { EXIT_RUNTIME_ERROR } from "./command-line.ts";
import { supervisorChannel } from "./supervisor-channel.ts";

/**
 * A frontend also says on which port it listens, and can be told to refuse new events and hand over what it has while
 * it goes on serving its backends (operation.md §6).
 */
type StartedService = RunningService & { readonly port?: number; drain?(): Promise<unknown> };

/** Starts a service; the signal is aborted when the process is told to stop before the service has started. */
export type StartService = (signal: AbortSignal) => Promise<StartedService>;

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** A terminal and npm both pass Ctrl-C on: what comes this soon after the first is the same wish (milliseconds). */
const SAME_SIGNAL_MS = 1000;
/** A service that is still starting when it is told to stop gets this long to get to where it can stop in order. */
const START_GRACE_MS = 3000;

/**
 * Makes this process one service: starts it, tells the supervisor when it is ready, stops it on SIGTERM, SIGINT,
 * SIGHUP, on the supervisor's word and when the supervisor is gone (operation.md §6), and resolves with the exit code.
 * Rejects when the service can't start.
 */
export async function runServiceProcess(log: LogConfig, start: StartService): Promise<number> {
  const logger = processLogger(log);
  exitOnBrokenInvariant(logger);
  // A reader of our output that went away is no reason to die before the state is saved.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);

  const abort = new AbortController();
  const early = Promise.withResolvers<number>();
  let service: StartedService | undefined;
  let stopAsked: number | undefined;

  const stop = (cause: string): void => {
    // The supervisor's word, its end and a signal of the system often come one after the other: one and the same wish.
    if (stopAsked !== undefined) return;
    stopAsked = performance.now();
    logger.info("stopping", { cause });
    abort.abort();
    if (service === undefined) setTimeout(() => service ?? early.resolve(0), START_GRACE_MS);
    else service.stop().catch((error: unknown) => early.reject(error));
  };
  let lastSignal: number | undefined;
  const signalled = (signal: string): void => {
    const impatient = lastSignal !== undefined && performance.now() - lastSignal >= SAME_SIGNAL_MS;
    lastSignal ??= performance.now();
    if (!impatient) {
      stop(signal);
      return;
    }
    logger.warn("told to stop again: ending at once, the state may be incomplete", { cause: signal });
    early.resolve(EXIT_RUNTIME_ERROR);
  };
  const supervisor = supervisorChannel();
  // Ctrl-C in the terminal of the desktop reaches the supervisor too, which stops its services in order.
  const heeded = supervisor?.sharesTerminal === true ? (["SIGTERM"] as const) : STOP_SIGNALS;
  for (const signal of STOP_SIGNALS) process.on(signal, () => undefined);
  for (const signal of heeded) process.on(signal, () => signalled(signal));
  const drain = async (): Promise<void> => {
    logger.info("draining", { cause: "the supervisor's request" });
    if (service?.drain === undefined) stop("the supervisor's request");
    else await service.drain();
    supervisor?.tell({ type: "drained" });
  };
  supervisor?.listen({
    word: ({ type }) => {
      if (type === "stop") stop("the supervisor's request");
      else if (type === "drain") drain().catch((error: unknown) => early.reject(error));
    },
    gone: () => stop("the supervisor is gone"),
  });

  const run = async (): Promise<number> => {
    try {
      service = await start(abort.signal);
    } catch (error) {
      if (stopAsked !== undefined) return 0;
      throw error;
    }
    if (stopAsked === undefined)
      supervisor?.tell(service.port === undefined ? { type: "ready" } : { type: "ready", port: service.port });
    else await service.stop();
    return service.done;
  };
  return Promise.race([run(), early.promise]);
}

/**
 * Ends the process once its last output is written. Explicit, because an open IPC channel or a provider's connection
 * would keep the process alive.
 */
export function exitProcess(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.exit(code));
}

function processLogger(log: LogConfig): Logger {
  return createLogger({
    ...log,
    target: "dsiem::process",
    clock: new SystemClock(),
    write: (line) => process.stdout.write(line),
  });
}

/** An exception that nobody caught is a broken invariant: it goes to the log, and the supervisor starts us again. */
function exitOnBrokenInvariant(logger: Logger): void {
  const fail = (error: unknown): void => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = error instanceof Error ? error.message : String(error);
    logger.error(`ended by an unexpected error: ${message}`, { stack });
    exitProcess(EXIT_RUNTIME_ERROR);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}
