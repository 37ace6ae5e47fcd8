import { Button, SegmentedControl } from "@blueprintjs/core";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { api } from "../client/api.ts";
import { live as connection } from "../client/live.ts";
import { restart } from "../client/restart.ts";
import { type DownService, downServices, useConnection } from "../state/connection.ts";
import { usePause } from "../state/pause.ts";
import { useSession } from "../state/session.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { ColumnChooser } from "../ui/grid/column-chooser.tsx";
import { Grid } from "../ui/grid/grid.tsx";
import { useColumnLayout } from "../ui/grid/use-column-layout.ts";
import { goTo, parseHash, useHashPath, useUrlState, writeHash } from "../ui/hash-location.ts";
import { backlogRoute, backlogsRoute, healthRoute, href } from "../ui/links.ts";
import { NoContact } from "../ui/no-contact.tsx";
import { countOf, numberText } from "../ui/number-text.ts";
import { fieldTerm, splitTerms, withTerm, withValue } from "../ui/query-terms.ts";
import { clipText } from "../ui/safe-text.ts";
import { canRestart, restartAndSay, ServicesDown } from "../ui/services-down.tsx";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { EmptyState, FailedState, FilteredOut } from "../ui/states.tsx";
import { showToast } from "../ui/toast.tsx";
import { backlogFilter } from "./backlog-fields.ts";
import { backlogColumns } from "./columns.tsx";
import { FilterBar } from "./filter-bar.tsx";
import type { LiveRow } from "./live-rows.ts";
import { notShown } from "./live-rows.ts";
import { arrange, compareBy, DEFAULT_SORT, sortOf } from "./order.ts";
import { inPreset, PRESET_WORDS, PRESETS, type Preset, presetOf } from "./presets.ts";
import { SidePanel } from "./side-panel.tsx";
import { type LiveBacklogs, useLiveBacklogs } from "./use-live-backlogs.ts";
import "../ui/list-parts.css";
import "./backlogs.css";

/** The live backlogs of all backends, the one that expires first first. */
export function Screen() {
  const view = useBacklogsView();
  const { riskMedium } = useSession();
  const live = useLiveBacklogs(view.directive);
  const columns = useMemo(() => backlogColumns(riskMedium, live.ahead), [riskMedium, live.ahead]);
  const layout = useColumnLayout("backlogs", columns);
  const list = useArranged(live, view);
  const [closing, setClosing] = useState<{ node: string; id: string } | undefined>(undefined);
  const { selected } = view;
  useShortcuts({
    back: () => {
      if (selected !== undefined) view.select(undefined);
      else if (view.query !== "") view.setQuery("");
    },
    apply: list.apply,
  });
  return (
    <>
      <Head live={live} view={view} counts={list.counts}>
        <ColumnChooser columns={columns} layout={layout} />
      </Head>
      <FilterBar query={view.query} onQuery={view.setQuery} waiting={list.waiting} onApply={list.apply} />
      <div className={`backlogs ${selected === undefined ? "" : "opened"}`}>
        <div className="backlogs-list">
          <Notices live={live} view={view} />
          {list.rows.length === 0 ? (
            <NoRows live={live} view={view} filtered={list.filtered} />
          ) : (
            <Grid
              label="Live backlogs"
              rows={list.rows}
              idOf={idOf}
              columns={columns}
              layout={layout}
              total={list.rows.length}
              sort={view.sort}
              onSort={view.setSort}
              active={selected?.id ?? list.active}
              onActive={(id) => {
                list.setActive(id);
                const row = live.live.rows.get(id)?.row;
                if (selected !== undefined && row !== undefined) view.select({ node: row.node, id });
              }}
              onOpen={({ row }) => view.select({ node: row.node, id: row.id })}
              onTerm={(term, want) => view.setQuery(withValue(view.query, term.field, term.value, want))}
              rowClass={({ row, ended }) =>
                `${row.id === selected?.id ? "sel " : ""}${ended === undefined ? "" : "ended"}`
              }
              stale={list.stale}
              onHold={list.hold}
              main
            />
          )}
        </div>
        {selected !== undefined && (
          <SidePanel
            key={`${selected.node} ${selected.id}`}
            node={selected.node}
            id={selected.id}
            live={live.live.rows.get(selected.id)}
            ahead={live.ahead}
            onClose={() => view.select(undefined)}
            onCloseBacklog={() => setClosing(selected)}
          />
        )}
      </div>
      <CloseDialog backlog={closing} title={titleOf(live, closing?.id)} onDone={() => setClosing(undefined)} />
    </>
  );
}

const idOf = ({ row }: LiveRow): string => row.id;

function titleOf(live: LiveBacklogs, id: string | undefined): string {
  return id === undefined ? "" : (live.live.rows.get(id)?.row.title ?? id);
}

interface BacklogsView {
  query: string;
  setQuery: (query: string) => void;
  preset: Preset;
  setPreset: (preset: Preset) => void;
  sort: string;
  setSort: (sort: string) => void;
  /** The only directive that the filter wants, which the server can be asked for. */
  directive: number | undefined;
  selected: { node: string; id: string } | undefined;
  select: (backlog: { node: string; id: string } | undefined) => void;
}

