import { type KeyboardEvent, useMemo, useState } from "react";
import type uPlot from "uplot";
import { useWidth } from "../element-size.ts";
import { numberText } from "../number-text.ts";
import { useTimeStyle } from "../time-text.tsx";
import { axisNumber, axisTime, highestStack, stackAt, topOf } from "./scale.ts";
import { tokenColor, usePlot } from "./use-plot.ts";
import "./chart.css";

export interface ChartPart {
  label: string;
  /** A design token, such as `--chart-high`. */
  token: string;
  values: readonly number[];
}

interface TimeBarsProps {
  /** What is shown, for who can't see it. */
  label: string;
  /** Milliseconds since the epoch. */
  from: number;
  stepSeconds: number;
  /** From the bottom to the top. */
  parts: readonly ChartPart[];
  /** A line over the bars, with a scale of its own on the right. */
  line?: ChartPart | undefined;
  height: number;
  /** Without axes, and as high as the highest bar. */
  bare?: boolean;
  /** Somebody wants to see what is behind a bar. */
  onPick?: ((from: number, to: number) => void) | undefined;
  /** Somebody marked a span of time with the pointer. */
  onMark?: ((from: number, to: number) => void) | undefined;
}

/** Stacked bars over time. One stop of the Tab key: arrows read bar by bar, Enter opens what is behind one. */
export function TimeBars(props: TimeBarsProps) {
  const { label, from, stepSeconds, parts, line, height, bare = false, onPick } = props;
  const { zone } = useTimeStyle();
  const [ref, width] = useWidth();
  const [at, setAt] = useState<number>();
  const count = Math.max(0, ...parts.map(({ values }) => values.length));
  const data = useMemo<uPlot.AlignedData>(() => {
    const xs = Array.from({ length: count }, (_, index) => from / 1000 + (index + 0.5) * stepSeconds);
    return [xs, parts.at(-1)?.values.slice() ?? [], line?.values.slice() ?? xs.map(() => null)];
  }, [from, stepSeconds, count, parts, line]);
  const latest = useLatestDrawing(props);
  const shape = `${zone} ${line === undefined} ${bare}`;
  const options = useMemo(() => optionsOf(latest, zone, setAt), [latest, zone]);
  const { holder, plot } = usePlot({ shape, options, data, width, height });
  const pick = (index: number) =>
    onPick?.(from + index * stepSeconds * 1000, from + (index + 1) * stepSeconds * 1000 - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextIndex(event.key, at, count);
    if (next !== undefined) {
      event.preventDefault();
      setAt(next);
      plot.current?.setCursor({ left: plot.current.valToPos(data[0][next] ?? 0, "x"), top: 0 });
    } else if (event.key === "Enter" && at !== undefined) pick(at);
  };
  const reading = at === undefined || at >= count ? undefined : readingOf(props, at, zone);
  return (
    <div className="time-bars" ref={ref} style={{ height }}>
      <div
        className={`chart-holder${onPick === undefined ? "" : " pickable"}`}
        ref={holder}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, count - 1)}
        aria-valuenow={at ?? Math.max(0, count - 1)}
        aria-valuetext={reading ?? readingOf(props, count - 1, zone)}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setAt(undefined)}
        onBlur={() => setAt(undefined)}
        onClick={() => at !== undefined && pick(at)}
      />
      {reading === undefined || at === undefined ? null : (
        <div
          className={`chart-reading${at > count / 2 ? " left" : ""}`}
          aria-hidden="true"
          style={{ insetInlineStart: `${(plot.current?.valToPos(data[0][at] ?? 0, "x") ?? 0) + (bare ? 0 : AXIS)}px` }}
        >
          {reading}
        </div>
      )}
    </div>
  );
}

const AXIS = 34;
/** The least that counts as a marked span, in pixels; less is a click. */
const LEAST_MARK = 4;

