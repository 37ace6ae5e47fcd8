import { app } from "electron";

const LOOK_MS = 1000;

/**
 * Started by `npm start`, the program ends with it, however that ended: a killed parent leaves no orphan (operation.md §6).
 * @param parent the id that the parent said is its own; `undefined` for a program that somebody started by hand
 * @param parentNow whose child this process is; another one's, once the parent is gone
 */
export function quitWithParent(parent: string | undefined, parentNow: () => number, lookMs = LOOK_MS): void {
  if (parent === undefined) return;
  const watch = setInterval(() => {
    if (String(parentNow()) === parent) return;
    clearInterval(watch);
    app.quit();
  }, lookMs);
  watch.unref();
}
