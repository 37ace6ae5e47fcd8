/** How far an alarm or a backlog is: one segment per stage, the current one part-filled, and the same in figures. */
export interface StageProgressProps {
  /** From 1. */
  stage: number;
  stages: number;
  events: number;
  occurrence: number;
  progress: "live" | "timeout" | "complete";
}

/** With more stages than that the segments would say less than the figures do. */
const MOST_SEGMENTS = 8;

export function stageProgressText({ stage, stages, events, occurrence, progress }: StageProgressProps): string {
  if (stages === 0) return "";
  const what = progress === "complete" ? "done" : progress === "timeout" ? "expired" : `${events}/${occurrence}`;
  return `${stage}/${stages} · ${what}`;
}

export function StageProgress(props: StageProgressProps) {
  const { stage, stages, progress } = props;
  // An imported record may not say which stages there were.
  if (stages === 0) return <span className="t3">–</span>;
  const [place, what] = stageProgressText(props).split(" · ");
  return (
    <span className="prog" title={stageProgressText(props)}>
      {stages > MOST_SEGMENTS ? null : (
        <span className="bars" aria-hidden="true">
          {Array.from({ length: stages }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a segment is its place.
            <Segment key={index} {...segmentOf(index + 1, stage, progress, props)} />
          ))}
        </span>
      )}
      <span className="tx">
        {place}
        <em>·</em>
        {what}
      </span>
    </span>
  );
}

function segmentOf(place: number, stage: number, progress: StageProgressProps["progress"], props: StageProgressProps) {
  if (place < stage || progress === "complete") return { full: true };
  if (place > stage) return {};
  if (progress === "timeout") return { expired: true };
  return { part: props.occurrence === 0 ? 0 : Math.min(1, props.events / props.occurrence) };
}

function Segment({ full, expired, part }: { full?: boolean; expired?: boolean; part?: number }) {
  if (full) return <i className="f" />;
  if (expired) return <i className="to" />;
  return <i>{part === undefined ? null : <u style={{ width: `${part * 100}%` }} />}</i>;
}
