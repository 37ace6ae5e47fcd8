import { Button, SegmentedControl } from "@blueprintjs/core";
import { type ReactNode, useRef } from "react";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { api } from "../client/api.ts";
import { live as liveConnection } from "../client/live.ts";
import { useConnection } from "../state/connection.ts";
import { Icon } from "../ui/icon.tsx";
import { NoContact } from "../ui/no-contact.tsx";
import { numberText } from "../ui/number-text.ts";
import { QueryBar, type QueryBarHandle, type QueryFault } from "../ui/query-bar.tsx";
import { valuesOf, withValue } from "../ui/query-terms.ts";
import { safeText } from "../ui/safe-text.ts";
import { Keys, useShortcuts } from "../ui/shortcuts.tsx";
import { clockText } from "../ui/time.ts";
import { useTimeStyle } from "../ui/time-text.tsx";
import type { EventsView } from "./events-view.ts";
import { RateLine } from "./rate-line.tsx";
import { TAIL_SIZE } from "./tail.ts";
import type { EventSearch } from "./use-search.ts";
import type { LiveTail } from "./use-tail.ts";

export function Head({
  view,
  tail: { tail, ready },
  search,
  children,
}: {
  view: EventsView;
  tail: LiveTail;
  search: EventSearch;
  children: ReactNode;
}) {
  return (
    <div className="screen-head">
      <h1>Events</h1>
      <SegmentedControl
        size="small"
        aria-label="Which events"
        value={view.mode}
        onValueChange={(value) => view.setMode(value === "search" ? "search" : "live")}
        options={[
          { value: "live", label: "Live tail" },
          {
            value: "search",
            label: search.retained === undefined ? "Search retained" : `Search ${numberText(search.retained)} retained`,
          },
        ]}
      />
      <span className="grow" />
      {view.mode === "live" && ready && (
        <span className="events-rate">
          <RateLine rates={tail.rates} />
          <span className="num">
            <b>{numberText(tail.perSecond)}</b> <span className="t2">events/s</span>
            {tail.notShown > 0 && <span className="t2">, {numberText(tail.notShown)} not shown</span>}
          </span>
        </span>
      )}
      {children}
    </div>
  );
}

const OUTCOMES = [
  ["", "All"],
  ["matched", "Matched"],
  ["unmatched", "No rule matched"],
  ["nodirective", "No directive"],
  ["rejected", "Rejected"],
] as const;

export function Filter({ view, fault }: { view: EventsView; fault: QueryFault | undefined }) {
  const handle = useRef<QueryBarHandle>(null);
  useShortcuts({ filter: () => handle.current?.focus() });
  const [only, ...others] = valuesOf(view.query, "outcome").included;
  const outcome = others.length === 0 ? (only ?? "") : "several";
  const choose = (value: string): void => {
    const without = [...valuesOf(view.query, "outcome").included].reduce(
      (query, each) => withValue(query, "outcome", each, "neither"),
      view.query,
    );
    view.setQuery(value === "" ? without : withValue(without, "outcome", value, "include"));
  };
  return (
    <div className="filter-bar">
      <QueryBar
        label="Filter events"
        query={view.query}
        onQuery={view.setQuery}
        check={checkQuery}
        fault={fault}
        example='plugin:1512 src:10.20.0.0/16 -title:"Heartbeat" outcome:matched'
        handle={handle}
      />
      <SegmentedControl
        size="small"
        aria-label="Outcome"
        value={outcome}
        onValueChange={choose}
        options={OUTCOMES.map(([value, label]) => ({ value, label }))}
      />
      {view.query !== "" && <Button variant="minimal" size="small" text="Clear" onClick={() => view.setQuery("")} />}
    </div>
  );
}

async function checkQuery(q: string): Promise<QueryFault | undefined> {
  try {
    const {
      ok,
      error = "The query can’t be read.",
      column,
      length,
    } = await api.post("POST /query/check", {
      body: { q, of: "events" },
    });
    if (ok) return undefined;
    return { text: error, ...(column !== undefined && { column }), ...(length !== undefined && { length }) };
  } catch {
    // Whoever uses the query hears why the server doesn't answer.
    return undefined;
  }
}

export function Contact() {
  const { status, everOpen } = useConnection((state) => state);
  if (!everOpen || status.kind === "open") return null;
  const retryAt = status.kind === "lost" ? status.retryAt : undefined;
  return <NoContact since={status.since} retryAt={retryAt} onRetry={() => liveConnection.connectNow()} />;
}

/** Of events that came before somebody looked, the oldest of a list is one. */
function isUnwatched(event: ConsoleEvent | undefined): boolean {
  return event?.verdict?.kind === "unknown" && event.verdict.unwatched === true;
}

/** While the tail stands still: since when, how much came meanwhile, and how to see it. */
export function TailBar({ tail: { tail, catchUp } }: { tail: LiveTail }) {
  const { zone } = useTimeStyle();
  if (tail.heldAt === undefined) {
    return (
      <div className="tail-bar">
        <span className="dot" aria-hidden="true" />
        <span>
          Following, the newest first. The last {numberText(TAIL_SIZE)} stay.
          {isUnwatched(tail.events.at(-1)) &&
            " What becomes of an event is known from the moment on that somebody looks."}
        </span>
      </div>
    );
  }
  const came = tail.held.length + tail.heldDropped;
  return (
    <div className="tail-bar">
      <Icon name="pause" size={12} />
      <span>
        Standing still since <b className="num">{clockText(tail.heldAt, zone)}</b>, the engine goes on.{" "}
        {came > 0 && (
          <>
            <b className="num">{numberText(came)}</b> came since
            {tail.heldDropped > 0 && `, the last ${numberText(TAIL_SIZE)} of them are kept`}.
          </>
        )}
      </span>
      {came > 0 && (
        <Button variant="minimal" size="small" text="Catch up" endIcon={<Keys action="apply" />} onClick={catchUp} />
      )}
    </div>
  );
}

/** How much was looked at, and whether there is more. */
export function SearchBar({ search }: { search: EventSearch }) {
  const { events, scanned, retained, more, loading, error, loadMore, reload } = search;
  if (error !== undefined && events.length > 0) {
    return (
      <div className="tail-bar" role="status">
        <span className="grow">The search stopped: {safeText(error.message)}</span>
        <Button size="small" text="Retry" onClick={loadMore} />
      </div>
    );
  }
  return (
    <div className="tail-bar" role="status">
      <span className="grow num">
        {retained === undefined
          ? "Searching…"
          : `${numberText(events.length)}${more ? "+" : ""} found, ${numberText(scanned)} of ${numberText(retained)} retained looked at`}
      </span>
      {loading && retained !== undefined && <span className="t3">Searching…</span>}
      {more && !loading && <Button variant="minimal" size="small" text="Search further" onClick={loadMore} />}
      <Button variant="minimal" size="small" icon={<Icon name="refresh" size={14} />} text="Again" onClick={reload} />
    </div>
  );
}
