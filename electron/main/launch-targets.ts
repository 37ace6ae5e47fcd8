import { extname, resolve } from "node:path";
import { LINK_SCHEME } from "../../engine/contract/desktop.ts";

/** What the program was started with, or told while it runs: a link into the console, or a file of events. */
export type LaunchTarget = { kind: "route"; route: string } | { kind: "file"; path: string };

/** Ids of alarms, backlogs and nodes, as the engine makes them. */
const ID = "[A-Za-z0-9_-]{1,64}";
const NODE = "[A-Za-z0-9_.-]{1,64}";

/**
 * The routes that a link from elsewhere may lead to, and nothing else: a link is written by anybody. None of them changes
 * anything by being opened.
 */
const LINKS: readonly { link: RegExp; route: (parts: readonly string[]) => string }[] = [
  { link: new RegExp(`^alarm/(${ID})$`), route: ([id = ""]) => `/alarms/${id}` },
  { link: new RegExp(`^backlog/(${NODE})/(${ID})$`), route: ([node = "", id = ""]) => `/backlogs/${node}/${id}` },
  {
    link: /^(overview|alarms|backlogs|directives|events|assets|health|settings)$/,
    route: ([screen = ""]) => `/${screen}`,
  },
];

const EVENT_FILES = [".ndjson", ".json"];

/** The route of a `dsiem://` link, or `undefined` for one that leads nowhere. */
export function routeOfLink(link: string): string | undefined {
  const prefix = `${LINK_SCHEME}://`;
  if (!link.toLowerCase().startsWith(prefix)) return undefined;
  // Systems and shells add a slash where they think that a path is missing.
  const rest = link.slice(prefix.length).replace(/\/$/, "");
  for (const { link: pattern, route } of LINKS) {
    const found = pattern.exec(rest);
    if (found !== null) return route(found.slice(1));
  }
  return undefined;
}

/** A file of events, by its name; whether there is one shows when it is read. */
export function fileTarget(path: string, folder: string): LaunchTarget | undefined {
  return EVENT_FILES.includes(extname(path).toLowerCase()) ? { kind: "file", path: resolve(folder, path) } : undefined;
}

/**
 * The links and files among the arguments of a start, in order. Flags are none, nor is what follows one of ours that
 * takes a value.
 */
export function targetsOfArguments(args: readonly string[], folder: string): LaunchTarget[] {
  const targets: LaunchTarget[] = [];
  for (const [at, arg] of args.entries()) {
    const route = routeOfLink(arg);
    if (route !== undefined) targets.push({ kind: "route", route });
    else if (!arg.startsWith("-") && !TAKES_VALUE.test(args[at - 1] ?? "")) {
      const file = fileTarget(arg, folder);
      if (file !== undefined) targets.push(file);
    }
  }
  return targets;
}

const TAKES_VALUE = /^(?:--(?:profile|data-dir|port|listen|console-origin)|-[pa])$/;
