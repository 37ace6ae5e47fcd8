import { app } from "electron";
import { fileTarget, type LaunchTarget, routeOfLink, targetsOfArguments } from "./launch-targets.ts";

/**
 * Makes this process the only one of its user, and tells what it and every later start were asked to open. A later start
 * hands over its links and files and ends.
 * @param args the arguments of this start, without the program itself
 * @param opened hears of each start, even one with nothing to open: its window is wanted
 * @returns false when another process is the one; nothing more is to be done here
 */
export function becomeOnlyInstance(
  args: readonly string[],
  folder: string,
  opened: (targets: readonly LaunchTarget[]) => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", (_event, otherArgs, otherFolder) => {
    opened(targetsOfArguments(otherArgs.slice(1), otherFolder));
  });
  // How macOS hands over links and files, also those of a first start.
  app.on("open-url", (event, url) => {
    event.preventDefault();
    const route = routeOfLink(url);
    if (route !== undefined) opened([{ kind: "route", route }]);
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    const target = fileTarget(path, folder);
    if (target !== undefined) opened([target]);
  });
  const own = targetsOfArguments(args, folder);
  if (own.length > 0) opened(own);
  return true;
}
