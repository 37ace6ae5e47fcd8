import type { AlarmRow } from "../../contract/console/alarms.ts";

/** Of the tables below. A database of a later version is refused, one of an earlier version is brought up to it. */
export const SCHEMA_VERSION = 1;

/**
 * `label`: texts that many alarms share, by number, so that rows and indexes stay narrow. `alarm_id`: an alarm's number
 * from the first that is heard of it, which may be an event of a backlog that has no risk yet. `alarm`: the engine's part,
 * and apart from it in `own_status` and `own_tag` the analyst's, which wins. `alarm_more`: what isn't needed for a list.
 * `fact`: what an alarm can be found by that it may have several of (see `FACT_KINDS`).
 *
 * `alarm_updated` holds all that counting needs: a million alarms are counted without reading their rows.
 */
const VERSION_1 = `
  CREATE TABLE label(l INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
  CREATE TABLE alarm_id(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
  CREATE TABLE alarm(
    n INTEGER PRIMARY KEY, id TEXT NOT NULL, rev INTEGER NOT NULL, node INTEGER NOT NULL,
    title TEXT NOT NULL COLLATE NOCASE, kingdom INTEGER NOT NULL, category INTEGER NOT NULL,
    engine_status INTEGER NOT NULL, engine_tag INTEGER NOT NULL, own_status INTEGER, own_tag INTEGER,
    own_rev INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '',
    status INTEGER GENERATED ALWAYS AS (coalesce(own_status, engine_status)) VIRTUAL,
    tag INTEGER GENERATED ALWAYS AS (coalesce(own_tag, engine_tag)) VIRTUAL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, risk INTEGER NOT NULL, class INTEGER NOT NULL,
    directive INTEGER NOT NULL DEFAULT -1, priority INTEGER, asset_value INTEGER,
    stage INTEGER NOT NULL, stages INTEGER NOT NULL, stage_events INTEGER NOT NULL, stage_occurrence INTEGER NOT NULL,
    progress INTEGER NOT NULL, networks INTEGER NOT NULL, src TEXT NOT NULL, src_count INTEGER NOT NULL,
    dst TEXT NOT NULL, dst_count INTEGER NOT NULL, events INTEGER NOT NULL, intel INTEGER NOT NULL,
    vuln INTEGER NOT NULL, custom TEXT NOT NULL
  );
  CREATE INDEX alarm_updated ON alarm(
    updated, n, status, risk, class, tag, kingdom, category, directive, node, networks, progress
  );
  CREATE INDEX alarm_created ON alarm(created, n);
  CREATE INDEX alarm_risk ON alarm(risk, n, updated);
  CREATE INDEX alarm_title ON alarm(title, n, updated);
  CREATE TABLE alarm_more(n INTEGER PRIMARY KEY, record TEXT NOT NULL, search TEXT NOT NULL);
  CREATE VIRTUAL TABLE alarm_text USING fts5(
    search, content = 'alarm_more', content_rowid = 'n', tokenize = 'trigram', columnsize = 0
  );
  CREATE TABLE fact(n INTEGER NOT NULL, kind INTEGER NOT NULL, value NOT NULL, PRIMARY KEY(n, kind, value)) WITHOUT ROWID;
  CREATE INDEX fact_value ON fact(kind, value);
  CREATE TABLE alarm_event(
    e INTEGER PRIMARY KEY, n INTEGER NOT NULL, stage INTEGER NOT NULL, at INTEGER NOT NULL, event_id TEXT NOT NULL, event TEXT
  );
  CREATE INDEX alarm_event_of ON alarm_event(n, stage, event_id);
  CREATE TABLE activity(
    id INTEGER PRIMARY KEY, n INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, was TEXT, became TEXT
  );
  CREATE INDEX activity_of ON activity(n);
  CREATE TABLE note(id INTEGER PRIMARY KEY, n INTEGER NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL);
  CREATE INDEX note_of ON note(n);
  CREATE VIRTUAL TABLE note_text USING fts5(text, content = 'note', content_rowid = 'id', tokenize = 'trigram');
  CREATE TABLE undo(
    token TEXT NOT NULL, n INTEGER NOT NULL, own_status INTEGER, own_tag INTEGER, own_rev INTEGER NOT NULL,
    note TEXT NOT NULL, note_id INTEGER, rev INTEGER NOT NULL, PRIMARY KEY(token, n)
  ) WITHOUT ROWID;
  CREATE TABLE view(id TEXT PRIMARY KEY, name TEXT NOT NULL, screen TEXT NOT NULL, search TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE journal(
    node TEXT PRIMARY KEY, next INTEGER NOT NULL, at INTEGER NOT NULL, missing INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE counter(one INTEGER PRIMARY KEY CHECK (one = 1), rev INTEGER NOT NULL);
  INSERT INTO counter VALUES(1, 0);
`;

/** What brings a database of one version to the next, by the version that it leads to. */
export const MIGRATIONS: readonly { readonly to: number; readonly sql: string }[] = [{ to: 1, sql: VERSION_1 }];

/** What `fact.kind` says. Texts are kept in lower case, addresses so that networks are ranges (`addressKey`). */
export const FACT_KINDS = { src: 1, dst: 2, port: 3, protocol: 4, plugin: 5, sid: 6, sensor: 7 } as const;
export type FactKind = keyof typeof FACT_KINDS;

/** What `alarm.progress` says. */
export const PROGRESS: readonly AlarmRow["progress"][] = ["live", "timeout", "complete"];
