import { Button } from "@blueprintjs/core";
import { type ReactNode, useEffect, useRef } from "react";
import type { BacklogDetail, StageView } from "../../engine/contract/live-backlog.ts";
import { api } from "../client/api.ts";
import type { ApiError } from "../client/api-error.ts";
import { useLoaded } from "../client/hooks.ts";
import { useSession } from "../state/session.ts";
import { CopyButton } from "../ui/copy.tsx";
import { durationText } from "../ui/duration.ts";
import { Icon } from "../ui/icon.tsx";
import { alarmRoute, directivesRoute, href } from "../ui/links.ts";
import { RISK_WORDS, riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { clipText, safeText, tooltipText } from "../ui/safe-text.ts";
import { StageStepper } from "../ui/stage-stepper.tsx";
import { EmptyState, FailedState } from "../ui/states.tsx";
import { useThrottled } from "../ui/throttle.ts";
import { clockText, countdownText } from "../ui/time.ts";
import { useNow, useTimeStyle } from "../ui/time-text.tsx";
import { advanceSentence, stickyField, type Want, wantsOf } from "./advance.ts";
import { ENDING_WORDS, type LiveRow } from "./live-rows.ts";

interface SidePanelProps {
  node: string;
  id: string;
  /** Its row, while the list has it. */
  live: LiveRow | undefined;
  ahead: number;
  onClose: () => void;
  onCloseBacklog: () => void;
}

/** A backlog whose row changes many times a second is read again at most so often, in milliseconds. */
const REREAD_MS = 1_000;

/** All that is worth knowing of one live backlog, read again as it changes. */
export function SidePanel(props: SidePanelProps) {
  const { node, id, live, onClose } = props;
  const loaded = useLoaded(`backlog ${node} ${id}`, (signal) =>
    api.get("GET /backlogs/:node/:id", { params: { node, id }, signal }),
  );
  // What ended is no longer there to be read: what was read last stays.
  useReread(live?.ended === undefined ? live?.version : undefined, loaded.reload);
  const detail = loaded.data?.backlog.id === id ? loaded.data.backlog : undefined;
  return (
    <aside className="backlog-side" aria-label="Backlog">
      <header>
        <div className="grow">
          <h2 className="clip" title={tooltipText(detail?.title ?? live?.row.title ?? id)}>
            {tooltipText(detail?.title ?? live?.row.title ?? id)}
          </h2>
          <p className="row sm">
            {detail !== undefined && (
              <a className="link mono" href={href(directivesRoute(detail.directiveId))}>
                {detail.directiveId}
              </a>
            )}
            <span className="t3">backlog</span>
            <span className="mono clip">
              {safeText(node)} / {safeText(id)}
            </span>
            <CopyButton text={id} label="Copy the id" bare />
          </p>
        </div>
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="x" size={14} />}
          aria-label="Close the panel"
          title="Close the panel (Esc)"
          onClick={onClose}
        />
      </header>
      <Body {...props} detail={detail} error={loaded.error} reload={loaded.reload} shortened={loaded.data?.shortened} />
    </aside>
  );
}

interface BodyProps extends SidePanelProps {
  detail: BacklogDetail | undefined;
  error: ApiError | undefined;
  reload: () => void;
  /** Lists that were too long to be sent whole, and how long they are. */
  shortened: Record<string, number> | undefined;
}

