import { Button, InputGroup, MenuItem, SegmentedControl } from "@blueprintjs/core";
import { useMemo, useRef, useState } from "react";
import type { DirectivesAnswer } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";
import { useSession } from "../state/session.ts";
import { ColumnChooser } from "../ui/grid/column-chooser.tsx";
import { Grid } from "../ui/grid/grid.tsx";
import { NOTHING_SELECTED, type Selection } from "../ui/grid/selection.ts";
import { useColumnLayout } from "../ui/grid/use-column-layout.ts";
import { goTo, useUrlState } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { debuggerRoute, href, newDirectiveRoute } from "../ui/links.ts";
import { countOf } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { EmptyState, FilteredOut } from "../ui/states.tsx";
import { directiveColumns } from "./columns.tsx";
import { countsOf, filtered, PRESETS, presetOf, sorted } from "./list.ts";
import { saidDone, tryChange } from "./use-directives.ts";

interface DirectiveListProps {
  data: DirectivesAnswer;
  onChanged: () => void;
  onOpenFile: (name: string, line?: number) => void;
}

/** The table of directives, its filters, and what is done to those that are selected. */
export function DirectiveList({ data, onChanged, onOpenFile }: DirectiveListProps) {
  const [values, change] = useUrlState();
  const { riskMedium } = useSession();
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const columns = useMemo(() => directiveColumns(riskMedium), [riskMedium]);
  const layout = useColumnLayout("directives", columns);
  const preset = presetOf(values.get("show"));
  const words = values.get("q") ?? "";
  const sort = values.get("sort") ?? "id";
  const rows = useMemo(() => sorted(filtered(data.rows, preset, words), sort), [data.rows, preset, words, sort]);
  const counts = useMemo(() => countsOf(data.rows), [data.rows]);
  const search = useRef<HTMLInputElement>(null);
  useShortcuts({ filter: () => search.current?.focus() });
  const open = (id: string) => change({ directive: id });
  return (
    <section className="directive-list" aria-label="Directives">
      <div className="list-tools">
        <SegmentedControl
          size="small"
          aria-label="Show"
          options={PRESETS.map(({ value, label }) => ({ value, label: `${label} ${counts[value]}` }))}
          value={preset}
          onValueChange={(next) => change({ show: next === "all" ? undefined : next })}
        />
        <span className="grow" />
        <InputGroup
          inputRef={search}
          size="small"
          placeholder="Name, id, file, category"
          aria-label="Filter directives"
          value={words}
          onValueChange={(text) => change({ q: text === "" ? undefined : text })}
        />
        <ColumnChooser columns={columns} layout={layout} />
      </div>
      <FileProblems data={data} onOpenFile={onOpenFile} />
      {data.rows.length === 0 ? (
        <EmptyState
          icon="directives"
          title="No directives yet"
          actions={
            <>
              <Button intent="primary" size="small" onClick={() => goTo(newDirectiveRoute())}>
                Write the first one
              </Button>
              <Button size="small" onClick={() => goTo("/coverage")}>
                See which events come
              </Button>
            </>
          }
        >
          The folder's <code>configs</code> has no directive that a backend of this console loads. The first one that is
          saved starts a backend for it.
        </EmptyState>
      ) : rows.length === 0 ? (
        <FilteredOut
          title={`None of ${countOf(data.rows.length, "directive")} match`}
          onClear={() => change({ q: undefined, show: undefined })}
        />
      ) : (
        <Grid
          main
          label="Directives"
          rows={rows}
          idOf={({ id }) => String(id)}
          {...{ columns, layout, sort, selection }}
          onSelection={setSelection}
          onSort={(next) => change({ sort: next === "id" ? undefined : next })}
          active={values.get("directive") ?? undefined}
          onActive={open}
          onOpen={({ id }) => open(String(id))}
          cellMenu={({ id }) => (
            <MenuItem icon={<Icon name="bug" />} text="Debug" href={href(debuggerRoute({ directive: id }))} />
          )}
          rowClass={({ enabled }) => (enabled ? "" : "off")}
          padEnd={selection.ids.size > 0 ? 70 : 0}
        />
      )}
      <BulkBar {...{ selection, data, onChanged }} onClear={() => setSelection(NOTHING_SELECTED)} />
    </section>
  );
}

function FileProblems({ data, onOpenFile }: Pick<DirectiveListProps, "data" | "onOpenFile">) {
  if (data.problems.length === 0) return null;
  return (
    <ul className="file-problems">
      {data.problems.map(({ severity, text, file, line }) => (
        <li key={`${file} ${line} ${text}`} className={severity}>
          <Icon
            name={severity === "error" ? "x" : "warn"}
            size={14}
            className={severity === "error" ? "bad" : "warn"}
          />
          <span className="grow">
            <b className="mono">{safeText(file)}</b> {safeText(text)}
          </span>
          <Button size="small" onClick={() => onOpenFile(file, line)}>
            {line === undefined ? "Open" : `Open line ${line}`}
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface BulkBarProps {
  selection: Selection;
  data: DirectivesAnswer;
  onChanged: () => void;
  onClear: () => void;
}
function BulkBar({ selection, data, onChanged, onClear }: BulkBarProps) {
  const [busy, setBusy] = useState(false);
  const chosen = data.rows.filter(({ id }) => selection.ids.has(String(id)));
  if (chosen.length === 0) return null;
  const enable = (enabled: boolean) =>
    tryChange(async () => {
      setBusy(true);
      try {
        const ids = chosen.filter((row) => row.enabled !== enabled).map(({ id }) => id);
        const done = await api.post("POST /directives/enable", { body: { ids, enabled } });
        if (saidDone(`${countOf(ids.length, "directive")} ${enabled ? "enabled" : "disabled"}`, done)) {
          onClear();
          onChanged();
        }
      } finally {
        setBusy(false);
      }
    });
  const can = data.readOnly === undefined && !busy;
  return (
    <div className="directive-bulk float" role="toolbar" aria-label="Selected directives">
      <b className="num">{countOf(chosen.length, "directive")}</b>
      <Button
        size="small"
        disabled={!can || chosen.every((row) => row.enabled)}
        title={data.readOnly}
        onClick={() => void enable(true)}
      >
        Enable
      </Button>
      <Button
        size="small"
        disabled={!can || chosen.every((row) => !row.enabled)}
        title={data.readOnly}
        onClick={() => void enable(false)}
      >
        Disable
      </Button>
      <Button variant="minimal" size="small" onClick={onClear}>
        Clear the selection
      </Button>
    </div>
  );
}
