import { useMemo } from "react";
import { Trend } from "../ui/chart/trend.tsx";
import { numberText } from "../ui/number-text.ts";
import { spanText } from "../ui/time.ts";
import type { HealthPoint } from "./history.ts";
import { useHealthHistory } from "./use-history.ts";

interface Figure {
  title: string;
  unit: string;
  of: (point: HealthPoint) => number;
  textOf: (value: number) => string;
}
const FIGURES: readonly Figure[] = [
  { title: "Events per second", unit: "/s", of: ({ eps }) => eps, textOf: numberText },
  { title: "Queue", unit: "events, fullest", of: ({ queue }) => queue, textOf: numberText },
  {
    title: "Average processing time",
    unit: "ms, slowest",
    of: ({ latencyMs }) => latencyMs,
    textOf: (value) => value.toFixed(2),
  },
  { title: "Live backlogs", unit: "", of: ({ backlogs }) => backlogs, textOf: numberText },
];
const HEIGHT = 58;

/** The watchdog's figures over the last hour. */
export function TrendsCard() {
  const points = useHealthHistory();
  const times = useMemo(() => points.map(({ at }) => at), [points]);
  const [first, last] = [points[0], points.at(-1)];
  return (
    <section className="card trends" aria-label="Figures over time">
      {FIGURES.map((figure) => (
        <TrendOf key={figure.title} figure={figure} points={points} times={times} />
      ))}
      {first === undefined || last === undefined ? null : (
        <p className="off-screen">The charts show the last {spanText(last.at - first.at)}.</p>
      )}
    </section>
  );
}

interface TrendOfProps {
  figure: Figure;
  points: readonly HealthPoint[];
  times: readonly number[];
}
function TrendOf({ figure: { title, unit, of, textOf }, points, times }: TrendOfProps) {
  const values = useMemo(() => points.map(of), [points, of]);
  const [now, span] = [values.at(-1), (times.at(-1) ?? 0) - (times[0] ?? 0)];
  const highest = Math.max(0, ...values);
  const reading = now === undefined ? "–" : textOf(now);
  return (
    <div className="trend-of" title={`The last ${spanText(span)}`}>
      <div className="row">
        <h2 className="t2 sm">{title}</h2>
        <span className="grow" />
        <b className="num">{reading}</b>
        <span className="t3 sm">{unit}</span>
      </div>
      <Trend
        label={`${title}: ${reading} ${unit} now, at most ${textOf(highest)} in the last ${spanText(span)}`}
        {...{ times, values, height: HEIGHT, textOf: (value) => `${textOf(value)} ${unit}` }}
      />
    </div>
  );
}
