import { Button, InputGroup } from "@blueprintjs/core";
import { type FormEvent, useState } from "react";
import type { ProviderRow } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";
import type { Loaded } from "../client/hooks.ts";
import type { Answer } from "../client/route-types.ts";
import { Icon } from "../ui/icon.tsx";
import { countOf, numberText } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { EmptyState, FailedState, StaleNotice } from "../ui/states.tsx";
import { ValueText } from "../ui/value-text.tsx";

interface ProvidersTabProps {
  kind: "intel" | "vuln";
  loaded: Loaded<Answer<"GET /providers">>;
}

/** Who is asked about addresses: how they answer, and a look-up by hand. */
export function ProvidersTab({ kind, loaded: { data, error, reload } }: ProvidersTabProps) {
  if (data === undefined) {
    return error === undefined ? null : (
      <FailedState title="The providers can't be read" text={error.message} onRetry={reload} />
    );
  }
  const rows = data.rows.filter((row) => row.kind === kind);
  const problems = data.problems.filter(({ file }) => file.startsWith(kind));
  return (
    <div className="providers">
      {error === undefined ? null : (
        <StaleNotice onRetry={reload}>{error.message} Showing what was read before.</StaleNotice>
      )}
      {problems.map(({ text, file, line }) => (
        <p key={`${file} ${line} ${text}`} className="row warn">
          <Icon name="warn" size={14} /> <b className="mono">{safeText(file)}</b> {safeText(text)}
        </p>
      ))}
      {rows.length === 0 ? (
        <EmptyState icon="net" title={kind === "intel" ? "No threat-intel provider" : "No vulnerability provider"}>
          Alarms are made without {kind === "intel" ? "threat intel" : "vulnerabilities"}. A file {kind}_NAME.json in
          the folder's <code>configs</code> names who is asked.
        </EmptyState>
      ) : (
        rows.map((row) => <ProviderView key={`${row.file} ${row.name}`} row={row} onTested={reload} />)
      )}
    </div>
  );
}

function ProviderView({ row, onTested }: { row: ProviderRow; onTested: () => void }) {
  const answered = row.lookups + row.cacheHits;
  return (
    <section className="card provider" aria-label={safeText(row.name)}>
      <header>
        <span
          className={`dot ${row.problem !== undefined ? "warn" : row.enabled ? (row.errors > 0 ? "warn" : "") : "off"}`}
          aria-hidden="true"
        />
        <h2>{safeText(row.name)}</h2>
        <span className="t3 sm">
          {safeText(row.plugin)}, {row.enabled ? "asked for every alarm" : "turned off"},{" "}
          <ValueText text={row.file} mono />
        </span>
      </header>
      {row.problem === undefined ? null : <p className="warn provider-line">{safeText(row.problem)}</p>}
      <p className="provider-line t2">
        <ValueText text={row.url === "" ? "no address" : row.url} mono most={160} />
      </p>
      <dl className="provider-figures">
        <Figure term="Look-ups" value={numberText(row.lookups)} />
        <Figure term="Errors" value={numberText(row.errors)} bad={row.errors > 0} />
        <Figure
          term="Latency"
          value={row.latencyMs === undefined ? "–" : `${numberText(Math.round(row.latencyMs))} ms`}
        />
        <Figure
          term="From the cache"
          value={
            answered === 0 ? "–" : `${numberText(row.cacheHits)}, ${Math.round((row.cacheHits / answered) * 100)} %`
          }
        />
      </dl>
      {row.enabled && row.problem === undefined ? <LookUp row={row} onTested={onTested} /> : null}
    </section>
  );
}

function Figure({ term, value, bad }: { term: string; value: string; bad?: boolean }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd className={bad ? "bad" : ""}>{value}</dd>
    </div>
  );
}

type Tested =
  | { kind: "asking" }
  | { kind: "answer"; answer: Answer<"POST /providers/test"> }
  | { kind: "failed"; text: string };

function LookUp({ row, onTested }: { row: ProviderRow; onTested: () => void }) {
  const [ip, setIp] = useState("");
  const [port, setPort] = useState("");
  const [tested, setTested] = useState<Tested>();
  const id = `test-${row.kind}-${row.name}`;
  const ask = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (ip.trim() === "" || tested?.kind === "asking") return;
    setTested({ kind: "asking" });
    try {
      const number = /^\d{1,5}$/.test(port.trim()) ? { port: Number(port) } : {};
      const body = { kind: row.kind, name: row.name, ip: ip.trim(), ...number };
      setTested({ kind: "answer", answer: await api.post("POST /providers/test", { body }) });
      onTested();
    } catch (error) {
      setTested({ kind: "failed", text: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <div className="look-up">
      <form className="row" onSubmit={(event) => void ask(event)}>
        <label htmlFor={id} className="t2 sm">
          Ask now about
        </label>
        <InputGroup
          id={id}
          className="mono"
          size="small"
          placeholder="198.51.100.61"
          value={ip}
          onValueChange={setIp}
        />
        {row.kind === "vuln" ? (
          <InputGroup
            className="mono port"
            size="small"
            placeholder="port"
            aria-label="Port"
            value={port}
            onValueChange={setPort}
          />
        ) : null}
        <Button type="submit" size="small" loading={tested?.kind === "asking"}>
          Ask
        </Button>
      </form>
      <div role="status">
        {tested === undefined || tested.kind === "asking" ? null : <LookUpAnswer tested={tested} />}
      </div>
    </div>
  );
}

function LookUpAnswer({ tested }: { tested: Exclude<Tested, { kind: "asking" }> }) {
  if (tested.kind === "failed") return <p className="bad">{safeText(tested.text)}</p>;
  const { ok, latencyMs, hits, error } = tested.answer;
  const took = `${numberText(Math.round(latencyMs))} ms`;
  if (!ok) {
    return (
      <p className="bad">
        No answer after {took}: {safeText(error ?? "no reason was given")}
      </p>
    );
  }
  return (
    <>
      <p className="t2 sm">
        {hits.length === 0 ? "Answered with nothing known" : countOf(hits.length, "hit")}, in {took}.
      </p>
      <ul className="hits">
        {hits.map(({ provider, term, result }) => (
          <li key={`${provider} ${term} ${result}`}>
            <span className="mono t2">{safeText(term)}</span>
            <ValueText text={result} most={300} />
          </li>
        ))}
      </ul>
    </>
  );
}
