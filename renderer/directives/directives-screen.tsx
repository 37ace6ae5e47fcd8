import { Button, HTMLSelect } from "@blueprintjs/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { api } from "../client/api.ts";
import { useSession } from "../state/session.ts";
import { goTo, useHashPath, useUrlState } from "../ui/hash-location.ts";
import { directiveFileRoute, newDirectiveRoute } from "../ui/links.ts";
import { ReadOnlyNotice } from "../ui/read-only-notice.tsx";
import { safeText } from "../ui/safe-text.ts";
import { FailedState, StaleNotice } from "../ui/states.tsx";
import { DirectiveList } from "./directive-list.tsx";
import { DirectivePanel } from "./directive-panel.tsx";
import { targetOf } from "./editor/target.ts";
import { ImportButton, type Imported } from "./import-button.tsx";
import { OutdatedNotice } from "./outdated-notice.tsx";
import { useDirectives } from "./use-directives.ts";
import "./directives.css";

/** Its code is fetched with the first directive that is edited. */
const EditorPage = lazy(async () => ({ default: (await import("./editor/index.ts")).EditorPage }));

/** The directives of all backends with what they do, and their files. */
export function DirectivesScreen() {
  const [values, change] = useUrlState();
  const { nodes } = useSession();
  const loaded = useDirectives();
  const [imported, setImported] = useState<Imported>();
  const { data, error, reload } = loaded;
  const found = targetOf(useHashPath(), values);
  const target = found?.kind === "file" && imported?.name === found.name ? { ...found, text: imported.text } : found;
  const isList = found === undefined;
  useEffect(() => {
    // An import is for the file that is open; who comes back later finds the file as it is.
    if (isList) setImported(undefined);
  }, [isList]);
  const directive = data?.rows.find(({ id }) => String(id) === values.get("directive"));
  const openFile = (name: string, line?: number) => goTo(directiveFileRoute(name, line));
  const turnOn = async (): Promise<void> => {
    await api.post("POST /profiles/editable", { body: { editable: true } });
    reload();
  };
  const notice = data?.readOnly === undefined ? null : <ReadOnlyNotice text={data.readOnly} onTurnOn={turnOn} />;
  if (target !== undefined && data !== undefined) {
    return (
      <>
        {notice}
        <Suspense fallback={null}>
          <EditorPage
            target={target}
            readOnly={data.readOnly}
            files={data.files.map(({ name }) => name)}
            onSaved={reload}
          />
        </Suspense>
      </>
    );
  }
  return (
    <>
      <header className="screen-head">
        <h1>Directives</h1>
        <span className="sum">{data === undefined ? "" : summaryOf(data)}</span>
        <span className="grow" />
        {data === undefined ? null : (
          <>
            <Button variant="minimal" size="small" onClick={() => goTo(newDirectiveRoute())}>
              New directive
            </Button>
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
      {notice}
      {data === undefined || data.outdated.length === 0 ? null : (
        <OutdatedNotice nodes={data.outdated} onLoaded={reload} />
      )}
      {error === undefined || data === undefined ? null : (
        <StaleNotice onRetry={reload}>{error.message} Showing the directives as they were read before.</StaleNotice>
      )}
      {data !== undefined ? (
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
