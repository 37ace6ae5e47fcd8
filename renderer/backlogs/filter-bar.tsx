import { Button } from "@blueprintjs/core";
import { useRef } from "react";
import { numberText } from "../ui/number-text.ts";
import { QueryBar, type QueryBarHandle } from "../ui/query-bar.tsx";
import { Keys, useShortcuts } from "../ui/shortcuts.tsx";
import { backlogFilter } from "./backlog-fields.ts";

interface FilterBarProps {
  query: string;
  onQuery: (query: string) => void;
  /** Rows that wait for their place while the order stands still. */
  waiting: { added: number; moved: number };
  onApply: () => void;
}

/** The filter, and in its own slot beside it what waits to be shown. */
export function FilterBar({ query, onQuery, waiting, onApply }: FilterBarProps) {
  const handle = useRef<QueryBarHandle>(null);
  useShortcuts({ filter: () => handle.current?.focus() });
  const { added, moved } = waiting;
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
      <span className="pill-slot">
        {added + moved > 0 && (
          <Button className="pill" intent="primary" size="small" onClick={onApply} endIcon={<Keys action="apply" />}>
            {[added > 0 && `${numberText(added)} new`, moved > 0 && `${numberText(moved)} moved`]
              .filter((part) => part !== false)
              .join(" · ")}
          </Button>
        )}
      </span>
      {query !== "" && <Button variant="minimal" size="small" text="Clear" onClick={() => onQuery("")} />}
    </div>
  );
}

/** The filter is read here, by the same language as the server's. */
function faultOf(query: string): { text: string; column: number; length: number } | undefined {
  const filter = backlogFilter(query);
  return filter.ok ? undefined : { text: filter.error, column: filter.column, length: filter.length };
}
