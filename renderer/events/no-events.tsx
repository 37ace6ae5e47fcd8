import { Button } from "@blueprintjs/core";
import { restart } from "../client/restart.ts";
import { downServices, useConnection } from "../state/connection.ts";
import { numberText } from "../ui/number-text.ts";
import { ServicesDown } from "../ui/services-down.tsx";
import { EmptyState, FailedState, FilteredOut } from "../ui/states.tsx";
import type { ViewRange } from "../ui/time-range.ts";
import type { EventsView } from "./events-view.ts";
import type { EventSearch } from "./use-search.ts";
import type { LiveTail } from "./use-tail.ts";

interface NoEventsProps {
  view: EventsView;
  tail: LiveTail;
  search: EventSearch;
  range: ViewRange;
  onAllTime: () => void;
}

/** Why the table is empty. */
export function NoEvents({ view, tail, search, range, onAllTime }: NoEventsProps) {
  const connection = useConnection((state) => state);
  const { setQuery } = view;
  const clear = (): void => setQuery("");
  if (view.mode === "live") {
    if (tail.fault !== undefined) return <FailedState title="This can't be followed" text={tail.fault.text} />;
    if (!tail.ready) return <p className="line-empty">Asking for the live tail…</p>;
    const down = downServices(connection);
    if (view.query !== "") {
      return (
        <FilteredOut title="Nothing that the filter finds has come in yet" onClear={clear}>
          {numberText(tail.tail.perSecond)} events come in each second.
        </FilteredOut>
      );
    }
    if (down.length > 0) {
      return (
        <ServicesDown down={down} restart={restart}>
          Events may still come in at the frontend. What is retained can be searched.
        </ServicesDown>
      );
    }
    return (
      <EmptyState icon="events" title="No events yet">
        They appear here as soon as the frontend takes them in. Import a file to try it.
      </EmptyState>
    );
  }
  if (search.error !== undefined) {
    const { message } = search.error;
    return <FailedState title="The search failed" text={message} onRetry={search.reload} />;
  }
  if (!search.ready || search.loading) return <p className="line-empty">Searching…</p>;
  if (search.more) {
    return (
      <EmptyState
        icon="search"
        title="Nothing found so far"
        actions={<Button intent="primary" size="small" text="Search further" onClick={search.loadMore} />}
      >
        {numberText(search.scanned)} of {numberText(search.retained ?? 0)} retained events were looked at.
      </EmptyState>
    );
  }
  const allTime = <Button size="small" text="Look at all time" onClick={onAllTime} />;
  if (view.query === "") {
    return range.kind === "all" ? (
      <EmptyState icon="events" title="No event is retained yet">
        Events are retained from the moment the console runs, as many as the settings say.
      </EmptyState>
    ) : (
      <EmptyState icon="events" title="No event in this time" actions={allTime}>
        {numberText(search.retained ?? 0)} events are retained in all.
      </EmptyState>
    );
  }
  return (
    <FilteredOut title={`None of ${numberText(search.retained ?? 0)} retained events match`} onClear={clear}>
      All of them in the time range were looked at. {range.kind !== "all" && allTime}
    </FilteredOut>
  );
}
