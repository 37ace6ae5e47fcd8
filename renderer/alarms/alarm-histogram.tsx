import { useMemo } from "react";
import type { AlarmCounts } from "../../engine/contract/console/alarms.ts";
import { Chart, type ChartSeries } from "../ui/chart.tsx";
import { countOf } from "../ui/number-text.ts";
import { useTimeStyle } from "../ui/time-text.tsx";

const HEIGHT = 44;
/** In the order of `byRisk`: none, low, medium, high. */
const COLORS = ["chart-volume", "chart-low", "chart-medium", "chart-high"] as const;
const WORDS = ["None", "Low", "Medium", "High"] as const;

/** When the alarms of the list were updated, by risk; marking a span narrows the time range to it. */
export function AlarmHistogram(props: {
  histogram: NonNullable<AlarmCounts["histogram"]>;
  onRange: (from: number, to: number) => void;
}) {
  const { histogram, onRange } = props;
  const { zone } = useTimeStyle();
  const { at, series } = useMemo(() => {
    const { from, stepSeconds, counts, byRisk } = histogram;
    return {
      at: counts.map((_, index) => from + index * stepSeconds * 1000),
      series: COLORS.map(
        (color, index): ChartSeries => ({
          label: WORDS[index] ?? "",
          color,
          kind: "bars",
          values: byRisk[index] ?? [],
        }),
      ),
    };
  }, [histogram]);
  const total = histogram.counts.reduce((sum, count) => sum + count, 0);
  return (
    <div className="histogram">
      <Chart
        label={`${countOf(total, "alarm")} over time, by risk`}
        at={at}
        series={series}
        height={HEIGHT}
        bare
        zone={zone}
        onRange={onRange}
      />
    </div>
  );
}