function nextIndex(key: string, at: number | undefined, count: number): number | undefined {
  if (key === "ArrowLeft") return Math.max(0, (at ?? count) - 1);
  if (key === "ArrowRight") return Math.min(count - 1, (at ?? count - 2) + 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}

function readingOf({ from, stepSeconds, parts, line }: TimeBarsProps, index: number, zone: string): string {
  const start = from / 1000 + index * stepSeconds;
  const when = axisTime(start, Math.min(stepSeconds, 1), zone);
  const day = stepSeconds >= 3600 * 6 ? `${axisTime(start, Number.MAX_SAFE_INTEGER, zone)} ` : "";
  const figures = [...parts].reverse().map(({ label, values }) => `${numberText(values[index] ?? 0)} ${label}`);
  if (line !== undefined) figures.push(`${numberText(line.values[index] ?? 0)} ${line.label}`);
  return `${day}${when} · ${figures.join(" · ")}`;
}

/** What the plot's hooks draw from: the same object for as long as the plot lives, always with the newest figures. */
function useLatestDrawing(props: TimeBarsProps): { props: TimeBarsProps } {
  const [latest] = useState({ props });
  latest.props = props;
  return latest;
}

function optionsOf(
  latest: { props: TimeBarsProps },
  zone: string,
  onCursor: (index: number | undefined) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const { bare = false, onMark } = latest.props;
  const highest = () => highestStack(latest.props.parts.map(({ values }) => values));
  const top = () => (bare ? Math.max(1, highest()) : topOf(highest()));
  const lineTop = () => topOf(Math.max(0, ...(latest.props.line?.values ?? [])));
  const grey = (plot: uPlot) => tokenColor(plot, "--text-3");
  const grid = { stroke: (plot: uPlot) => tokenColor(plot, "--chart-grid"), width: 1 };
  const scaleAxis = (scale: string, side: 1 | 3, end: () => number): uPlot.Axis => ({
    scale,
    side,
    show: !bare,
    size: AXIS,
    gap: 6,
    stroke: grey,
    font: "11px Inter Variable, sans-serif",
    ticks: { show: false },
    grid: side === 3 ? grid : { show: false },
    splits: () => [0, end() / 2, end()],
    values: (_, values) => values.map(axisNumber),
  });
  return {
    padding: [bare ? 2 : 10, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: onMark !== undefined, y: false, setScale: false } },
    tzDate: (seconds) => tzDate(seconds, zone),
    scales: {
      x: {
        time: true,
        range: () => {
          const { from, stepSeconds, parts } = latest.props;
          return [from / 1000, from / 1000 + stepSeconds * Math.max(1, parts[0]?.values.length ?? 1)];
        },
      },
      y: { range: () => [0, top()] },
      line: { range: () => [0, lineTop()] },
    },
    axes: [
      {
        show: !bare,
        stroke: grey,
        font: "11px Inter Variable, sans-serif",
        size: 22,
        gap: 4,
        space: 90,
        ticks: { show: false },
        grid: { show: false },
        values: (plot, splits) => {
          const { min = 0, max = 0 } = plot.scales.x ?? {};
          return splits.map((split) => axisTime(split, (max ?? 0) - (min ?? 0), zone));
        },
      },
      scaleAxis("y", 3, top),
      { ...scaleAxis("line", 1, lineTop), show: !bare && latest.props.line !== undefined },
    ],
    series: [
      {},
      { scale: "y", paths: () => null, points: { show: false } },
      {
        scale: "line",
        show: latest.props.line !== undefined,
        stroke: (plot) => tokenColor(plot, "--text-2"),
        width: 1.25,
        points: { show: false },
      },
    ],
    hooks: {
      drawAxes: [(plot) => drawBars(plot, latest.props)],
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? undefined)],
      setSelect: [(plot) => mark(plot, latest.props)],
    },
  };
}

function mark(plot: uPlot, { onMark }: TimeBarsProps): void {
  const { left, width } = plot.select;
  if (width < LEAST_MARK) return;
  onMark?.(plot.posToVal(left, "x") * 1000, plot.posToVal(left + width, "x") * 1000);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

/** uPlot cuts days by a Date that reads as if the zone were the machine's. */
function tzDate(seconds: number, zone: string): Date {
  const date = new Date(seconds * 1000);
  return zone === "" ? date : new Date(date.toLocaleString("en-US", { timeZone: zone }));
}

function drawBars(plot: uPlot, { parts, from, stepSeconds }: TimeBarsProps): void {
  const { ctx } = plot;
  const gap = Math.max(1, Math.round(devicePixelRatio));
  const colors = parts.map(({ token }) => tokenColor(plot, token));
  const values = parts.map((part) => part.values);
  const count = Math.max(0, ...values.map(({ length }) => length));
  for (let index = 0; index < count; index += 1) {
    const start = plot.valToPos(from / 1000 + index * stepSeconds, "x", true);
    const end = plot.valToPos(from / 1000 + (index + 1) * stepSeconds, "x", true);
    const inset = (end - start) * 0.1;
    for (const [part, [low, high]] of stackAt(values, index).entries()) {
      if (high === low) continue;
      const bottom = plot.valToPos(low, "y", true) - (low === 0 ? 0 : gap);
      const height = Math.max(gap, bottom - plot.valToPos(high, "y", true));
      ctx.fillStyle = colors[part] ?? "";
      ctx.fillRect(
        Math.round(start + inset),
        Math.round(bottom - height),
        Math.max(1, Math.round(end - start - 2 * inset)),
        Math.round(height),
      );
    }
  }
}
