import { app, powerMonitor } from "electron";
import { within } from "../../engine/base/within.ts";

/** All of a stop (operation.md §6), in milliseconds; the supervisor kills what isn't done a little earlier. */
const QUIT_MS = 10_000;

/**
 * Whoever asks the program to quit, the services are stopped first, so that their state is saved: once, and never for
 * longer than 10 s.
 * @param stop stops everything that the main process has started
 */
export function quitInOrder(stop: () => Promise<unknown>, limitMs = QUIT_MS): void {
  let stopping = false;
  let stopped = false;
  app.on("before-quit", (event) => {
    if (stopped) return;
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    void within(
      limitMs,
      stop().catch(() => undefined),
    ).then(() => {
      stopped = true;
      app.quit();
    });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => app.quit());
  // The machine is shut down: the system waits a little for those that ask it to.
  powerMonitor.on("shutdown", (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    app.quit();
  });
}
