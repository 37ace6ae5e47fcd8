import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AlarmRecord } from "../../contract/alarm.ts";
import type { EventInput } from "../../contract/event.ts";
import { alarmColumns } from "./alarm-columns.ts";
import { eventFacts, type Fact, recordFacts } from "./facts.ts";
import type { LabelWriter } from "./labels.ts";
import { PROGRESS } from "./schema.ts";

/** What the engine says of an alarm. */
export interface EngineAlarm {
  record: AlarmRecord;
  node: string;
  directive?: { id: number; priority: number } | undefined;
  assetValue?: number | undefined;
  /** From the files of an earlier installation. */
  isImported?: boolean;
}

/** What the writer must know of an alarm to take in the next thing about it. */
interface Known {
  risk: number;
  stage: number;
  progress: number;
  updated: number;
  search: string;
}

const EVENT_COLUMNS = "n, stage, at, event_id, event";

/** Takes in what the engine tells: records and events, each within the transaction of its batch. */
export class AlarmIngest {
  readonly #labels: LabelWriter;
  readonly #do: Record<
    | "find"
    | "name"
    | "known"
    | "insert"
    | "update"
    | "more"
    | "textOut"
    | "textIn"
    | "fact"
    | "event"
    | "eventCounts"
    | "stageEvents"
    | "allEvents"
    | "activity"
    | "hasEvent",
    StatementSync
  >;

