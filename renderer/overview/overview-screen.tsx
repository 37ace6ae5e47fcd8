import type { Overview } from "../../engine/contract/console/overview.ts";
import { useSession } from "../state/session.ts";
import { CopyButton } from "../ui/copy.tsx";
import { FailedState, StaleNotice } from "../ui/states.tsx";
import { zoneName } from "../ui/time.ts";
import { useTimeRange, type ViewRange } from "../ui/time-range.ts";
import { TimeText, useTimeStyle } from "../ui/time-text.tsx";
import { AttentionCard } from "./attention-card.tsx";
import { HeroCard } from "./hero-card.tsx";
import { NetworkCard } from "./network-card.tsx";
import { rangeStart } from "./range.ts";
import { StatusCard } from "./status-card.tsx";
import { TallyCard } from "./tally-card.tsx";
import { TreeCard } from "./tree-card.tsx";
import { useOverview } from "./use-overview.ts";
import "./overview.css";

/** The whole console in one look; every number leads to the list behind it. */
export function OverviewScreen() {
  const { zone } = useTimeStyle();
  const { range, text: t } = useTimeRange();
  const { data, error, reload } = useOverview(range);
  return (
    <>
      <header className="screen-head">
        <h1>Overview</h1>
        {data === undefined ? null : (
          <span className="sum">
            <TimeText at={data.at} absolute /> {zoneName(zone)}
          </span>
        )}
        <span className="grow" />
        <CopyButton text={() => location.href} label="Copy link" />
      </header>
      {error === undefined || data === undefined ? null : (
        <StaleNotice onRetry={reload}>
          <b>{error.message}</b> Showing the figures of <TimeText at={data.at} absolute />.
        </StaleNotice>
      )}
      {data !== undefined ? (
        <OverviewCards data={data} range={range} t={t} />
      ) : error !== undefined ? (
        <FailedState title="The figures can't be read" text={error.message} onRetry={reload} />
      ) : null}
    </>
  );
}

function OverviewCards({ data, range, t }: { data: Overview; range: ViewRange; t: string }) {
  const { statuses } = useSession();
  return (
    <div className="overview">
      <HeroCard data={data} start={rangeStart(range)} t={t} />
      <AttentionCard items={data.attention} />
      <TallyCard title="Top directives" kind="title" tallies={data.topDirectives} t={t} />
      <TallyCard title="Top sources" kind="address" tallies={data.topSources} t={t} />
      <TallyCard title="Top targets" kind="address" tallies={data.topTargets} t={t} />
      <TreeCard leaves={data.tree} t={t} />
      <NetworkCard networks={data.networks} t={t} />
      <StatusCard statuses={data.byStatus} tags={data.byTag} names={statuses} t={t} />
    </div>
  );
}
