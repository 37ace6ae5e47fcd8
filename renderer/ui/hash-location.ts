import { useCallback, useMemo, useSyncExternalStore } from "react";

/*
 * The address of a view is the hash: `#/alarms?q=risk>=7&sort=-risk`. Path and query both stand in it, so that the page
 * works under any path of a server and in the desktop, and a copied link brings the same view back.
 */

export interface HashLocation {
  path: string;
  /** Without the question mark. */
  search: string;
}

export function parseHash(hash: string): HashLocation {
  const text = hash.replace(/^#/, "");
  const at = text.indexOf("?");
  const path = at === -1 ? text : text.slice(0, at);
  return { path: path.startsWith("/") ? path : `/${path}`, search: at === -1 ? "" : text.slice(at + 1) };
}

export function writeHash(path: string, search: string): string {
  return search === "" ? `#${path}` : `#${path}?${search}`;
}

const changed = new Set<() => void>();
let listening = false;
function subscribe(listener: () => void): () => void {
  // The guard is heard first: once a view has noticed that another was asked for, it is gone.
  if (!listening) for (const name of ARRIVALS) window.addEventListener(name, hold);
  listening = true;
  changed.add(listener);
  for (const name of ARRIVALS) window.addEventListener(name, listener);
  return () => {
    changed.delete(listener);
    for (const name of ARRIVALS) window.removeEventListener(name, listener);
  };
}
const ARRIVALS = ["popstate", "hashchange"] as const;

/** Whether to stay where one is, though somebody wants to go to this route. */
type LeaveGuard = (route: string) => boolean;
let guard: LeaveGuard | undefined;
/** The address of the view that the guard guards. */
let guarded = "";

/**
 * Asks before another view is shown, whether a link leads there, the browser's way back, or the program itself. One view
 * at a time can ask. Returns how to stop asking.
 */
export function guardLeaving(ask: LeaveGuard): () => void {
  guard = ask;
  guarded = location.hash;
  return () => {
    if (guard === ask) guard = undefined;
  };
}

/** The browser went somewhere already: it is brought back before anybody notices, if the guard says so. */
function hold(event: Event): void {
  const { path, search } = parseHash(location.hash);
  if (location.hash === guarded || guard?.(writeHash(path, search).slice(1)) !== true) {
    guarded = location.hash;
    return;
  }
  event.stopImmediatePropagation();
  history.pushState(null, "", guarded);
}

/** Goes to a route such as `/alarms?q=…`; `replace` leaves no entry in the history. */
export function goTo(route: string, options: { replace?: boolean } = {}): void {
  const { path, search } = parseHash(route);
  const hash = writeHash(path, search);
  if (hash === location.hash || guard?.(hash.slice(1)) === true) return;
  if (options.replace) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
  guarded = location.hash;
  for (const listener of changed) listener();
}

const currentPath = () => parseHash(location.hash).path;
const currentSearch = () => parseHash(location.hash).search;

export function useHashPath(): string {
  return useSyncExternalStore(subscribe, currentPath);
}
export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, currentSearch);
}

/** Values to set; undefined takes one out. */
export type UrlChange = Readonly<Record<string, string | undefined>>;

/** The query of an address with some values changed; an unchanged one comes out as it went in. */
export function changeSearch(search: string, change: UrlChange): string {
  const values = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }
  // These read better as they are, and no browser minds them in a hash.
  return values
    .toString()
    .replace(/%3A/g, ":")
    .replace(/%2F/g, "/")
    .replace(/%3E/g, ">")
    .replace(/%3C/g, "<")
    .replace(/%2C/g, ",")
    .replace(/%7E/g, "~");
}

/** The state of a view that is in its address: what stands there, and how to change it. */
export function useUrlState(): [values: URLSearchParams, change: (change: UrlChange, push?: "push") => void] {
  const search = useHashSearch();
  const values = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback((wanted: UrlChange, push?: "push") => {
    const now = parseHash(location.hash);
    goTo(writeHash(now.path, changeSearch(now.search, wanted)), { replace: push !== "push" });
  }, []);
  return [values, change];
}
