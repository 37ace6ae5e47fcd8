import type { EventKind } from "../../engine/contract/console/coverage.ts";
import { changeSearch } from "./hash-location.ts";

/* The addresses of the console's views. Everything that links from one screen to another is built here. */

/** What a list is opened with: a query, and a time range as the address writes it (time-range.ts). */
export interface ListLink {
  q?: string;
  /** `24h`, `all`, or `FROM-TO` in milliseconds. */
  t?: string;
}

function withQuery(path: string, values: Readonly<Record<string, string | undefined>>): string {
  const search = changeSearch("", values);
  return search === "" ? path : `${path}?${search}`;
}

export const alarmsRoute = (list: ListLink = {}): string => withQuery("/alarms", { q: list.q, t: list.t });
export const alarmRoute = (id: string): string => `/alarms/${encodeURIComponent(id)}`;
/** The list with an alarm in the pane beside it. */
export const alarmPaneRoute = (id: string, list: ListLink = {}): string =>
  withQuery("/alarms", { q: list.q, t: list.t, sel: id });
export const backlogsRoute = (filter: { ip?: string; directive?: number } = {}): string =>
  withQuery("/backlogs", {
    ip: filter.ip,
    directive: filter.directive === undefined ? undefined : String(filter.directive),
  });
export const backlogRoute = (node: string, id: string): string =>
  `/backlogs/${encodeURIComponent(node)}/${encodeURIComponent(id)}`;
export const directivesRoute = (directive?: number): string =>
  withQuery("/directives", { directive: directive === undefined ? undefined : String(directive) });
/** A directive in the editor; `new` one, for a file. */
export const directiveRoute = (id: number, tab?: string): string => withQuery(`/directives/${id}`, { tab });
export const newDirectiveRoute = (file?: string): string => withQuery("/directives/new", { file });
export const directiveFileRoute = (file: string, line?: number): string =>
  withQuery("/directives", { file, line: line === undefined ? undefined : String(line) });
/** A new directive in the editor, drafted for a kind of event. */
export const draftDirectiveRoute = (is: EventKind): string => withQuery("/directives/new", { is: JSON.stringify(is) });
/** What the debugger is opened with; nothing: it asks, or goes on with the replay that is open. */
export interface DebuggerLink {
  /** The alarm whose events are replayed. */
  alarm?: string;
  /** The retained events that are replayed: a query, and a time range. */
  events?: ListLink;
  /** The directive that is looked at first. */
  directive?: number | undefined;
}
export const debuggerRoute = ({ alarm, events, directive }: DebuggerLink = {}): string =>
  withQuery("/directives/debugger", {
    alarm,
    events: events === undefined ? undefined : (events.q ?? ""),
    t: events?.t,
    directive: directive === undefined ? undefined : String(directive),
  });
export const eventsRoute = (list: ListLink = {}): string => withQuery("/events", { q: list.q, t: list.t });
export const assetsRoute = (ip?: string): string => withQuery("/assets", { ip });
export const healthRoute = (cause?: string): string => withQuery("/health", { cause });
export const settingsRoute = (): string => "/settings";
export const startRoute = (): string => "/start";

/** As an `href` of the page. */
export const href = (route: string): string => `#${route}`;

/** The route that an address of earlier consoles means: `/data/alarm-list`, `/data/alarm-detail/ID`. */
export function earlierRoute(path: string): string | undefined {
  const detail = /^\/data\/alarm-detail\/([^/]+)\/?$/.exec(path)?.[1];
  if (detail !== undefined) return `/alarms/${detail}`;
  return /^\/data\/alarm-list\/?$/.test(path) ? alarmsRoute() : undefined;
}
