import { Button, SegmentedControl } from "@blueprintjs/core";
import { type ReactNode, useEffect, useState } from "react";
import type { ReplaySide, ReplayState } from "../../../engine/contract/console/replay.ts";
import { type UrlChange, useUrlState } from "../../ui/hash-location.ts";
import { Icon } from "../../ui/icon.tsx";
import { directiveRoute, directivesRoute, href } from "../../ui/links.ts";
import { countOf } from "../../ui/number-text.ts";
import { safeText } from "../../ui/safe-text.ts";
import { FailedState } from "../../ui/states.tsx";
import { type DirectiveDraft, useHandedDraft } from "../draft-store.ts";
import { AddEventDialog } from "./add-event-dialog.tsx";
import { EventList } from "./event-list.tsx";
import { focusOf } from "./focus.ts";
import { InputPanel } from "./input-panel.tsx";
import { KeepDialog } from "./keep-dialog.tsx";
import { type PageReplay, replayDraft, resumeReplay, sendCommand, useReplay } from "./replay-store.ts";
import { Scrubber } from "./scrubber.tsx";
import { StepPanel } from "./step-panel.tsx";
import { StepSide } from "./step-side.tsx";
import { Transport } from "./transport.tsx";
import { useOpening } from "./use-opening.ts";
import { useStep } from "./use-step.ts";
import "../../ui/list-parts.css";
import "./debugger.css";

/** The debugger: recorded events through the real correlator, step by step, with the reason for each. */
export function Debugger() {
  const replay = useReplay();
  const opening = useOpening();
  const [values] = useUrlState();
  const session = values.get("session") ?? undefined;
  useEffect(() => {
    if (session !== undefined) void resumeReplay(session);
  }, [session]);
  return (
    <div className="debugger" {...opening.drop}>
      {replay.kind === "open" ? (
        <OpenReplay replay={replay} onOther={opening.other} />
      ) : (
        <>
          <Head directive={values.get("directive")} />
          {replay.kind === "opening" ? (
            <p className="replay-opening t2" role="status" aria-busy="true">
              Reading {safeText(replay.name)}…
            </p>
          ) : replay.kind === "failed" ? (
            <div className="replay-failed">
              <FailedState title="This can't be replayed" text={replay.text} onRetry={replay.retry} />
              <Button size="small" text="Replay something else" onClick={opening.other} />
            </div>
          ) : (
            <InputPanel
              onInput={opening.open}
              onFile={opening.openFile}
              onNode={opening.setNode}
              withWhat={opening.withWhat}
              fault={opening.fault}
            />
          )}
        </>
      )}
      {opening.dragging ? (
        <div className="drop-here">
          <p>Drop a file of events to replay it</p>
        </div>
      ) : null}
    </div>
  );
}

function Head({ directive, children }: { directive: string | null; children?: ReactNode }) {
  return (
    <header className="debugger-head">
      <nav aria-label="Where this is" className="row t2">
        <a className="link" href={href(directivesRoute())}>
          Directives
        </a>
        <Icon name="right" size={12} className="t3" />
        {directive === null ? null : (
          <>
            <a className="link mono" href={href(directiveRoute(Number(directive)))} title="Back to the editor">
              {safeText(directive)}
            </a>
            <Icon name="right" size={12} className="t3" />
          </>
        )}
      </nav>
      <h1>Debugger</h1>
      {children}
    </header>
  );
}

type Shown = ReplaySide | "both";

interface OpenReplayProps {
  replay: Extract<PageReplay, { kind: "open" }>;
  onOther: () => void;
}

