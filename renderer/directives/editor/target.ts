import type { EventKind } from "../../../engine/contract/console/coverage.ts";

/** What the editor is opened with. */
export type EditTarget =
  | { kind: "directive"; id: number }
  /** A directive that isn't there yet, for a file; without one the first. `is`: what it is drafted for. */
  | { kind: "new"; file: string | undefined; is: EventKind | undefined }
  /** A whole file; `text`: what to begin with in its place, an import. */
  | { kind: "file"; name: string; text: string | undefined; line: number | undefined };

/** What an address names: `/directives/7`, `/directives/new?file=…`, `/directives?file=…`; undefined: the list. */
export function targetOf(path: string, values: URLSearchParams): EditTarget | undefined {
  const file = values.get("file") ?? undefined;
  if (path === "/directives" && file !== undefined) {
    return { kind: "file", name: file, text: undefined, line: Number(values.get("line") ?? 0) || undefined };
  }
  const last = /^\/directives\/([^/]+)\/?$/.exec(path)?.[1];
  if (last === "new") return { kind: "new", file, is: eventKind(values.get("is")) };
  return last !== undefined && /^\d{1,15}$/.test(last) ? { kind: "directive", id: Number(last) } : undefined;
}

/** The same target has the same name: a draft is kept under it. */
export function targetKey(target: EditTarget): string {
  switch (target.kind) {
    case "directive":
      return `directive ${target.id}`;
    case "new":
      return target.is === undefined ? "new directive" : `new directive ${JSON.stringify(target.is)}`;
    case "file":
      return `file ${target.name}`;
  }
}

/** As `draftDirectiveRoute` writes it; an address that says something else drafts nothing. The server checks the rest. */
function eventKind(text: string | null): EventKind | undefined {
  if (text === null) return undefined;
  try {
    const is: unknown = JSON.parse(text);
    const isKind =
      typeof is === "object" && is !== null && "kind" in is && ["plugin", "taxonomy"].includes(String(is.kind));
    return isKind ? (is as EventKind) : undefined;
  } catch {
    return undefined;
  }
}
