import { Button, Dialog, DialogBody, DialogFooter, InputGroup, Menu, MenuItem, PopoverNext } from "@blueprintjs/core";
import { useState } from "react";
import type { SavedView } from "../../engine/contract/console/alarms.ts";
import { api, urlOf } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { goTo, useHashSearch } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { numberText } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { rangeAt } from "../ui/time-range.ts";
import { showToast } from "../ui/toast.tsx";
import { useViewCounts } from "./use-view-counts.ts";
import type { AlarmView } from "./view.ts";

const SCREEN = "alarms";
/** What an address has beside the view: rows that are open or chosen belong to nobody else. */
const NOT_OF_THE_VIEW = ["sel", "x", "tab", "event"];

function viewSearch(search: string): string {
  const values = new URLSearchParams(search);
  for (const name of NOT_OF_THE_VIEW) values.delete(name);
  return values.toString();
}

interface ViewStripProps {
  closed: string;
  firstStatus: string;
  /** Another value with each change of the alarms. */
  changes: unknown;
  /** The counts stay as they are: the display is paused, or an alarm has the room of the views. */
  still: boolean;
}

/** Views that come with the console, and those that somebody saved. */
export function ViewStrip({ closed, firstStatus, changes, still }: ViewStripProps) {
  const search = useHashSearch();
  const now = viewSearch(search);
  const { data, reload } = useLoaded("views", (signal) => api.get("GET /views", { signal }));
  const saved = (data?.views ?? []).filter((view) => view.screen === SCREEN);
  const builtIn = [
    { id: "triage", name: "Triage", search: "" },
    { id: "untouched", name: "High and untouched", search: viewSearch(`q=class:High status:"${firstStatus}"`) },
    { id: "done", name: closed, search: viewSearch(`q=status:"${closed}"`) },
  ];
  const views = [...builtIn, ...saved];
  const counts = useViewCounts(views, closed, changes, still);
  return (
    <nav className="views" aria-label="Views">
      {views.map((view) => (
        <button
          key={view.id}
          type="button"
          className={viewSearch(view.search) === now ? "on" : ""}
          aria-current={viewSearch(view.search) === now ? "true" : undefined}
          onClick={() => goTo(view.search === "" ? "/alarms" : `/alarms?${view.search}`)}
        >
          {safeText(view.name)}
          <ViewCount count={counts.get(view.id)} />
        </button>
      ))}
      <SaveView search={now} saved={saved} onSaved={reload} />
    </nav>
  );
}

function ViewCount({ count }: { count: number | undefined }) {
  return count === undefined ? null : <span className="n num">{numberText(count)}</span>;
}

function SaveView({ search, saved, onSaved }: { search: string; saved: readonly SavedView[]; onSaved: () => void }) {
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const same = saved.find((view) => viewSearch(view.search) === search);
  const save = async () => {
    const id = saved.find((view) => view.name === name.trim())?.id ?? crypto.randomUUID();
    try {
      await api.put("PUT /views/:id", { params: { id }, body: { name: name.trim(), screen: SCREEN, search } });
      setNaming(false);
      onSaved();
    } catch (error) {
      showToast({ level: "bad", text: `The view wasn't saved: ${error instanceof Error ? error.message : error}` });
    }
  };
  const forget = async (view: SavedView) => {
    await api.delete("DELETE /views/:id", { params: { id: view.id } });
    onSaved();
  };
  return (
    <>
      {same === undefined ? (
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="bookmark" size={14} />}
          text="Save view"
          onClick={() => setNaming(true)}
        />
      ) : (
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="x" size={14} />}
          aria-label={`Forget the view ${same.name}`}
          title="Forget this view"
          onClick={() => void forget(same)}
        />
      )}
      <Dialog isOpen={naming} title="Save this view" onClose={() => setNaming(false)}>
        <DialogBody>
          <InputGroup
            autoFocus
            aria-label="Name of the view"
            placeholder="Name"
            maxLength={100}
            value={name}
            onValueChange={setName}
            onKeyDown={(event) => event.key === "Enter" && name.trim() !== "" && void save()}
          />
          <p className="t2 sm dialog-note">
            Query, time range, order and columns are kept; the alarms that match are not.
          </p>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text="Cancel" onClick={() => setNaming(false)} />
              <Button intent="primary" text="Save" disabled={name.trim() === ""} onClick={() => void save()} />
            </>
          }
        />
      </Dialog>
    </>
  );
}

/** Sends exactly the filtered set as a file. */
export function ExportMenu({ view, total }: { view: AlarmView; total: number | undefined }) {
  const urlFor = (format: "csv" | "json" | "ndjson") =>
    urlOf("GET /alarms/export", {
      query: { q: view.q, sort: view.sort, ...rangeAt(view.range, Date.now()), format },
    });
  const items = (
    <Menu aria-label="Export">
      {(["csv", "json", "ndjson"] as const).map((format) => (
        <MenuItem key={format} text={format.toUpperCase()} href={urlFor(format)} download />
      ))}
    </Menu>
  );
  return (
    <PopoverNext placement="bottom-end" content={items}>
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="export" size={14} />}
        text="Export"
        title={total === undefined ? "Export" : `Export all ${total} that match`}
      />
    </PopoverNext>
  );
}
