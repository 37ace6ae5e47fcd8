import { Button, InputGroup } from "@blueprintjs/core";
import { useMemo, useRef, useState } from "react";
import type { AssetRow } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";
import type { Loaded } from "../client/hooks.ts";
import type { Answer } from "../client/route-types.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { countOf } from "../ui/number-text.ts";
import { ReadOnlyNotice } from "../ui/read-only-notice.tsx";
import { safeText } from "../ui/safe-text.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { EmptyState, FailedState, FilteredOut, StaleNotice } from "../ui/states.tsx";
import { AssetFile } from "./asset-file.tsx";
import { AssetTree } from "./asset-tree.tsx";
import { EffectiveTester } from "./effective-tester.tsx";
import { EntryDialog, type EntryTask } from "./entry-dialog.tsx";
import { linesWith, treeLines } from "./tree.ts";

/** The networks and hosts as a tree, what an address is worth, and editing both. */
export function AssetsTab({ loaded: { data, error, reload } }: { loaded: Loaded<Answer<"GET /assets">> }) {
  const [values, change] = useUrlState();
  const file = values.get("file") ?? undefined;
  if (data === undefined) {
    return error === undefined ? null : (
      <FailedState title="The assets can't be read" text={error.message} onRetry={reload} />
    );
  }
  const turnOn = async (): Promise<void> => {
    await api.post("POST /profiles/editable", { body: { editable: true } });
    reload();
  };
  return (
    <>
      {data.readOnly === undefined ? null : <ReadOnlyNotice text={data.readOnly} onTurnOn={turnOn} />}
      {error === undefined ? null : (
        <StaleNotice onRetry={reload}>{error.message} Showing the assets as they were read before.</StaleNotice>
      )}
      {data.problems.length === 0 ? null : (
        <ul className="asset-problems">
          {data.problems.map(({ severity, text, file: where, line }) => (
            <li key={`${where} ${line} ${text}`}>
              <Icon
                name={severity === "error" ? "x" : "warn"}
                size={14}
                className={severity === "error" ? "bad" : "warn"}
              />
              <span className="grow">
                <b className="mono">{safeText(where)}</b> {safeText(text)}
              </span>
              <Button
                size="small"
                onClick={() => change({ file: where, line: line === undefined ? undefined : String(line) }, "push")}
              >
                Open
              </Button>
            </li>
          ))}
        </ul>
      )}
      {file === undefined ? (
        <Entries rows={data.rows} readOnly={data.readOnly} onSaved={reload} />
      ) : (
        <AssetFile
          key={file}
          name={file}
          readOnly={data.readOnly}
          line={Number(values.get("line") ?? 0) || undefined}
          onSaved={reload}
          onClose={() => change({ file: undefined, line: undefined }, "push")}
        />
      )}
    </>
  );
}

interface EntriesProps {
  rows: readonly AssetRow[];
  readOnly: string | undefined;
  onSaved: () => void;
}
function Entries({ rows, readOnly, onSaved }: EntriesProps) {
  const [values, change] = useUrlState();
  const [task, setTask] = useState<EntryTask>();
  const find = values.get("q") ?? "";
  const lines = useMemo(() => treeLines(rows), [rows]);
  const shown = useMemo(() => linesWith(lines, find), [lines, find]);
  const files = useMemo(() => [...new Set(rows.map((row) => row.file))].sort(), [rows]);
  const search = useRef<HTMLInputElement>(null);
  useShortcuts({ filter: () => search.current?.focus() });
  return (
    <div className="asset-columns">
      <section className="asset-list" aria-label="Networks and hosts">
        <div className="list-tools">
          <InputGroup
            inputRef={search}
            size="small"
            placeholder="Name, network, or an address in it"
            aria-label="Filter assets"
            value={find}
            onValueChange={(text) => change({ q: text === "" ? undefined : text })}
          />
          <span className="grow" />
          {files.map((name) => (
            <Button
              key={name}
              variant="minimal"
              size="small"
              onClick={() => change({ file: name }, "push")}
              title="The file as text"
            >
              <span className="mono">{safeText(name)}</span>
            </Button>
          ))}
          <Button
            size="small"
            disabled={readOnly !== undefined}
            title={readOnly}
            onClick={() => setTask({ kind: "add", files })}
          >
            Add…
          </Button>
        </div>
        {rows.length === 0 ? (
          <EmptyState icon="assets" title="No assets yet">
            Without an asset every risk is 0 and no alarm is ever made. Add your networks with what they are worth.
          </EmptyState>
        ) : shown.length === 0 ? (
          <FilteredOut
            title={`None of ${countOf(rows.length, "entry", "entries")} match`}
            onClear={() => change({ q: undefined })}
          />
        ) : (
          <AssetTree
            lines={shown}
            readOnly={readOnly}
            onEdit={(row) => setTask({ kind: "change", row })}
            onRemove={(row) => setTask({ kind: "remove", row })}
          />
        )}
      </section>
      <EffectiveTester />
      {task === undefined ? null : <EntryDialog task={task} onClose={() => setTask(undefined)} onSaved={onSaved} />}
    </div>
  );
}
