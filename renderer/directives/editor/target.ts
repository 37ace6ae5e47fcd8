/** What the editor is opened with. */
export type EditTarget =
  | { kind: "directive"; id: number }
  /** A directive that isn't there yet, for a file; without one the person chooses. `draft`: what to begin with. */
  | { kind: "new"; file: string | undefined; text: string | undefined }
  /** A whole file; `text`: what to begin with in its place, an import. */
  | { kind: "file"; name: string; text: string | undefined; line: number | undefined };

/** What an address names: `/directives/7`, `/directives/new?file=…`, `/directives?file=…`; undefined: the list. */
export function targetOf(path: string, values: URLSearchParams): EditTarget | undefined {
  const file = values.get("file") ?? undefined;
  if (path === "/directives" && file !== undefined) {
    return { kind: "file", name: file, text: undefined, line: Number(values.get("line") ?? 0) || undefined };
  }
  const last = /^\/directives\/([^/]+)\/?$/.exec(path)?.[1];
  if (last === "new") return { kind: "new", file, text: undefined };
  return last !== undefined && /^\d{1,15}$/.test(last) ? { kind: "directive", id: Number(last) } : undefined;
}

/** The same target has the same name: a draft is kept under it. */
export function targetKey(target: EditTarget): string {
  switch (target.kind) {
    case "directive":
      return `directive ${target.id}`;
    case "new":
      return "new directive";
    case "file":
      return `file ${target.name}`;
  }
}
