import { type KeyboardEvent, type PointerEvent, useId, useRef } from "react";
import type { ReplayState, ReplayTicks } from "../../../engine/contract/console/replay.ts";
import { api } from "../../client/api.ts";
import { useLoaded } from "../../client/hooks.ts";
import { preciseClockText } from "../../ui/precise-time.tsx";
import { safeText, tooltipText } from "../../ui/safe-text.ts";
import { clockText } from "../../ui/time.ts";
import { useTimeStyle } from "../../ui/time-text.tsx";
import { goToStep } from "./replay-store.ts";
import { axisTimes, placedMarks, placeOf, stepAt, tickHeights } from "./scrubber.ts";

const PARTS = 240;
const AXIS_TIMES = 5;
/** Of the width: with less, a sentence says nothing. */
const LEAST_ROOM = 0.08;
const MARK_WORDS = { stage: "stage finished", alarm: "alarm", expired: "expired" } as const;

/** The recording by time: where its events lie, what happened, and where the replay is. */
export function Scrubber({ state }: { state: ReplayState }) {
  const { zone } = useTimeStyle();
  const track = useRef<HTMLDivElement>(null);
  const label = useId();
  const { session, events, step, clock } = state;
  const { data: ticks } = useLoaded(`${session} ${events}`, (signal) =>
    api.get("GET /replay/:session/ticks", { params: { session }, query: { parts: PARTS }, signal }),
  );
  const place = step === 0 ? 0 : step > events ? 1 : placeOf(clock, state);
  const goTo = (to: number): void => void goToStep(to);
  const onPointer = (event: PointerEvent<HTMLDivElement>): void => {
    const box = track.current?.getBoundingClientRect();
    if (event.buttons !== 1 || box === undefined || ticks === undefined) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    goTo(stepAt((event.clientX - box.left) / box.width, ticks));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const to = keyedStep(event.key, step, events);
    if (to === undefined) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <section className="scrubber" aria-label="Position in the recording">
      <MarkRow state={state} onStep={goTo} />
      <div
        ref={track}
        className="scrub-track"
        role="slider"
        tabIndex={0}
        aria-labelledby={label}
        aria-valuemin={0}
        aria-valuemax={events + 1}
        aria-valuenow={step}
        aria-valuetext={`step ${step} of ${events}${clock === undefined ? "" : `, ${clockText(clock, zone)}`}`}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onKeyDown={onKeyDown}
      >
        <span id={label} className="off-screen">
          Step
        </span>
        {ticks === undefined ? null : <Ticks ticks={ticks} place={place} />}
        <i className="scrub-line" />
        <i className="scrub-done" style={{ width: `${place * 100}%` }} />
        <i className="scrub-here" style={{ left: `${place * 100}%` }} />
      </div>
      <ol className="scrub-axis mono" aria-hidden="true">
        {axisTimes(state, AXIS_TIMES).map((at) => (
          <li key={at}>{span(state) < 5_000 ? preciseClockText(at, zone) : clockText(at, zone)}</li>
        ))}
      </ol>
    </section>
  );
}

/** What happened, each a way there. */
function MarkRow({ state, onStep }: { state: ReplayState; onStep: (step: number) => void }) {
  const marks = placedMarks(state.marks, state);
  return (
    <div className="scrub-marks">
      {marks.map(({ step, kind, place, sentence }) => (
        <button
          key={step}
          type="button"
          className={`scrub-mark ${kind}`}
          style={{ left: `${place * 100}%` }}
          title={tooltipText(sentence)}
          aria-label={`${MARK_WORDS[kind]}, step ${step}: ${tooltipText(sentence)}`}
          onClick={() => onStep(step)}
        />
      ))}
      <LatestMark marks={marks} step={state.step} />
    </div>
  );
}

function Ticks({ ticks, place }: { ticks: ReplayTicks; place: number }) {
  return (
    <svg viewBox={`0 0 ${PARTS} 16`} preserveAspectRatio="none" aria-hidden="true">
      {tickHeights(ticks).map((height, part) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a tick is its place.
          key={part}
          className={part / PARTS <= place ? "ran" : ""}
          x={part + 0.2}
          width={0.4}
          y={16 - 16 * height}
          height={16 * height}
        />
      ))}
    </svg>
  );
}

/** What happened last before the place, in words beside its mark, as far as there is room until the next one. */
function LatestMark({ marks, step }: { marks: ReturnType<typeof placedMarks>; step: number }) {
  const at = marks.findLastIndex((mark) => mark.step <= step);
  const latest = marks[at];
  if (latest === undefined) return null;
  const room = { right: (marks[at + 1]?.place ?? 1) - latest.place, left: latest.place - (marks[at - 1]?.place ?? 0) };
  const side = room.left > room.right ? "left" : "right";
  if (room[side] < LEAST_ROOM) return null;
  const from = `calc(${(side === "right" ? latest.place : 1 - latest.place) * 100}% + 10px)`;
  const style = { [side === "right" ? "left" : "right"]: from, maxWidth: `calc(${room[side] * 100}% - 20px)` };
  return (
    <span className="scrub-latest" style={style} aria-hidden="true">
      {safeText(latest.sentence.slice(0, 200))}
    </span>
  );
}

function span({ first, last }: ReplayState): number {
  return first === undefined || last === undefined ? 0 : last - first;
}

function keyedStep(key: string, step: number, events: number): number | undefined {
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return step + 1;
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, step - 1);
    case "PageUp":
      return Math.max(0, step - Math.max(1, Math.round(events / 20)));
    case "PageDown":
      return step + Math.max(1, Math.round(events / 20));
    case "Home":
      return 0;
    case "End":
      return events + 1;
    default:
      return undefined;
  }
}
