import { Button, HTMLSelect, Switch } from "@blueprintjs/core";
import type { DirectiveRow } from "../../../engine/contract/console/directives.ts";
import { goTo, useUrlState } from "../../ui/hash-location.ts";
import { Icon } from "../../ui/icon.tsx";
import { alarmsRoute, debuggerRoute, directiveFileRoute, directivesRoute, href } from "../../ui/links.ts";
import { countOf, numberText } from "../../ui/number-text.ts";
import { safeText } from "../../ui/safe-text.ts";
import { TimeText } from "../../ui/time-text.tsx";
import { handDraft } from "../draft-store.ts";
import { DIRECTIVE_FIELDS } from "./fields.ts";
import { fieldText, isOn } from "./form-values.ts";
import type { EditTarget } from "./target.ts";
import { withValue } from "./text-edits.ts";
import type { Edit } from "./use-edit.ts";
import type { Save } from "./use-save.ts";

interface EditorHeadProps {
  target: EditTarget;
  edit: Edit;
  save: Save;
  reason: string | undefined;
  readOnly: string | undefined;
  files: readonly string[];
  /** Lines that differ from what is saved. */
  lines: number;
  comparing: boolean;
  onCompare: () => void;
}

/** Where one is, what is edited, and what becomes of it. */
export function EditorHead({
  target,
  edit,
  save,
  reason,
  readOnly,
  lines,
  comparing,
  onCompare,
  files,
}: EditorHeadProps) {
  const isFile = target.kind === "file";
  return (
    <header className="screen-head editor-head">
      <nav className="crumbs t2" aria-label="Where this is">
        <a href={href(directivesRoute())}>Directives</a>
        <Icon name="right" size={12} className="t3" />
        {isFile ? null : target.kind === "new" ? (
          <FileChoice current={edit.edited.fileName} files={files} />
        ) : (
          <a className="mono clip" href={href(directiveFileRoute(edit.edited.fileName))} title="Edit the whole file">
            {safeText(edit.edited.fileName)}
          </a>
        )}
        {isFile ? null : <Icon name="right" size={12} className="t3" />}
      </nav>
      <h1 className="clip">
        {isFile ? (
          <span className="mono">{safeText(edit.edited.fileName)}</span>
        ) : (
          <Title edit={edit} target={target} />
        )}
      </h1>
      {isFile ? null : <EnabledSwitch edit={edit} readOnly={readOnly} />}
      <span className="grow" />
      <span className="sm t2 num" role="status">
        {edit.changed ? `${countOf(lines, "line")} changed, not saved` : "as it is saved"}
      </span>
      {edit.changed ? (
        <Button variant="minimal" size="small" onClick={edit.discard}>
          Discard
        </Button>
      ) : null}
      <Button
        size="small"
        icon={<Icon name="bug" size={14} />}
        disabled={edit.text.trim() === ""}
        title="Replay events with this text"
        onClick={() => {
          handDraft();
          goTo(debuggerRoute({ directive: idOf(edit.directive) }));
        }}
      >
        Debug
      </Button>
      <Button
        size="small"
        active={comparing}
        aria-pressed={comparing}
        disabled={edit.edited.text === ""}
        onClick={onCompare}
      >
        Compare
      </Button>
      <Button
        size="small"
        intent={reason === undefined ? "primary" : "none"}
        loading={save.busy}
        aria-disabled={reason !== undefined}
        className={reason === undefined ? "" : "bp6-disabled"}
        title={reason === undefined ? "Shows first what would change (Ctrl S)" : safeText(reason)}
        onClick={() => void save.ask()}
      >
        Save and reload
      </Button>
    </header>
  );
}

function idOf(directive: unknown): number | undefined {
  const id = Number(fieldText(directive, "id"));
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** The file that a new directive goes to. */
function FileChoice({ current, files }: { current: string; files: readonly string[] }) {
  const [, change] = useUrlState();
  return (
    <HTMLSelect aria-label="File" value={current} onChange={({ target }) => change({ file: target.value })}>
      {[...new Set([...files, current])].map((name) => (
        <option key={name} value={name}>
          {safeText(name)}
        </option>
      ))}
    </HTMLSelect>
  );
}

function Title({ edit, target }: Pick<EditorHeadProps, "edit" | "target">) {
  return (
    <>
      <span className="mono">{target.kind === "new" ? "New" : fieldText(edit.directive, "id")}</span>{" "}
      {safeText(fieldText(edit.directive, "name"))}
    </>
  );
}

function EnabledSwitch({ edit, readOnly }: { edit: Edit; readOnly: string | undefined }) {
  const disabled = isOn(edit.directive, "disabled");
  return (
    <Switch
      checked={!disabled}
      disabled={readOnly !== undefined}
      label="Enabled"
      onChange={() => edit.change(withValue(edit.text, ["disabled"], disabled ? undefined : true, DIRECTIVE_FIELDS))}
    />
  );
}

/** What the directive did lately. */
export function EditorFigures({ row: { id, matched24h, alarms24h, lastFired } }: { row: DirectiveRow }) {
  return (
    <span className="editor-figures sm t3 num">
      matched 24 h <b>{numberText(matched24h)}</b> · alarms 24 h{" "}
      <a className="count-link" href={href(alarmsRoute({ q: `directive:${id}`, t: "24h" }))}>
        {numberText(alarms24h)}
      </a>
      {lastFired === undefined ? null : (
        <>
          {" "}
          · last fired <TimeText at={lastFired} ago />
        </>
      )}
    </span>
  );
}