function Body({ id, live, ahead, detail, error, reload, shortened, onCloseBacklog }: BodyProps) {
  const { riskMedium } = useSession();
  const { zone } = useTimeStyle();
  const ended = live?.ended?.why ?? (error?.status === 404 ? "gone" : undefined);
  if (detail === undefined) {
    if (ended !== undefined) return <Over id={id} ended={live?.ended?.why} />;
    if (error !== undefined) return <FailedState title="It can't be read" text={error.message} onRetry={reload} />;
    return <p className="side-text t3">Reading the backlog…</p>;
  }
  const risk = (value: number): string => `${value} ${RISK_WORDS[riskClassOf(value, riskMedium)]}`;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse. */}
      <section className="side-body" tabIndex={0} aria-label="What is known of it">
        {ended !== undefined && <p className="side-ended">{endedSentence(ended)}</p>}
        {ended === undefined && <DeadlinePart detail={detail} ahead={ahead} />}
        <Part title="Stages">
          <Stages detail={detail} />
        </Part>
        <Part title="What would advance it">
          <p className="side-sentence">{advanceSentence(detail, risk)}</p>
          <Wants wants={wantsOf(detail, (ms) => clockText(ms, zone))} />
        </Part>
        <Sticky detail={detail} />
        <Part title="Seen" aside={`${detail.sourceAddresses.total} → ${detail.destinationAddresses.total}`}>
          <Values values={detail.sourceAddresses.values} total={detail.sourceAddresses.total} />
          <p className="t3 sm side-to">to</p>
          <Values values={detail.destinationAddresses.values} total={detail.destinationAddresses.total} />
        </Part>
        {shortened !== undefined && Object.keys(shortened).length > 0 && (
          <p className="side-text t3 sm">Long lists are shortened here: the backend has more than it sends.</p>
        )}
      </section>
      <footer>
        {detail.createdTime > 0 && (
          <a className="bp6-button bp6-small" href={href(alarmRoute(id))}>
            <Icon name="alarms" size={14} /> <span>Its alarm</span>
          </a>
        )}
        <span className="grow" />
        {ended === undefined && (
          <Button variant="minimal" size="small" intent="danger" text="Close backlog" onClick={onCloseBacklog} />
        )}
      </footer>
    </>
  );
}

function useReread(version: number | undefined, reload: () => void): void {
  const reread = useThrottled(reload, REREAD_MS);
  const seen = useRef(version);
  useEffect(() => {
    if (version === undefined || version === seen.current) return;
    seen.current = version;
    reread();
  }, [version, reread]);
}

function Over({ id, ended }: { id: string; ended: keyof typeof ENDING_WORDS | undefined }) {
  return (
    <EmptyState
      icon="backlogs"
      title={ended === undefined ? "This backlog no longer lives" : ENDING_WORDS[ended]}
      actions={
        <a className="bp6-button bp6-small" href={href(alarmRoute(id))}>
          Look for its alarm
        </a>
      }
    >
      It finished, expired or was closed. If it ever reached a risk above 0, its alarm has the same id.
    </EmptyState>
  );
}

function endedSentence(why: keyof typeof ENDING_WORDS): string {
  switch (why) {
    case "complete":
      return "Complete: its last stage finished.";
    case "expired":
      return "Expired: its stage ran out of time.";
    case "closed":
      return "Closed by hand.";
    case "gone":
      return "Gone: its backend doesn’t have it any more.";
  }
}

function DeadlinePart({ detail, ahead }: { detail: BacklogDetail; ahead: number }) {
  const { stoppedAt } = useTimeStyle();
  const now = useNow();
  const left = Math.max(0, detail.deadline * 1000 - ahead - (stoppedAt ?? now));
  const level = left <= 60_000 ? "bad" : left <= 180_000 ? "warn" : "";
  const span = detail.timeout * 1000;
  const { missing } = detail.advance;
  return (
    <Part title="Deadline">
      <p className="side-deadline">
        <b className={`mono ${level}`}>{countdownText(left)}</b> left{left > span ? "" : ` of ${durationText(span)}`},{" "}
        {missing === 1 ? "one event short" : `${missing.toLocaleString("en")} events short`}
      </p>
      <span className={`meter ${level}`} aria-hidden="true">
        <i style={{ width: `${span === 0 ? 0 : Math.min(100, (left / span) * 100)}%` }} />
      </span>
    </Part>
  );
}