/** What the address says: filter, preset, order, and which backlog is open beside the list. */
function useBacklogsView(): BacklogsView {
  const path = useHashPath();
  const [url, change] = useUrlState();
  // Links of other screens name an address or a directive; here they are terms of the filter like any other.
  const query = useMemo(() => {
    const linked = [
      ...(url.get("ip") === null ? [] : [`ip:${url.get("ip")}`]),
      ...(url.get("directive") === null ? [] : [`directive:${url.get("directive")}`]),
    ];
    return linked.reduce(withTerm, url.get("q") ?? "");
  }, [url]);
  const match = /^\/backlogs\/([^/]+)\/([^/]+)$/.exec(path);
  const node = decoded(match?.[1]);
  const id = decoded(match?.[2]);
  const selected = useMemo(() => (node === undefined || id === undefined ? undefined : { node, id }), [node, id]);
  const select = useCallback((backlog: { node: string; id: string } | undefined) => {
    const now = parseHash(location.hash);
    const route = backlog === undefined ? backlogsRoute() : backlogRoute(backlog.node, backlog.id);
    const wasOpen = now.path !== backlogsRoute();
    goTo(writeHash(route, now.search), { replace: wasOpen && backlog !== undefined });
  }, []);
  return {
    query,
    setQuery: (q) => change({ q: q === "" ? undefined : q, ip: undefined, directive: undefined }),
    preset: presetOf(url.get("preset") ?? undefined),
    setPreset: (preset) => change({ preset: preset === "all" ? undefined : preset }),
    sort: sortOf(url.get("sort")),
    setSort: (sort) => change({ sort: sort === DEFAULT_SORT ? undefined : sort }),
    directive: useMemo(() => onlyDirective(query), [query]),
    selected,
    select,
  };
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function onlyDirective(query: string): number | undefined {
  for (const piece of splitTerms(query)) {
    const term = fieldTerm(piece);
    const [value, ...others] = term?.values ?? [];
    if (term?.field !== "directive" || term.not || term.operator !== ":" || others.length > 0) continue;
    if (value !== undefined && /^\d{1,15}$/.test(value)) return Number(value);
  }
  return undefined;
}

/** Rows filtered, counted by preset, and in an order that stands still while somebody looks. */
function useArranged({ live }: LiveBacklogs, { query, preset, sort }: BacklogsView) {
  const { riskMedium } = useSession();
  const pause = usePause();
  const [held, setHeld] = useState<readonly string[] | undefined>(undefined);
  const [active, setActive] = useState<string | undefined>(undefined);
  const filter = useMemo(() => backlogFilter(query), [query]);
  const now = pause.paused ? pause.at : Date.now();
  const all = useMemo(() => [...live.rows.values()], [live.rows]);
  const fitting = useMemo(
    () => (filter.ok ? all.filter(({ row }) => filter.fits(row, Date.now())) : all),
    [all, filter],
  );
  const highFrom = riskMedium[1] + 1;
  const counts = Object.fromEntries(
    PRESETS.map((each) => [
      each,
      fitting.filter(({ row, ended }) => ended === undefined && inPreset(row, each, highFrom, now)).length,
    ]),
  );
  const order = useMemo(() => compareBy(sort), [sort]);
  const chosen = fitting.filter(({ row }) => inPreset(row, preset, highFrom, now));
  const arranged = arrange(chosen, order, held);
  const shownIds = useRef<readonly string[]>([]);
  shownIds.current = arranged.rows.map(idOf);
  const sortedIds = (): string[] => arrange(chosen, order, undefined).rows.map(idOf);
  // What is held belongs to one order and one filter: with another, everything takes its place.
  const key = `${query} ${preset} ${sort}`;
  const heldKey = useRef(key);
  if (heldKey.current !== key) {
    heldKey.current = key;
    if (held !== undefined) setHeld(sortedIds());
  }
  return {
    rows: arranged.rows,
    counts,
    filtered: all.length > 0,
    waiting: { added: arranged.added, moved: arranged.moved },
    hold: (hold: boolean) => setHeld(hold ? shownIds.current : undefined),
    apply: () => setHeld((before) => (before === undefined ? undefined : sortedIds())),
    active,
    setActive,
    stale: useConnection(({ status, everOpen }) => everOpen && status.kind !== "open"),
  };
}

function Head({
  live,
  view,
  counts,
  children,
}: {
  live: LiveBacklogs;
  view: BacklogsView;
  counts: Record<string, number>;
  children: ReactNode;
}) {
  const { nodes } = useSession();
  const { total, silent } = live.live;
  const answering = Math.max(0, nodes.length - silent.length);
  return (
    <div className="screen-head">
      <h1>Backlogs</h1>
      <span className="sum">
        {live.ready && (
          <>
            <b>{numberText(total)}</b> live{answering === 0 ? "" : ` on ${countOf(answering, "backend")}`}
          </>
        )}
      </span>
      <span className="grow" />
      <SegmentedControl
        size="small"
        aria-label="Which backlogs"
        value={view.preset}
        onValueChange={(value) => view.setPreset(presetOf(value))}
        options={PRESETS.map((preset) => ({
          value: preset,
          label: `${PRESET_WORDS[preset]} ${numberText(counts[preset] ?? 0)}`,
        }))}
      />
      {children}
    </div>
  );
}

/** Backends that don't do their work, and those that didn't answer when their backlogs were asked for. */
function useDown({ live: { silent } }: LiveBacklogs): DownService[] {
  const connection = useConnection((state) => state);
  const { supervisor } = connection;
  const down = downServices(connection);
  const more = silent
    .map((node) => ({ node, supervised: supervisor?.services.find((each) => each.node === node) }))
    .map(({ node, supervised }) => ({ name: supervised?.name ?? node, supervised }));
  return [...down, ...more.filter(({ name }) => down.every((each) => each.name !== name))];
}

/** What is not in the list, and why. While there is no list, that is all there is to say, and `NoRows` says it. */
function Notices({ live, view }: { live: LiveBacklogs; view: BacklogsView }) {
  const { silent } = live.live;
  const hidden = notShown(live.live);
  const restartable = useDown(live).flatMap(({ name, supervised }) => (canRestart(supervised) ? [name] : []));
  const { status, everOpen } = useConnection((state) => state);
  return (
    <>
      {everOpen && status.kind !== "open" && (
        <NoContact
          since={status.since}
          retryAt={status.kind === "lost" ? status.retryAt : undefined}
          onRetry={() => connection.connectNow()}
        />
      )}
      {silent.length > 0 && live.live.rows.size > 0 && (
        <p className="notice" role="status">
          <span className="grow">
            <b>
              {silent.length === 1 ? "Backend" : "Backends"} {clipText(silent.join(", "), 120).text}{" "}
              {silent.length === 1 ? "doesn’t" : "don’t"} answer.
            </b>{" "}
            {silentText(live.live)}
          </span>
          {restartable.length > 0 && (
            <Button
              size="small"
              text="Restart"
              onClick={() => {
                for (const name of restartable) void restartAndSay(name, restart);
              }}
            />
          )}
          <a className="link" href={href(healthRoute())}>
            Health
          </a>
        </p>
      )}
      {hidden > 0 && (
        <p className="notice" role="status">
          <b>{numberText(hidden)} more are live and not shown:</b> those here expire first.{" "}
          {view.directive === undefined && "Filter by a directive, such as directive:10021, to see all of its own."}
        </p>
      )}
    </>
  );
}

function silentText({ silent, rows }: LiveBacklogs["live"]): string {
  const [its, it, has] = silent.length === 1 ? ["Its", "it", "has"] : ["Their", "they", "have"];
  const areShown = [...rows.values()].some(({ row }) => silent.includes(row.node));
  return areShown ? `${its} backlogs stand here as ${it} told last.` : `What ${it} ${has} live isn’t here.`;
}

function NoRows({ live, view, filtered }: { live: LiveBacklogs; view: BacklogsView; filtered: boolean }) {
  const down = useDown(live);
  if (live.fault !== undefined) return <FailedState title="The backlogs can't be followed" text={live.fault.text} />;
  if (filtered) {
    return (
      <FilteredOut
        title={`None of ${numberText(live.live.rows.size)} live backlogs match`}
        onClear={() => {
          view.setQuery("");
          view.setPreset("all");
        }}
      >
        The filter and the preset “{PRESET_WORDS[view.preset]}” hide them.
      </FilteredOut>
    );
  }
  if (down.length > 0) {
    return (
      <ServicesDown down={down} restart={restart}>
        What it has live isn’t here, and is kept. Alarms and retained events can still be searched.
      </ServicesDown>
    );
  }
  if (!live.ready) return <p className="line-empty">Asking the backends…</p>;
  return (
    <EmptyState icon="backlogs" title="No backlog lives">
      A backlog begins when an event matches the first stage of a directive, and ends when its last stage finishes or
      its time is up.
    </EmptyState>
  );
}

function CloseDialog({
  backlog,
  title,
  onDone,
}: {
  backlog: { node: string; id: string } | undefined;
  title: string;
  onDone: () => void;
}) {
  const close = async (): Promise<void> => {
    if (backlog === undefined) return;
    await api.delete("DELETE /backlogs/:node/:id", { params: { node: backlog.node, id: backlog.id } });
    showToast({ level: "ok", text: `Closed the backlog ${clipText(backlog.id, 20).text}` });
    onDone();
  };
  return (
    <ConfirmDialog
      isOpen={backlog !== undefined}
      title="Close this backlog?"
      action="Close backlog"
      destructive
      onConfirm={close}
      onCancel={onDone}
    >
      <p>
        <b>{clipText(title, 120).text}</b>
      </p>
      <p>
        It expires now, with what it has: its current stage is marked as timed out. Events that come later begin a new
        one. The backend’s log says who closed it. This can’t be taken back.
      </p>
    </ConfirmDialog>
  );
}