  constructor(db: DatabaseSync, labels: LabelWriter) {
    this.#labels = labels;
    this.#do = {
      find: db.prepare("SELECT n FROM alarm_id WHERE id = ?"),
      name: db.prepare("INSERT INTO alarm_id(id) VALUES(?)"),
      known: db.prepare(
        "SELECT a.risk, a.stage, a.progress, a.updated, m.search FROM alarm a JOIN alarm_more m ON m.n = a.n WHERE a.n = ?",
      ),
      insert: db.prepare(INSERT_ALARM),
      update: db.prepare(UPDATE_ALARM),
      more: db.prepare("INSERT OR REPLACE INTO alarm_more(n, record, search) VALUES(?, ?, ?)"),
      textOut: db.prepare("INSERT INTO alarm_text(alarm_text, rowid, search) VALUES('delete', ?, ?)"),
      textIn: db.prepare("INSERT INTO alarm_text(rowid, search) VALUES(?, ?)"),
      fact: db.prepare("INSERT OR IGNORE INTO fact(n, kind, value) VALUES(?, ?, ?)"),
      event: db.prepare(`INSERT INTO alarm_event(${EVENT_COLUMNS}) VALUES(?, ?, ?, ?, ?)`),
      eventCounts: db.prepare(
        "UPDATE alarm SET events = events + 1, stage_events = stage_events + (stage = ?), rev = ? WHERE n = ?",
      ),
      stageEvents: db.prepare("SELECT count(*) AS events FROM alarm_event WHERE n = ? AND stage = ?"),
      allEvents: db.prepare("SELECT count(*) AS events FROM alarm_event WHERE n = ?"),
      activity: db.prepare("INSERT INTO activity(n, at, who, kind, was, became) VALUES(?, ?, '', ?, ?, ?)"),
      hasEvent: db.prepare("SELECT 1 FROM alarm_event WHERE n = ? AND stage = ? AND event_id = ? LIMIT 1"),
    };
  }

  /** The alarm's number, a new one if nothing was heard of it yet. */
  number(id: string): number {
    return Number(this.#do.find.get(id)?.n ?? this.#do.name.run(id).lastInsertRowid);
  }

  /**
   * Takes a record in; one that is older than what is known changes nothing. `at`: when it was written down. Returns the
   * alarm's number, or `undefined` when nothing changed.
   */
  record(alarm: EngineAlarm, at: number, rev: number): number | undefined {
    const { record } = alarm;
    const n = this.number(record.alarm_id);
    const known = this.#known(n);
    const columns = alarmColumns(record);
    if (known !== undefined && columns.updated < known.updated) return undefined;
    const values = this.#values(n, alarm, columns, rev);
    if (known === undefined) this.#do.insert.run(values);
    else this.#do.update.run(values);
    if (known?.search !== columns.search) {
      if (known !== undefined) this.#do.textOut.run(n, known.search);
      this.#do.textIn.run(n, columns.search);
    }
    this.#do.more.run(n, JSON.stringify(record), columns.search);
    this.#facts(n, recordFacts(record));
    if (alarm.isImported === true) this.#do.activity.run(n, at, "import", null, null);
    else this.#note(n, at, known, { ...columns, risk: record.risk });
    return n;
  }

  /** Takes an event in, whole. Returns the alarm's number where there is one already. */
  event(alarmId: string, stage: number, at: number, event: EventInput, rev: number): number | undefined {
    const n = this.number(alarmId);
    this.#do.event.run(n, stage, at, event.event_id, JSON.stringify(event));
    this.#facts(n, eventFacts(event));
    return this.#do.eventCounts.run(stage, rev, n).changes === 0 ? undefined : n;
  }

  /** Takes in what an earlier installation knows of an event. Returns whether it wasn't there already. */
  eventId(alarmId: string, stage: number, eventId: string, at: number, rev: number): boolean {
    const n = this.number(alarmId);
    if (this.#do.hasEvent.get(n, stage, eventId) !== undefined) return false;
    this.#do.event.run(n, stage, at, eventId, null);
    this.#do.eventCounts.run(stage, rev, n);
    return true;
  }

  #known(n: number): Known | undefined {
    const row = this.#do.known.get(n);
    if (row === undefined) return undefined;
    const { risk, stage, progress, updated, search } = row;
    return {
      ...{ risk: Number(risk), stage: Number(stage), progress: Number(progress) },
      ...{ updated: Number(updated), search: String(search) },
    };
  }

  #facts(n: number, facts: Iterable<Fact>): void {
    for (const [kind, value] of facts) this.#do.fact.run(n, kind, value);
  }

  /** What happened, for the alarm's history. */
  #note(n: number, at: number, was: Known | undefined, is: { risk: number; stage: number; progress: number }): void {
    if (was === undefined) this.#do.activity.run(n, at, "created", null, String(is.risk));
    else {
      if (was.risk !== is.risk) this.#do.activity.run(n, at, "risk", String(was.risk), String(is.risk));
      if (was.stage !== is.stage) this.#do.activity.run(n, at, "stage", String(was.stage), String(is.stage));
    }
    const progress = PROGRESS[is.progress];
    if (progress !== undefined && is.progress > 0 && was?.progress !== is.progress) {
      this.#do.activity.run(n, at, progress, null, String(is.stage));
    }
  }

  #values(n: number, alarm: EngineAlarm, columns: ReturnType<typeof alarmColumns>, rev: number) {
    const { record, node, directive, assetValue } = alarm;
    const label = (text: string): number => this.#labels.number(text);
    return {
      ...{ n, id: record.alarm_id, rev, node: label(node), title: record.title, risk: record.risk },
      ...{ kingdom: label(record.kingdom), category: label(record.category), class: label(record.risk_class) },
      ...{ engine_status: label(record.status), engine_tag: label(record.tag) },
      ...{ created: columns.created, updated: columns.updated, progress: columns.progress, custom: columns.custom },
      ...{ directive: directive?.id ?? -1, priority: directive?.priority ?? null, asset_value: assetValue ?? null },
      ...{ stage: columns.stage, stages: columns.stages, stage_occurrence: columns.occurrence },
      stage_events: Number(this.#do.stageEvents.get(n, columns.stage)?.events),
      events: Number(this.#do.allEvents.get(n)?.events),
      networks: label(record.networks.join("\n")),
      ...{ src: record.src_ips[0] ?? "", src_count: record.src_ips.length },
      ...{ dst: record.dst_ips[0] ?? "", dst_count: record.dst_ips.length },
      ...{ intel: record.intel_hits?.length ?? 0, vuln: record.vulnerabilities?.length ?? 0 },
    };
  }
}

const COLUMNS = [
  ...["id", "rev", "node", "title", "kingdom", "category", "engine_status", "engine_tag", "created", "updated", "risk"],
  ...[
    "class",
    "directive",
    "priority",
    "asset_value",
    "stage",
    "stages",
    "stage_events",
    "stage_occurrence",
    "progress",
  ],
  ...["networks", "src", "src_count", "dst", "dst_count", "events", "intel", "vuln", "custom"],
];
const INSERT_ALARM = `INSERT INTO alarm(n, ${COLUMNS.join(", ")}) VALUES($n, ${COLUMNS.map((name) => `$${name}`).join(", ")})`;
/** What an engine says once it keeps saying: a journal of before doesn't know directives. */
const KEPT = new Set(["directive", "priority", "asset_value"]);
const UPDATE_ALARM = `UPDATE alarm SET ${COLUMNS.map((name) => {
  if (!KEPT.has(name)) return `${name} = $${name}`;
  return name === "directive"
    ? "directive = CASE WHEN $directive < 0 THEN directive ELSE $directive END"
    : `${name} = coalesce($${name}, ${name})`;
}).join(", ")} WHERE n = $n`;