function Part({ title, aside, children }: { title: string; aside?: string; children: ReactNode }) {
  return (
    <section>
      <h3>
        {title} {aside !== undefined && <span className="n">{aside}</span>}
      </h3>
      {children}
    </section>
  );
}

function Stages({ detail }: { detail: BacklogDetail }) {
  const { zone } = useTimeStyle();
  return (
    <StageStepper
      size="small"
      steps={detail.stageViews.map((view) => ({
        stage: view.stage,
        name: view.rule.name,
        state: view.state,
        aside: `${view.count.toLocaleString("en")} of ${view.rule.occurrence.toLocaleString("en")}`,
        children: (
          <>
            {view.state === "current" && (
              <span className="meter side-progress" aria-hidden="true">
                <i style={{ width: `${Math.min(100, (view.count / Math.max(1, view.rule.occurrence)) * 100)}%` }} />
              </span>
            )}
            <p className="t3">
              {view.state === "finished" && view.endTime > 0 && `finished ${clockText(view.endTime * 1000, zone)}, `}
              <Sum detail={detail} view={view} />
            </p>
            <Bindings view={view} />
          </>
        ),
      }))}
    />
  );
}

/** What risk a stage gives when it finishes. */
function Sum({ detail, view }: { detail: BacklogDetail; view: StageView }) {
  const { riskMedium } = useSession();
  const { priority, assetValue } = detail.factors;
  const { reliability } = view.rule;
  if (assetValue === undefined) return `priority ${priority} × reliability ${reliability} × asset value not worked out`;
  const risk = Math.floor((priority * reliability * assetValue) / 25);
  return (
    <span className="side-sum" title={`priority ${priority} × reliability ${reliability} × asset ${assetValue} ÷ 25`}>
      {priority} × {reliability} × {assetValue} ÷ 25 ={" "}
      <RiskMark risk={risk} riskClass={riskClassOf(risk, riskMedium)} />
    </span>
  );
}

/** What the references of a stage are bound to. */
function Bindings({ view }: { view: StageView }) {
  if (view.bindings.length === 0 || view.state === "finished") return null;
  return (
    <ul className="side-bindings">
      {view.bindings.map((binding) => (
        <li key={`${binding.field} ${binding.stage}`}>
          <span className="t3">{binding.field.replace("_", " ")}</span>{" "}
          <span className="reference">:{binding.stage}</span>{" "}
          <span className="mono">
            {binding.value === undefined ? "not bound" : clipText(String(binding.value), 60).text}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Wants({ wants }: { wants: readonly Want[] }) {
  return (
    <dl className="side-wants">
      {wants.map((want) => (
        <div key={want.label}>
          <dt>{want.label}</dt>
          <dd className={want.open ? "t3" : "mono"}>
            {clipText(want.value, 120).text}{" "}
            {want.reference !== undefined && (
              <span className="reference" title={want.reference.meaning}>
                {want.reference.text}
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Sticky({ detail }: { detail: BacklogDetail }) {
  const view = detail.stageViews.find(({ stage }) => stage === detail.stage);
  const field = view === undefined ? undefined : stickyField(view.rule);
  if (view === undefined || field === undefined) return null;
  const { values, total } = view.stickyValues;
  return (
    <Part title="Sticky values seen" aside={`${field}, ${total.toLocaleString("en")}`}>
      {total === 0 ? <p className="t3 sm">None yet: any value counts.</p> : <Values values={values} total={total} />}
    </Part>
  );
}

/** Values that the panel shows of a long list. */
const SHOWN = 60;

function Values({ values, total }: { values: readonly (string | number)[]; total: number }) {
  const shown = values.slice(0, SHOWN);
  return (
    <ul className="side-values">
      {shown.map((value) => {
        const { text, whole } = clipText(String(value), 48);
        return (
          <li key={value} className="tag" title={whole}>
            {text === "" ? "empty" : text}
          </li>
        );
      })}
      {total > shown.length && <li className="t3 sm">and {(total - shown.length).toLocaleString("en")} more</li>}
    </ul>
  );
}
