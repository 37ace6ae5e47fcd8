import { useMemo } from "react";
import type { Overview } from "../../engine/contract/console/overview.ts";
import { type ChartPart, TimeBars } from "../ui/chart/time-bars.tsx";
import { goTo } from "../ui/hash-location.ts";
import { alarmsRoute, href } from "../ui/links.ts";
import { countOf, numberText } from "../ui/number-text.ts";
import { RISK_WORDS } from "../ui/risk.ts";
import { RiskGlyph } from "../ui/risk-mark.tsx";
import { comparison, perSecond } from "./figures.ts";

const CLASSES = ["high", "medium", "low"] as const;
/** In `byRisk` of the series: none, low, medium, high. */
const BAR_PARTS = [
  { index: 1, label: "low", token: "--chart-low" },
  { index: 2, label: "medium", token: "--chart-medium" },
  { index: 3, label: "high", token: "--chart-high" },
] as const;
const CHART_HEIGHT = 168;

/** The three numbers that a person reads from two metres, and how alarms and events came. */
export function HeroCard({ data, start, t }: { data: Overview; start: string | undefined; t: string }) {
  const { open, openBefore, alarms, events } = data;
  const parts = useMemo<ChartPart[]>(
    () => BAR_PARTS.map(({ index, label, token }) => ({ label, token, values: alarms.byRisk[index] ?? [] })),
    [alarms],
  );
  const line = useMemo<ChartPart | undefined>(
    () =>
      events.counts.length === alarms.counts.length && events.counts.length > 0
        ? { label: "events/s", token: "--text-2", values: perSecond(events) }
        : undefined,
    [events, alarms],
  );
  const total = open.high + open.medium + open.low + open.none;
  return (
    <section className="card hero" aria-label="Open alarms">
      <header>
        <h2>Open alarms</h2>
        <span className="t2 sm">
          <a className="quiet-link" href={href(alarmsRoute({ q: "is:open", t: "all" }))}>
            {countOf(total, "alarm")} not closed
          </a>
          {open.none > 0 ? `, ${numberText(open.none)} without a risk` : ""}
        </span>
        <span className="grow" />
        <Legend events={line !== undefined} />
      </header>
      <div className="hero-figures">
        {CLASSES.map((risk) => (
          <div key={risk} className={`hero-figure ${risk}`}>
            <a href={href(alarmsRoute({ q: `is:open class:${RISK_WORDS[risk]}`, t: "all" }))}>
              <RiskGlyph risk={risk} />
              <b>{numberText(open[risk])}</b>
              <span>{RISK_WORDS[risk]}</span>
            </a>
            <p className="sm t2">
              {comparison(open[risk], openBefore?.[risk], start) ?? "nothing to compare with yet"}
            </p>
          </div>
        ))}
      </div>
      <TimeBars
        label={`Alarms by risk and events over time, ${countOf(alarms.counts.length, "step")}`}
        {...{ from: alarms.from, stepSeconds: alarms.stepSeconds, parts, line, height: CHART_HEIGHT }}
        onPick={(from, to) => goTo(alarmsRoute({ q: "risk>=0", t: `${from}-${to}` }))}
      />
      <p className="off-screen">
        {countOf(
          alarms.counts.reduce((all, count) => all + count, 0),
          "alarm",
        )}{" "}
        in the range {t}.
      </p>
    </section>
  );
}

function Legend({ events }: { events: boolean }) {
  return (
    <span className="legend sm t2" aria-hidden="true">
      {CLASSES.map((risk) => (
        <span key={risk} className="row">
          <RiskGlyph risk={risk} />
          {RISK_WORDS[risk]}
        </span>
      ))}
      {events ? (
        <span className="row">
          <i className="legend-line" />
          events/s
        </span>
      ) : null}
    </span>
  );
}
