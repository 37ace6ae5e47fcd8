import { useMemo } from "react";
import type { AlarmCounts } from "../../engine/contract/console/alarms.ts";
import { type ChartPart, TimeBars } from "../ui/chart/time-bars.tsx";
import { countOf } from "../ui/number-text.ts";

const HEIGHT = 44;
/** In the order of `byRisk`. */
const PARTS = [
  { label: "none", token: "--chart-volume" },
  { label: "low", token: "--chart-low" },
  { label: "medium", token: "--chart-medium" },
  { label: "high", token: "--chart-high" },
] as const;

/** When the alarms of the list were updated, by risk; a bar, or a span that is marked, narrows the time range to it. */
export function AlarmHistogram(props: {
  histogram: NonNullable<AlarmCounts["histogram"]>;
  onRange: (from: number, to: number) => void;
}) {
  const { histogram, onRange } = props;
  const { from, stepSeconds, byRisk, counts } = histogram;
  const parts = useMemo(
    () => PARTS.map((part, index): ChartPart => ({ ...part, values: byRisk[index] ?? [] })),
    [byRisk],
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <div className="histogram">
      <TimeBars
        label={`${countOf(total, "alarm")} over time, by risk`}
        {...{ from, stepSeconds, parts, height: HEIGHT, onPick: onRange, onMark: onRange }}
        bare
      />
    </div>
  );
}
