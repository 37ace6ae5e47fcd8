import type { ReplayState, ReplayStep } from "../../../engine/contract/console/replay.ts";
import type { BacklogSummary } from "../../../engine/contract/live-backlog.ts";
import { useSession } from "../../state/session.ts";
import { numberText } from "../../ui/number-text.ts";
import { riskClassOf } from "../../ui/risk.ts";
import { RiskMark, RiskNext } from "../../ui/risk-mark.tsx";
import { safeText } from "../../ui/safe-text.ts";
import { StageProgress } from "../../ui/stage-progress.tsx";
import { countdownText } from "../../ui/time.ts";
import { ValueText } from "../../ui/value-text.tsx";
import type { Focus } from "./focus.ts";

/** Backlogs that are listed; of more, only how many. */
const MAX_LISTED = 50;
const SIDE_WORDS = { edited: "edited", saved: "saved" } as const;

interface StepSideProps {
  state: ReplayState;
  step: ReplayStep | undefined;
  focus: Focus;
  onBacklog: (backlog: BacklogSummary) => void;
  onDirective: (directive: number) => void;
}

/** What stands around the event: the backlogs after it, other directives, what ended, the alarms so far. */
export function StepSide({ state, step, focus, onBacklog, onDirective }: StepSideProps) {
  return (
    <aside className="step-side" aria-label="After this step">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse. */}
      <section className="step-side-scroll" tabIndex={0} aria-label="Backlogs and directives">
        <Backlogs step={step} sides={state.sides.length} clock={state.clock} focus={focus} onBacklog={onBacklog} />
        <Ended step={step} />
        <Others step={step} focus={focus} onDirective={onDirective} />
      </section>
      <AlarmsSoFar state={state} step={step} />
    </aside>
  );
}

function Backlogs({
  step,
  sides,
  clock,
  focus,
  onBacklog,
}: Pick<StepSideProps, "step" | "focus" | "onBacklog"> & { sides: number; clock: number | undefined }) {
  const backlogs = step?.backlogs ?? [];
  const total = step?.liveBacklogs ?? 0;
  return (
    <section>
      <h2>
        Backlogs at this step{" "}
        <span className="n">
          {numberText(total)}
          {sides < 2 || step === undefined ? "" : `, ${SIDE_WORDS[step.side]}`}
        </span>
      </h2>
      {total === 0 ? <p className="step-none t3">None lives.</p> : null}
      <ul>
        {backlogs.slice(0, MAX_LISTED).map((backlog) => (
          <li key={backlog.id}>
            <BacklogCard
              backlog={backlog}
              clock={clock}
              chosen={focus.attempt?.backlog?.id === backlog.id}
              onClick={() => onBacklog(backlog)}
            />
          </li>
        ))}
      </ul>
      {total > Math.min(backlogs.length, MAX_LISTED) ? (
        <p className="step-none t3">and {numberText(total - Math.min(backlogs.length, MAX_LISTED))} more</p>
      ) : null}
    </section>
  );
}

interface BacklogCardProps {
  backlog: BacklogSummary;
  clock: number | undefined;
  chosen: boolean;
  onClick: () => void;
}

function BacklogCard({ backlog, clock, chosen, onClick }: BacklogCardProps) {
  const { riskMedium } = useSession();
  const { title, directiveId, stage, stages, count, occurrence, deadline, risk, nextRisk } = backlog;
  const mark = (value: number) => ({ risk: value, riskClass: riskClassOf(value, riskMedium) });
  return (
    <button type="button" className={`step-backlog${chosen ? " chosen" : ""}`} aria-pressed={chosen} onClick={onClick}>
      <span className="row">
        <b className="clip med">
          <ValueText text={title} most={120} />
        </b>
      </span>
      <span className="row">
        <span className="mono t2 grow">{directiveId}</span>
        <StageProgress {...{ stage, stages, events: count, occurrence }} progress="live" />
      </span>
      <span className="row">
        <span className="t3">expires in</span>
        <span className="mono grow">{clock === undefined ? "–" : countdownText(deadline * 1000 - clock)}</span>
        <RiskNext now={mark(risk)} next={nextRisk === undefined ? undefined : mark(nextRisk)} />
      </span>
    </button>
  );
}

function Ended({ step }: { step: ReplayStep | undefined }) {
  if (step === undefined || step.ended.length === 0) return null;
  return (
    <section>
      <h2>
        Ended since the step before <span className="n">{numberText(step.ended.length)}</span>
      </h2>
      <ul className="step-sentences">
        {step.ended.slice(0, MAX_LISTED).map(({ id, sentence }) => (
          <li key={id}>{safeText(sentence)}</li>
        ))}
      </ul>
    </section>
  );
}

function Others({ step, focus, onDirective }: Pick<StepSideProps, "step" | "focus" | "onDirective">) {
  const others = step?.explanation?.others ?? [];
  if (focus.others.length + others.length === 0) return null;
  return (
    <section>
      <h2>Other directives on this event</h2>
      <ul className="step-sentences">
        {focus.others.map(({ directiveId, sentence }) => (
          <li key={directiveId}>
            <button type="button" className="link-button" onClick={() => onDirective(directiveId)}>
              {safeText(sentence)}
            </button>
          </li>
        ))}
        {others.map(({ sentence }) => (
          <li key={sentence}>{safeText(sentence)}</li>
        ))}
      </ul>
    </section>
  );
}

function AlarmsSoFar({ state, step }: { state: ReplayState; step: ReplayStep | undefined }) {
  const { riskMedium } = useSession();
  const alarms = step?.alarms ?? [];
  return (
    <section className="step-alarms" aria-label="Alarms so far">
      {state.sides.map(({ side, alarms: count, highestRisk }) => (
        <p key={side} className="row sm">
          <span className="t2 grow">Alarms so far{state.sides.length === 1 ? "" : `, ${SIDE_WORDS[side]}`}</span>
          {count === 0 ? (
            <b className="med">none</b>
          ) : (
            <>
              <b className="num med">{numberText(count)}</b>
              <RiskMark risk={highestRisk} riskClass={riskClassOf(highestRisk, riskMedium)} />
            </>
          )}
        </p>
      ))}
      {alarms.length === 0 ? null : (
        <ul>
          {alarms.slice(0, 5).map(({ alarm_id: id, title, risk }) => (
            <li key={id} className="row sm">
              <span className="clip grow">
                <ValueText text={title} most={120} />
              </span>
              <RiskMark risk={risk} riskClass={riskClassOf(risk, riskMedium)} size="narrow" />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
