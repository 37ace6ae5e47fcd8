import { Button } from "@blueprintjs/core";
import { useRef } from "react";
import { NewsPill } from "../ui/news-pill.tsx";
import { QueryBar, type QueryBarHandle } from "../ui/query-bar.tsx";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { backlogFilter } from "./backlog-fields.ts";

interface FilterBarProps {
  query: string;
  onQuery: (query: string) => void;
  /** Rows that wait for their place while the order stands still. */
  waiting: { added: number; moved: number };
  onApply: () => void;
}

/** What ended leaves by itself. */
const NONE: ReadonlySet<string> = new Set();

/** The filter, and in its own slot beside it what waits to be shown. */
export function FilterBar({ query, onQuery, waiting, onApply }: FilterBarProps) {
  const handle = useRef<QueryBarHandle>(null);
  useShortcuts({ filter: () => handle.current?.focus() });
  return (
    <div className="filter-bar">
      <QueryBar
        label="Filter backlogs"
        query={query}
        onQuery={onQuery}
        check={async (text) => faultOf(text)}
        fault={faultOf(query)}
        example='directive:10021 src:10.0.0.0/8 next>=7 title~"brute"'
        handle={handle}
      />
      <NewsPill view={{ ...waiting, gone: NONE }} onApply={onApply} />
      {query !== "" && <Button variant="minimal" size="small" text="Clear" onClick={() => onQuery("")} />}
    </div>
  );
}

/** The filter is read here, by the same language as the server's. */
function faultOf(query: string): { text: string; column: number; length: number } | undefined {
  const filter = backlogFilter(query);
  return filter.ok ? undefined : { text: filter.error, column: filter.column, length: filter.length };
}
