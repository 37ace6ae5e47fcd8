import { Button, HTMLSelect, InputGroup, NumericInput, TextArea } from "@blueprintjs/core";
import { type ReactNode, useId, useRef, useState } from "react";
import type { ReplayInput } from "../../../engine/contract/console/replay.ts";
import { useSession } from "../../state/session.ts";
import { Icon } from "../../ui/icon.tsx";
import { RANGES, rangeAt, readRange } from "../../ui/time-range.ts";
import { tooLarge } from "./input-file.ts";

interface InputPanelProps {
  onInput: (input: ReplayInput) => void;
  onFile: (file: File) => void;
  /** A node, when there are several; undefined: the server chooses. */
  onNode: (node: string | undefined) => void;
  /** With what it is replayed, in words. */
  withWhat: string;
  /** What is wrong with the file that was dropped. */
  fault: string | undefined;
}

/** What shall be replayed: a file, written events, retained ones, what comes from now on. */
export function InputPanel({ onInput, onFile, onNode, withWhat, fault }: InputPanelProps) {
  const { nodes } = useSession();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
    <section className="replay-inputs" tabIndex={0} aria-label="What to replay">
      <p className="replay-with t2">
        {withWhat}
        {nodes.length < 2 ? null : (
          <>
            {" "}
            of{" "}
            <HTMLSelect
              aria-label="Backend"
              onChange={({ currentTarget }) => onNode(currentTarget.value === "" ? undefined : currentTarget.value)}
            >
              <option value="">the backend that has it</option>
              {nodes.map((node) => (
                <option key={node} value={node}>
                  {node}
                </option>
              ))}
            </HTMLSelect>
          </>
        )}
      </p>
      <FileCard onFile={onFile} fault={fault} />
      <WrittenCard onInput={onInput} />
      <RetainedCard onInput={onInput} />
      <LiveCard onInput={onInput} />
    </section>
  );
}

function Card({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="input-card" aria-label={title}>
      <h2>{title}</h2>
      <p className="t2 sm">{text}</p>
      {children}
    </section>
  );
}

function FileCard({ onFile, fault }: Pick<InputPanelProps, "onFile" | "fault">) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Card
      title="An events file"
      text="Drop it anywhere here, or choose one: a JSON array, or one event a line (NDJSON), up to 64 MiB. dsiem replay reads any length."
    >
      <input
        ref={input}
        type="file"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) onFile(file);
          target.value = "";
        }}
      />
      <Button
        size="small"
        intent="primary"
        icon={<Icon name="folder" size={14} />}
        text="Choose a file…"
        onClick={() => input.current?.click()}
      />
      {fault === undefined ? null : (
        <p className="bad sm" role="alert">
          {fault}
        </p>
      )}
    </Card>
  );
}

function WrittenCard({ onInput }: Pick<InputPanelProps, "onInput">) {
  const [text, setText] = useState("");
  const fault = tooLarge(text.length);
  return (
    <Card title="Written by hand" text="Paste or write events, one a line or as a JSON array.">
      <TextArea
        className="mono"
        fill
        rows={4}
        aria-label="Events as JSON"
        spellCheck={false}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Button
        size="small"
        text="Replay these"
        disabled={text.trim() === "" || fault !== undefined}
        title={fault}
        onClick={() => onInput({ kind: "text", name: "written by hand", text })}
      />
    </Card>
  );
}

function RetainedCard({ onInput }: Pick<InputPanelProps, "onInput">) {
  const [q, setQuery] = useState("");
  const [range, setRange] = useState("1h");
  const [limit, setLimit] = useState(10_000);
  const id = useId();
  return (
    <Card title="Retained events" text="The newest of those that the console keeps, filtered as on the events screen.">
      <div className="row input-row">
        <InputGroup
          size="small"
          className="grow"
          placeholder="Filter, such as src:10.0.0.1"
          aria-label="Filter of retained events"
          value={q}
          onValueChange={setQuery}
        />
        <HTMLSelect
          aria-label="Time range"
          value={range}
          onChange={({ currentTarget }) => setRange(currentTarget.value)}
        >
          {RANGES.map(({ text, value }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
          <option value="all">All time</option>
        </HTMLSelect>
        <label htmlFor={id} className="t2 sm">
          newest
        </label>
        <NumericInput
          id={id}
          size="small"
          min={1}
          max={200_000}
          stepSize={1_000}
          majorStepSize={10_000}
          buttonPosition="none"
          value={limit}
          onValueChange={(value) => setLimit(Math.min(200_000, Math.max(1, Math.round(value) || 1)))}
        />
      </div>
      <Button
        size="small"
        icon={<Icon name="events" size={14} />}
        text="Replay these"
        onClick={() =>
          onInput({ kind: "retained", ...rangeAt(readRange(range), Date.now()), limit, ...(q.trim() !== "" && { q }) })
        }
      />
    </Card>
  );
}

function LiveCard({ onInput }: Pick<InputPanelProps, "onInput">) {
  const [q, setQuery] = useState("");
  return (
    <Card title="Live capture" text="Events as they come in from now on, until the capture is stopped.">
      <div className="row input-row">
        <InputGroup
          size="small"
          className="grow"
          placeholder="Filter, such as src:10.0.0.1"
          aria-label="Filter of captured events"
          value={q}
          onValueChange={setQuery}
        />
        <Button size="small" text="Capture" onClick={() => onInput({ kind: "live", ...(q.trim() !== "" && { q }) })} />
      </div>
    </Card>
  );
}
