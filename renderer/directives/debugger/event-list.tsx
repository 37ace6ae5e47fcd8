import { useCallback, useState } from "react";
import type { ReplayRow, ReplaySide, ReplayState } from "../../../engine/contract/console/replay.ts";
import { customText } from "../../ui/event-text.ts";
import { Icon } from "../../ui/icon.tsx";
import { PreciseTime } from "../../ui/precise-time.tsx";
import { StepGrid } from "../../ui/step-grid.tsx";
import { ValueText } from "../../ui/value-text.tsx";
import { outcomeMark } from "./outcome.ts";
import { goToStep } from "./replay-store.ts";
import { useRows } from "./use-rows.ts";

const HEADS = ["Event time", "Title", "Data or source", "Outcome"];
const HEADS_OF_BOTH = ["Event time", "Title", "Edited", "Saved"];

interface EventListProps {
  state: ReplayState;
  /** One side, or both beside each other. */
  sides: readonly ReplaySide[];
}

/** The recording, row by row, with what each event did as far as it was run. The row of the step is the current one. */
export function EventList({ state, sides }: EventListProps) {
  const [range, setRange] = useState({ first: 1, last: 0 });
  const onRange = useCallback((first: number, last: number) => setRange({ first, last }), []);
  const rows = useRows(state, sides, range.first, range.last);
  const { events, step } = state;
  const both = sides.length > 1;
  const rowsAt = (at: number) => sides.map((side) => rows.row(side, at));
  return (
    <section className={`replay-events${both ? " both" : ""}`} aria-label="Events of the recording">
      {rows.error === undefined ? null : (
        <p className="line-empty bad" role="alert">
          {rows.error}
        </p>
      )}
      <StepGrid
        label="Events"
        heads={both ? HEADS_OF_BOTH : HEADS}
        count={events}
        current={step}
        onCurrent={(to) => void goToStep(to)}
        onRange={onRange}
        cellsOf={(at) => cellsOf(rowsAt(at))}
        rowClass={(at) => `${at > step ? "later" : ""}${differ(rowsAt(at)) ? " differs" : ""}`}
      />
    </section>
  );
}

function cellsOf(rows: readonly (ReplayRow | undefined)[]) {
  const event = rows.find((row) => row !== undefined)?.event;
  if (event === undefined) return undefined;
  const differs = differ(rows);
  const what = [
    <PreciseTime key="time" at={Date.parse(event.timestamp)} />,
    <ValueText key="title" text={event.title} most={120} />,
  ];
  if (rows.length === 1) {
    what.push(<ValueText key="data" text={customText(event) || event.src_ip} mono most={60} />);
  }
  const outcomes = rows.map((row, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a side is its place.
    <OutcomeCell key={index} outcome={row?.outcome} differs={differs && index === 0} />
  ));
  return [...what, ...outcomes];
}

/** Whether the event did something else on the other side. */
function differ([one, other]: readonly (ReplayRow | undefined)[]): boolean {
  return one?.outcome !== undefined && other?.outcome !== undefined && one.outcome.text !== other.outcome.text;
}

function OutcomeCell({ outcome, differs }: { outcome: ReplayRow["outcome"]; differs: boolean }) {
  if (outcome === undefined) return null;
  const { icon, className } = outcomeMark(outcome.verdict);
  return (
    <span className="replay-outcome">
      {differs ? (
        <b className="warn" title="The two sides differ here">
          ≠<span className="off-screen">, differs</span>
        </b>
      ) : null}
      <Icon name={icon} size={12} className={className} />
      <ValueText text={outcome.text} most={80} />
    </span>
  );
}
