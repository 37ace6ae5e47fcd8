import { HTMLSelect } from "@blueprintjs/core";
import { useState } from "react";
import { api } from "../client/api.ts";
import { useSession } from "../state/session.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { ReadOnlyNotice } from "../ui/read-only-notice.tsx";
import { safeText } from "../ui/safe-text.ts";
import { FailedState, StaleNotice } from "../ui/states.tsx";
import { DirectiveFile } from "./directive-file.tsx";
import { DirectiveList } from "./directive-list.tsx";
import { DirectivePanel } from "./directive-panel.tsx";
import { ImportButton, type Imported } from "./import-button.tsx";
import { useDirectives } from "./use-directives.ts";
import "./directives.css";

/** The directives of all backends with what they do, and their files. */
export function DirectivesScreen() {
  const [values, change] = useUrlState();
  const { nodes } = useSession();
  const loaded = useDirectives();
  const [imported, setImported] = useState<Imported>();
  const { data, error, reload } = loaded;
  const file = values.get("file") ?? undefined;
  const directive = data?.rows.find(({ id }) => String(id) === values.get("directive"));
  const openFile = (name: string | undefined, line?: number) =>
    change({ file: name, line: line === undefined ? undefined : String(line) }, "push");
  const closeFile = () => {
    setImported(undefined);
    openFile(undefined);
  };
  const turnOn = async (): Promise<void> => {
    await api.post("POST /profiles/editable", { body: { editable: true } });
    reload();
  };
  return (
    <>
      <header className="screen-head">
        <h1>Directives</h1>
        <span className="sum">{data === undefined ? "" : summaryOf(data)}</span>
        <span className="grow" />
        {data === undefined || file !== undefined ? null : (
          <>
            <FileMenu files={data.files.map(({ name }) => name)} onOpen={openFile} />
            <ImportButton
              nodes={nodes}
              disabled={data.readOnly}
              onImport={(next) => {
                setImported(next);
                openFile(next.name);
              }}
            />
          </>
        )}
      </header>
      {data?.readOnly === undefined ? null : <ReadOnlyNotice text={data.readOnly} onTurnOn={turnOn} />}
      {data === undefined || data.outdated.length === 0 ? null : (
        <StaleNotice>
          <b>{safeText(data.outdated.join(", "))}</b>{" "}
          {data.outdated.length === 1 ? "runs an older version of its files" : "run an older version of their files"}:
          started before they were changed, and not by this console. Restart{" "}
          {data.outdated.length === 1 ? "it" : "them"} to load what is saved.
        </StaleNotice>
      )}
      {error === undefined || data === undefined ? null : (
        <StaleNotice onRetry={reload}>{error.message} Showing the directives as they were read before.</StaleNotice>
      )}
      {data !== undefined && file !== undefined ? (
        <DirectiveFile
          key={file}
          name={file}
          {...{ imported, readOnly: data.readOnly, line: Number(values.get("line") ?? 0) || undefined }}
          onSaved={reload}
          onClose={closeFile}
        />
      ) : data !== undefined ? (
        <div className="directives">
          <DirectiveList data={data} onChanged={reload} onOpenFile={openFile} />
          {directive === undefined ? null : (
            <DirectivePanel
              key={directive.id}
              row={directive}
              readOnly={data.readOnly}
              onChanged={reload}
              onOpenFile={openFile}
              onClose={() => change({ directive: undefined })}
            />
          )}
        </div>
      ) : error !== undefined ? (
        <FailedState title="The directives can't be read" text={error.message} onRetry={reload} />
      ) : null}
    </>
  );
}

function summaryOf({ rows, files }: { rows: readonly { enabled: boolean }[]; files: readonly unknown[] }): string {
  const enabled = rows.filter((row) => row.enabled).length;
  return `${enabled} of ${rows.length} enabled, ${files.length} ${files.length === 1 ? "file" : "files"}`;
}

function FileMenu({ files, onOpen }: { files: readonly string[]; onOpen: (name: string) => void }) {
  return (
    <HTMLSelect
      className="file-select"
      aria-label="Open a file"
      value=""
      onChange={({ target }) => target.value !== "" && onOpen(target.value)}
    >
      <option value="">Open a file…</option>
      {files.map((name) => (
        <option key={name} value={name}>
          {safeText(name)}
        </option>
      ))}
    </HTMLSelect>
  );
}