function OpenReplay({ replay, onOther }: OpenReplayProps) {
  const { state, draft } = replay;
  const [values, change] = useUrlState();
  const [dialog, setDialog] = useState<"keep" | "add">();
  useDraftReplayed(draft);
  useOwnAddress(state.session, values, change);
  const shown = shownOf(values.get("side"), state);
  const sides: readonly ReplaySide[] = shown === "both" ? ["edited", "saved"] : [shown];
  const directive = numberOf(values.get("directive"));
  const about = { session: state.session, step: state.step, directive, version: `${state.generation} ${state.events}` };
  const step = useStep({ ...about, side: sides[0] ?? "saved" });
  const other = useStep(shown === "both" ? { ...about, side: "saved" } : undefined);
  const focus = focusOf(step.step?.explanation, {
    directive,
    backlog: values.get("backlog") ?? undefined,
  });
  return (
    <>
      <Head directive={values.get("directive")}>
        <Recording state={state} onOther={onOther} onAdd={() => setDialog("add")} />
        <span className="grow" />
        {state.sides.length < 2 ? null : (
          <SideChoice shown={shown} onShown={(side) => change({ side: side === "edited" ? undefined : side })} />
        )}
        <Button
          size="small"
          icon={<Icon name="flask" size={14} />}
          text="Keep as test case"
          disabled={state.events === 0 || state.status === "failed"}
          onClick={() => setDialog("keep")}
        />
      </Head>
      <Notices replay={replay} />
      <Transport state={state} />
      <Scrubber state={state} />
      <div className="debugger-body">
        <EventList state={state} sides={sides} />
        <StepPanel
          state={state}
          shown={step}
          focus={focus}
          stage={numberOf(values.get("stage"))}
          other={shown === "both" ? other.step : undefined}
          onStage={(stage) => change({ stage: String(stage) })}
        />
        <StepSide
          state={state}
          step={step.step}
          focus={focus}
          onBacklog={({ id, directiveId }) => change({ backlog: id, directive: String(directiveId), stage: undefined })}
          onDirective={(id) => change({ directive: String(id), backlog: undefined, stage: undefined })}
        />
      </div>
      {dialog === "keep" ? (
        <KeepDialog
          session={state.session}
          side={state.sides[0]?.side ?? "saved"}
          suggested={caseName(state.name)}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
      {dialog === "add" ? (
        <AddEventDialog like={step.step?.explanation?.event} onClose={() => setDialog(undefined)} />
      ) : null}
    </>
  );
}

function SideChoice({ shown, onShown }: { shown: Shown; onShown: (side: string) => void }) {
  return (
    <SegmentedControl
      size="small"
      aria-label="Compare"
      options={[
        { value: "edited", label: "Edited" },
        { value: "saved", label: "Saved" },
        { value: "both", label: "Both" },
      ]}
      value={shown}
      onValueChange={onShown}
    />
  );
}

/** What is replayed, how much of it, and what else could be. */
function Recording({ state, onOther, onAdd }: { state: ReplayState; onOther: () => void; onAdd: () => void }) {
  const { name, events, capturing } = state;
  return (
    <>
      <span className="tag line recording" title={safeText(name)}>
        <Icon name="file" size={12} />
        <span className="mono clip">{safeText(name)}</span> {countOf(events, "event")}
      </span>
      {capturing ? (
        <Button
          size="small"
          intent="primary"
          text="Stop the capture"
          onClick={() => void sendCommand({ command: "stop capture" })}
        />
      ) : null}
      <Button size="small" variant="minimal" text="Add an event" onClick={onAdd} />
      <Button size="small" variant="minimal" text="Other input" onClick={onOther} />
    </>
  );
}

/** Problems of the recording, why it stopped, what was refused. */
function Notices({ replay }: Pick<OpenReplayProps, "replay">) {
  const { state, draftFault, refusal } = replay;
  const [open, setOpen] = useState(false);
  const { reason, refused, problems, status } = state;
  const notes = problems.filter(({ line }) => line === 0);
  const lines = problems.filter(({ line }) => line > 0);
  return (
    <>
      {refusal === undefined ? null : (
        <p className="notice bad" role="alert">
          <Icon name="x" size={14} /> {safeText(refusal)}
        </p>
      )}
      {draftFault === undefined ? null : (
        <p className="notice bad" role="alert">
          <Icon name="x" size={14} />
          <span>
            <b>The edited text can’t be replayed with</b>, so this is still what was there before:{" "}
            {safeText(draftFault)}
          </span>
        </p>
      )}
      {reason === undefined || status === "ready" || status === "playing" ? null : (
        <p className="notice bad" role="status">
          <Icon name="warn" size={14} /> {safeText(reason)}
        </p>
      )}
      {notes.map(({ text }) => (
        <p key={text} className="notice">
          <Icon name="info" size={14} /> {safeText(text)}
        </p>
      ))}
      {refused === 0 ? null : (
        <div className="notice">
          <Icon name="warn" size={14} className="warn" />
          <span className="grow">
            <b>{countOf(refused, "line")}</b> of the recording can’t be used and {refused === 1 ? "is" : "are"} left
            out.
          </span>
          <Button size="small" variant="minimal" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide" : "Show"} {lines.length < refused ? `the first ${lines.length}` : "them"}
          </Button>
        </div>
      )}
      {open ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
        <ul className="recording-problems" tabIndex={0} aria-label="Lines that can't be used">
          {lines.map(({ line, text }) => (
            <li key={`${line} ${text}`}>
              <span className="mono">line {line}</span> {safeText(text)}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

/** Whoever comes back from the editor sees what the text does now. */
function useDraftReplayed(used: DirectiveDraft | undefined): void {
  const draft = useHandedDraft();
  useEffect(() => {
    if (draft !== undefined && draft !== used) void replayDraft(draft);
  }, [draft, used]);
}

/** The address names the replay that is shown, so that a reload finds it; a link that opens another one comes first. */
function useOwnAddress(session: string, values: URLSearchParams, change: (change: UrlChange) => void): void {
  const named = values.get("session");
  const opens = values.has("alarm") || values.has("events");
  useEffect(() => {
    if (named === null && !opens) change({ session });
  }, [session, named, opens, change]);
}

function shownOf(wanted: string | null, { sides }: ReplayState): Shown {
  if (wanted === "both" && sides.length > 1) return "both";
  return sides.find(({ side }) => side === wanted)?.side ?? sides[0]?.side ?? "saved";
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function caseName(name: string): string {
  const stem = name.replace(/\.\w+$/, "").replace(/[^\w.-]+/g, "-");
  return /^[A-Za-z0-9]/.test(stem) ? stem.slice(0, 60) : "case";
}
