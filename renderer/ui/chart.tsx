import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { numberText } from "./number-text.ts";

export interface ChartSeries {
  label: string;
  /** One value per point of `at`; null where there is none. */
  values: readonly (number | null)[];
  /** A colour of the tokens, without its dashes: `chart-high`. */
  color: string;
  kind: "bars" | "line";
}

interface ChartProps {
  /** What the chart shows, for whoever can't see it; its figures should stand beside it. */
  label: string;
  /** Points in time, in milliseconds since the epoch, ascending. */
  at: readonly number[];
  /** Bars are stacked in this order, the first at the bottom. */
  series: readonly ChartSeries[];
  height: number;
  /** Without axes, as in a tile. */
  bare?: boolean;
  /** An IANA name; empty for the machine's. */
  zone?: string;
  /** Somebody marked a span of time. */
  onRange?: (from: number, to: number) => void;
}

/** Figures over time, drawn on a canvas in the theme's colours. */
export function Chart(props: ChartProps) {
  const { label, at, series, height } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const shape = `${series.map(({ label: name, color, kind }) => `${name}/${color}/${kind}`).join()} ${height} ${props.bare}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for what the chart is made of.
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(element, latest), dataOf(latest.current), element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const themed = new MutationObserver(draw);
    themed.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new figures are drawn into the same chart.
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [at, series]);
  return <div ref={place} role="img" aria-label={label} className="chart" style={{ height }} />;
}

/** Seconds, and the bars heaped up, the whole heap first so that lower parts are drawn over it. */
function dataOf({ at, series }: ChartProps): uPlot.AlignedData {
  const heaps: (number | null)[][] = [];
  let below: readonly (number | null)[] | undefined;
  for (const { values, kind } of series) {
    if (kind === "line") {
      heaps.push([...values]);
      continue;
    }
    const base = below;
    const heap = values.map((value, index) => (value ?? 0) + (base?.[index] ?? 0));
    heaps.push(heap);
    below = heap;
  }
  return [at.map((each) => each / 1000), ...heaps.reverse()];
}

function optionsOf(element: HTMLElement, latest: { readonly current: ChartProps }): uPlot.Options {
  const { series, height, bare, zone } = latest.current;
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const font = `11px ${style.fontFamily}`;
  const axis = {
    stroke: color("text-3"),
    font,
    ticks: { show: false },
    grid: { stroke: color("chart-grid"), width: 1 },
  };
  const bars = uPlot.paths.bars?.({ size: [0.8, 40], gap: 1 });
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: latest.current.onRange !== undefined, y: false, setScale: false }, points: { show: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
    axes: bare
      ? [{ show: false }, { show: false }]
      : [
          { ...axis, grid: { show: false }, space: 80 },
          { ...axis, size: 44, space: 28, values: (_, ticks) => ticks.map(numberText) },
        ],
    series: [
      {},
      ...series.toReversed().map(({ label, color: name, kind }): uPlot.Series => {
        if (kind === "line") return { label, stroke: color(name), width: 1.5, points: { show: false } };
        return {
          label,
          fill: color(name),
          stroke: color(name),
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars }),
        };
      }),
    ],
    hooks: {
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 4) return;
          latest.current.onRange?.(chart.posToVal(left, "x") * 1000, chart.posToVal(left + width, "x") * 1000);
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
  if (zone !== undefined && zone !== "") options.tzDate = (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone);
  return options;
}
