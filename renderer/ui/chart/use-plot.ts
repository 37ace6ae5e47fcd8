import { type RefObject, useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** The value of a design token where the chart stands, as the theme has it now. */
export function tokenColor(plot: uPlot, token: string): string {
  return getComputedStyle(plot.root).getPropertyValue(token).trim();
}

interface PlotProps {
  /** Changes when the chart has to be made anew: other series, another zone. */
  shape: string;
  options: Omit<uPlot.Options, "width" | "height">;
  data: uPlot.AlignedData;
  width: number;
  height: number;
}

/** Keeps a uPlot inside an element: made once, given new data and sizes as they come, drawn anew when the theme changes. */
export function usePlot({ shape, options, data, width, height }: PlotProps): {
  holder: RefObject<HTMLDivElement | null>;
  plot: RefObject<uPlot | null>;
} {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const measured = width > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the options; data and size follow below.
  useEffect(() => {
    if (holder.current === null || !measured) return;
    const made = new uPlot({ ...options, width, height }, data, holder.current);
    plot.current = made;
    const themes = new MutationObserver(() => made.redraw(false, true));
    themes.observe(document.body, { attributeFilter: ["class"] });
    return () => {
      themes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, measured]);
  useEffect(() => plot.current?.setData(data), [data]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);
  return { holder, plot };
}
