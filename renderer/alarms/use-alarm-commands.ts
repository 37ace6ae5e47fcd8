import { closedStatus, useSession } from "../state/session.ts";
import { type Command, useCommands } from "../ui/commands.ts";
import { countOf } from "../ui/number-text.ts";
import { quoteValue, withTerm, withValue } from "../ui/query-terms.ts";
import { clipText } from "../ui/safe-text.ts";
import type { Triage } from "./use-triage.ts";
import type { ViewControl } from "./view.ts";

const ADDRESS = /^[\da-f]*[.:][\da-f.:]+(\/\d{1,3})?$/i;
const MOST_TEXT = 40;

/** What the palette offers on the list: filters of what was typed, and changes of what is chosen. */
export function useAlarmCommands({ view, setQuery }: ViewControl, triage: Triage, total: number | undefined): void {
  const closed = closedStatus(useSession());
  const { bulk, selection, all, active } = triage;
  const count = all ? (total ?? 0) : selection.ids.size > 0 ? selection.ids.size : active === undefined ? 0 : 1;
  useCommands((typed) => [
    ...filterCommands(typed.trim(), view.q, setQuery),
    ...(count === 0
      ? []
      : ([
          {
            ...withSelection("status", `Set status of ${countOf(count, "alarm")}`, "half"),
            run: () => bulk.ask("status"),
          },
          { ...withSelection("tag", `Tag ${countOf(count, "alarm")}`, "tag"), run: () => bulk.ask("tag") },
          { ...withSelection("note", `Note on ${countOf(count, "alarm")}`, "note"), run: () => bulk.ask("note") },
          {
            ...withSelection("close", `Close ${countOf(count, "alarm")}`, "check"),
            run: () => void bulk.change({ status: closed }),
          },
        ] satisfies Command[])),
  ]);
}

function withSelection(action: "status" | "tag" | "note" | "close", text: string, icon: Command["icon"]) {
  return { id: `selected ${action}`, group: "With the selection", text, icon, action } as const;
}

function filterCommands(typed: string, q: string, setQuery: (q: string) => void): Command[] {
  if (typed === "" || typed.startsWith(">")) return [];
  const shown = clipText(typed, MOST_TEXT).text;
  const command = (id: string, text: string, query: string): Command => ({
    ...{ id: `filter ${id}`, group: "Filter this list", text, icon: "filter" },
    run: () => setQuery(query),
  });
  if (ADDRESS.test(typed)) {
    return [
      command("src", `Only source ${shown}`, withValue(q, "src", typed, "include")),
      command("dst", `Only target ${shown}`, withValue(q, "dst", typed, "include")),
      command("not src", `Hide source ${shown}`, withValue(q, "src", typed, "exclude")),
    ];
  }
  return [
    command("title", `Title with “${shown}”`, withTerm(q, `title~${quoteValue(typed)}`)),
    command("text", `Anything with “${shown}”`, withTerm(q, `"${typed.replace(/[\\"*]/g, "\\$&")}"`)),
  ];
}
