import { Button } from "@blueprintjs/core";
import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { restart } from "../client/restart.ts";
import { downServices, useConnection } from "../state/connection.ts";
import { backlogsRoute, eventsRoute, href } from "../ui/links.ts";
import { countOf, numberText } from "../ui/number-text.ts";
import { joinTerms, splitTerms } from "../ui/query-terms.ts";
import { ServicesDown } from "../ui/services-down.tsx";
import { EmptyState, FilteredOut } from "../ui/states.tsx";
import { rangeAt } from "../ui/time-range.ts";
import type { AlarmView } from "./view.ts";

/** Terms whose absence is counted when nothing matches. */
const MOST_COUNTED = 4;

interface NoAlarmsProps {
  view: AlarmView;
  /** Alarms in the range, whatever the query. */
  inRange: number | undefined;
  onQuery: (q: string) => void;
  onAllTime: () => void;
}

/** Why the list is empty: the engine is down, the filter hides what is there, or there is nothing yet. */
export function NoAlarms({ view, inRange, onQuery, onAllTime }: NoAlarmsProps) {
  const supervisor = useConnection((state) => state.supervisor);
  const health = useConnection((state) => state.health);
  const down = downServices({ supervisor, health });
  if (inRange !== undefined && inRange > 0) return <Hidden view={view} inRange={inRange} onQuery={onQuery} />;
  if (down.length > 0) {
    return (
      <ServicesDown down={down} restart={restart}>
        Without it no new alarms come. The list, search and notes go on working.
      </ServicesDown>
    );
  }
  const perSecond = health?.services.reduce((sum, service) => sum + (service.role === "frontend" ? service.eps : 0), 0);
  return (
    <EmptyState
      icon="alarms"
      title={view.range.kind === "all" ? "No alarms yet" : "No alarms in this time"}
      actions={
        <>
          {view.range.kind === "all" ? null : <Button size="small" text="Look at all time" onClick={onAllTime} />}
          <a className="bp6-button bp6-small" href={href(backlogsRoute())}>
            Show backlogs
          </a>
          <a className="bp6-button bp6-small bp6-minimal" href={href(eventsRoute())}>
            Show events
          </a>
        </>
      }
    >
      {perSecond === undefined || perSecond === 0 ? (
        "The engine is up, and no events are coming in."
      ) : (
        <>
          The engine is up and <b>{numberText(perSecond)} events/s</b> are coming in. An alarm appears when a backlog
          reaches its first risk.
        </>
      )}
    </EmptyState>
  );
}

/** The filter hides everything: how many there would be without each of its terms. */
function Hidden({ view, inRange, onQuery }: { view: AlarmView; inRange: number; onQuery: (q: string) => void }) {
  const terms = splitTerms(view.q);
  const counted = terms.slice(0, MOST_COUNTED);
  const { data } = useLoaded(`${view.q} ${JSON.stringify(view.range)}`, (signal) =>
    Promise.all(
      counted.map(async (term) => {
        const q = joinTerms(terms.filter((each) => each !== term));
        const query = { q, ...rangeAt(view.range, Date.now()), facets: "node" };
        return { term, q, count: (await api.get("GET /alarms/counts", { query, signal })).total };
      }),
    ),
  );
  const helpful = data?.filter(({ count }) => count > 0) ?? [];
  return (
    <FilteredOut title={`None of ${countOf(inRange, "alarm")} match`} onClear={() => onQuery("")}>
      {helpful.map(({ term, q, count }) => (
        <p key={term}>
          Without <code className="mono">{term}</code> there {count === 1 ? "is" : "are"}{" "}
          <button type="button" className="text-button" onClick={() => onQuery(q)}>
            {numberText(count)}
          </button>
          .
        </p>
      ))}
    </FilteredOut>
  );
}
