import { useMemo, useState } from "react";
import type uPlot from "uplot";
import { useWidth } from "../element-size.ts";
import { clockText } from "../time.ts";
import { useTimeStyle } from "../time-text.tsx";
import { tokenColor, usePlot } from "./use-plot.ts";
import "./chart.css";

interface TrendProps {
  /** What is shown, for who can't see it. */
  label: string;
  /** Milliseconds since the epoch, rising. */
  times: readonly number[];
  values: readonly (number | null)[];
  height: number;
  /** A value as the reading writes it. */
  textOf: (value: number) => string;
}

/** One figure over time, without axes: its shape, and what the pointer is at. The figure itself is written beside it. */
export function Trend({ label, times, values, height, textOf }: TrendProps) {
  const { zone } = useTimeStyle();
  const [ref, width] = useWidth();
  const [at, setAt] = useState<number>();
  const data = useMemo<uPlot.AlignedData>(() => [times.map((time) => time / 1000), values.slice()], [times, values]);
  const options = useMemo(() => optionsOf(setAt), []);
  const { holder } = usePlot({ shape: "trend", options, data, width, height });
  const value = at === undefined ? undefined : values[at];
  const time = at === undefined ? undefined : times[at];
  return (
    <div className="trend" ref={ref} style={{ height }}>
      <div className="chart-holder" ref={holder} role="img" aria-label={label} onMouseLeave={() => setAt(undefined)} />
      {value === undefined || value === null || time === undefined ? null : (
        <div className="chart-reading top" aria-hidden="true">
          {clockText(time, zone)} · {textOf(value)}
        </div>
      )}
    </div>
  );
}

function optionsOf(onCursor: (index: number | undefined) => void): Omit<uPlot.Options, "width" | "height"> {
  return {
    padding: [4, 0, 1, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
    scales: { x: { time: true }, y: { range: (_, __, highest) => [0, Math.max(1e-6, highest ?? 0) * 1.15] } },
    axes: [{ show: false }, { show: false }],
    series: [
      {},
      {
        stroke: (plot) => tokenColor(plot, "--text-3"),
        fill: (plot) => tokenColor(plot, "--chart-volume-soft"),
        width: 1.25,
        points: { show: false },
      },
    ],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? undefined)] },
  };
}
