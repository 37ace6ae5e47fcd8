import { type PointerEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { type Brush, brushOf, HEAD_HEIGHT, LABEL_WIDTH, LANE_HEIGHT, type Lane, type Timeline } from "./timeline.ts";
import "./timeline-chart.css";

interface TimelineChartProps {
  timeline: Timeline;
  width: number;
  brush: Brush | undefined;
  onBrush: (brush: Brush | undefined) => void;
  /** An event was clicked. */
  onPick: (seq: number) => void;
  timeText: (ms: number, step: number) => string;
  /** `▲ 7 High` as drawing. */
  riskLabel: (risk: number, first: boolean) => ReactNode;
}

/** Lanes by stage, a tick for each event, the risk above; drawing over it picks a span of time. */
export function TimelineChart({ timeline, width, brush, onBrush, onPick, timeText, riskLabel }: TimelineChartProps) {
  const { lanes, steps, axis, height, scale } = timeline;
  const drag = useDrag(timeline, onBrush);
  const step = axis.length > 1 ? (axis[1]?.at ?? 0) - (axis[0]?.at ?? 0) : 1000;
  const bottom = HEAD_HEIGHT + lanes.length * LANE_HEIGHT - 8;
  const shown = drag.span ?? (brush === undefined ? undefined : { from: scale.x(brush.from), to: scale.x(brush.to) });
  const summary = useMemo(() => summaryOf(lanes), [lanes]);
  return (
    <svg
      className="timeline-chart"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={summary}
      {...drag.handlers}
    >
      {axis.map(({ x, at }) => (
        <g key={at}>
          <line x1={x} x2={x} y1={HEAD_HEIGHT - 8} y2={bottom} className="tl-grid" />
          <text x={x} y={bottom + 18} textAnchor="middle" className="tl-mono">
            {timeText(at, step)}
          </text>
        </g>
      ))}
      {lanes.map((lane) => (
        <LaneDrawing key={lane.stage} lane={lane} width={width} onPick={onPick} timeText={timeText} />
      ))}
      <text x={16} y={18}>
        Risk
      </text>
      {steps.map(({ x, at, risk, first }) => (
        <g key={at} className="tl-step">
          <line x1={x} x2={x} y1={24} y2={bottom} />
          <foreignObject x={Math.min(x - 6, width - 150)} y={4} width={220} height={22}>
            {riskLabel(risk, first)}
          </foreignObject>
        </g>
      ))}
      {shown !== undefined && (
        <rect
          className="tl-brush"
          x={Math.min(shown.from, shown.to)}
          width={Math.abs(shown.to - shown.from)}
          y={HEAD_HEIGHT - 8}
          height={bottom - HEAD_HEIGHT + 8}
        />
      )}
    </svg>
  );
}

function LaneDrawing({
  lane,
  width,
  onPick,
  timeText,
}: {
  lane: Lane;
  width: number;
  onPick: (seq: number) => void;
  timeText: (ms: number, step: number) => string;
}) {
  const { top, open, allowed, ticks, note } = lane;
  const middle = top + 22;
  return (
    <g>
      <text x={16} y={top + 18} className="tl-stage">
        {lane.label}
      </text>
      <text x={16} y={top + 33}>
        {lane.progress}
      </text>
      <line
        x1={LABEL_WIDTH}
        x2={width - 18}
        y1={top + LANE_HEIGHT - 6}
        y2={top + LANE_HEIGHT - 6}
        className="tl-line"
      />
      {allowed !== undefined && (
        <rect x={allowed.x} width={allowed.width} y={middle - 13} height={26} className="tl-allowed" />
      )}
      {open !== undefined && <rect x={open.x} width={open.width} y={middle - 13} height={26} className="tl-open" />}
      {allowed?.expires !== undefined && (
        <Expiry x={allowed.x + allowed.width} middle={middle} width={width} text={timeText(allowed.expires, 1000)} />
      )}
      {note !== undefined && (
        <text x={note.x} y={middle + 4} className="tl-note">
          {note.text}
        </text>
      )}
      {ticks.map((tick) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the table below is the way for the keyboard.
        <rect
          key={tick.x}
          className="tl-tick"
          x={tick.x - 1.5}
          width={3}
          y={middle - (tick.closing ? 17 : 13)}
          height={tick.closing ? 34 : 26}
          rx={1}
          onClick={() => onPick(tick.seq)}
        >
          <title>{tick.count === 1 ? "1 event" : `${tick.count} events`}</title>
        </rect>
      ))}
    </g>
  );
}

/** Where the stage would have run out; its words change sides where there is no room. */
function Expiry({ x, middle, width, text }: { x: number; middle: number; width: number; text: string }) {
  const room = width - x > 150;
  return (
    <>
      <line x1={x} x2={x} y1={middle - 16} y2={middle + 16} className="tl-expiry" />
      <text x={room ? x + 6 : x - 6} y={middle + 4} textAnchor={room ? "start" : "end"}>
        would expire {text}
      </text>
    </>
  );
}

function useDrag({ scale }: Timeline, onBrush: (brush: Brush | undefined) => void) {
  const [span, setSpan] = useState<{ from: number; to: number } | undefined>(undefined);
  const origin = useRef<number | undefined>(undefined);
  const place = (event: PointerEvent<SVGSVGElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  return {
    span,
    handlers: {
      onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
        if (event.button !== 0) return;
        origin.current = place(event);
      },
      onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
        const from = origin.current;
        if (from === undefined) return;
        const to = place(event);
        // Only now: a captured pointer would take the click from the ticks.
        if (Math.abs(to - from) > 3 && !event.currentTarget.hasPointerCapture(event.pointerId)) {
          event.currentTarget.setPointerCapture(event.pointerId);
        }
        setSpan({ from: Math.max(from, LABEL_WIDTH), to: Math.max(to, LABEL_WIDTH) });
      },
      onPointerUp: (event: PointerEvent<SVGSVGElement>) => {
        const from = origin.current;
        origin.current = undefined;
        setSpan(undefined);
        if (from === undefined) return;
        const drawn = brushOf(scale, from, place(event));
        // A click beside the events takes the brush away.
        if (drawn !== undefined || event.target === event.currentTarget) onBrush(drawn);
      },
      onPointerCancel: () => {
        origin.current = undefined;
        setSpan(undefined);
      },
    },
  };
}

function summaryOf(lanes: readonly Lane[]): string {
  const stages = lanes.map((lane) => `${lane.label}: ${lane.progress} events`).join(", ");
  return `Events of the alarm by stage over event time. ${stages}`;
}
