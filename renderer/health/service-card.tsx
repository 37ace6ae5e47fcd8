import { Button } from "@blueprintjs/core";
import type { ReactNode } from "react";
import type { ProviderRow } from "../../engine/contract/console/directives.ts";
import type { HealthAnswer } from "../../engine/contract/console-api.ts";
import { restart } from "../client/restart.ts";
import { Icon } from "../ui/icon.tsx";
import { assetsRoute, backlogsRoute, href } from "../ui/links.ts";
import { numberText } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { restartAndSay } from "../ui/services-down.tsx";
import { spanText } from "../ui/time.ts";
import { useNow } from "../ui/time-text.tsx";
import { providerLevel, type ServiceCard } from "./services.ts";

type Figure = readonly [label: string, value: ReactNode];
interface PartCardProps {
  name: string;
  kind: string;
  level: "ok" | "warn" | "bad" | "off";
  state: ReactNode;
  figures: readonly Figure[];
  action?: ReactNode;
}

/** One part of the system: its name, how it is, and the three figures that say whether it copes. */
function PartCard({ name, kind, level, state, figures, action }: PartCardProps) {
  const label = `${kind} ${safeText(name)}`;
  return (
    <section className={`card part level-${level}`} aria-label={label}>
      <div className="part-head">
        <span className={`dot ${level === "ok" ? "" : level}`} aria-hidden="true" />
        <h2 className="mono">{safeText(name)}</h2>
        <span className="grow" />
        {action}
      </div>
      <p className="sm part-state">
        <span className="t3">{kind}</span>{" "}
        <span className={level === "bad" || level === "warn" ? level : "t2"}>{state}</span>
      </p>
      <dl>
        {figures.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function ServiceCardView({ card }: { card: ServiceCard }) {
  const now = useNow();
  const { supervised, startedAt, level, state } = card;
  const restarts = supervised?.restarts ?? 0;
  return (
    <PartCard
      name={card.name}
      kind={card.role}
      level={level}
      state={
        <span title={restarts === 0 ? undefined : `restarted ${restarts} times`}>
          {level === "ok" && startedAt !== undefined ? `up ${spanText(now - startedAt)}` : state}
          {supervised?.retryAt === undefined ? "" : `, in ${spanText(supervised.retryAt - now)}`}
        </span>
      }
      figures={serviceFigures(card)}
      action={
        supervised === undefined ? null : (
          <Button
            variant="minimal"
            size="small"
            icon={<Icon name="refresh" size={14} />}
            aria-label={`Restart ${supervised.name}`}
            title={`Restart ${supervised.name}; its state is kept`}
            disabled={supervised.state === "starting" || supervised.state === "stopping"}
            onClick={() => void restartAndSay(supervised.name, restart)}
          />
        )
      }
    />
  );
}

function serviceFigures({ told, supervised }: ServiceCard): Figure[] {
  if (told === undefined) {
    return [
      ["Restarts", numberText(supervised?.restarts ?? 0)],
      ["Process", supervised?.pid ?? "–"],
    ];
  }
  if (told.role === "frontend") {
    return [
      ["Events in", `${numberText(told.eps)}/s`],
      ["On the bus", told.bus.state],
      ["Kept for it", numberText(told.bus.buffered)],
    ];
  }
  const { watchdog } = told;
  const backlogs = <a href={href(backlogsRoute())}>{numberText(watchdog.backlogs)}</a>;
  return [
    ["Queue", numberText(watchdog.queue_length)],
    ["Average", `${watchdog.avg_proc_time_ms.toFixed(2)} ms`],
    ["Backlogs", backlogs],
  ];
}

export function BusCard({ bus }: { bus: HealthAnswer["bus"] }) {
  return (
    <PartCard
      name={bus.kind}
      kind="bus"
      level={bus.state === "connected" ? "ok" : bus.state === "connecting" ? "warn" : "bad"}
      state={bus.state}
      figures={[
        ["Waiting", numberText(bus.buffered)],
        ["Says", <span key="says">{bus.detail === "" ? "–" : safeText(bus.detail)}</span>],
      ]}
    />
  );
}

const PROVIDER_STATES = { ok: "up", bad: "failing", warn: "ignored", off: "off" } as const;

export function ProviderCard({ row }: { row: ProviderRow }) {
  const level = providerLevel(row);
  const answered = row.lookups + row.cacheHits;
  return (
    <PartCard
      name={row.name}
      kind={row.kind === "intel" ? "intel" : "vulnerabilities"}
      level={level}
      state={<a href={href(`${assetsRoute()}?tab=${row.kind}`)}>{PROVIDER_STATES[level]}</a>}
      figures={[
        ["Errors", `${numberText(row.errors)} of ${numberText(row.lookups)}`],
        ["Latency", row.latencyMs === undefined ? "–" : latencyText(row.latencyMs)],
        ["Cached", answered === 0 ? "–" : `${Math.round((row.cacheHits / answered) * 100)} %`],
      ]}
    />
  );
}

function latencyText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
