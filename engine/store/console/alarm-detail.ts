import type { DatabaseSync } from "node:sqlite";
import { type AlarmRecord, type AlarmRule, alarmRecordSchema } from "../../contract/alarm.ts";
import type { Activity, AlarmDetail, StoredAlarmEvent } from "../../contract/console/alarms.ts";
import { eventSchema } from "../../contract/event.ts";
import { activityText } from "./activity-text.ts";
import { alarmRow, ROW_COLUMNS } from "./alarm-rows.ts";
import type { Labels } from "./labels.ts";

const MAX_ACTIVITY = 1000;

/** One alarm, its events and its history. */
export class AlarmDetails {
  readonly #db: DatabaseSync;
  readonly #labels: Labels;

  constructor(db: DatabaseSync, labels: Labels) {
    this.#db = db;
    this.#labels = labels;
  }

  detail(id: string): AlarmDetail | undefined {
    const row = this.#db
      .prepare(
        `SELECT ${ROW_COLUMNS}, a.engine_status, a.engine_tag, a.priority, a.asset_value, m.record FROM alarm a ` +
          "JOIN alarm_more m ON m.n = a.n WHERE a.n = (SELECT n FROM alarm_id WHERE id = ?)",
      )
      .get(id);
    if (row === undefined) return undefined;
    const record = alarmRecordSchema.parse(JSON.parse(String(row.record)));
    const stageFacts = stageFactsOf(record, this.#eventsByStage(Number(row.n)));
    const finished = stageFacts.filter(({ state }) => state === "finished");
    const notes = this.#db.prepare("SELECT id, at, who, text FROM note WHERE n = ? ORDER BY id").all(Number(row.n));
    return {
      ...alarmRow(row, this.#labels),
      record,
      engineStatus: this.#labels.text(Number(row.engine_status)),
      engineTag: this.#labels.text(Number(row.engine_tag)),
      notes: notes.map(({ id: note, at, who, text }) => ({
        ...{ id: Number(note), at: Number(at), by: String(who), text: String(text) },
      })),
      stageFacts,
      factors: {
        ...(row.priority === null ? {} : { priority: Number(row.priority) }),
        ...(finished.at(-1) === undefined ? {} : { reliability: finished.at(-1)?.reliability ?? 0 }),
        ...(row.asset_value === null ? {} : { assetValue: Number(row.asset_value) }),
      },
      missing: finished.reduce((sum, { events, occurrence }) => sum + Math.max(0, occurrence - events), 0),
    };
  }

  /** In the order in which they came, by stage. `after`: `next` of the page before. */
  events(id: string, options: { stage?: number; after?: number; limit: number }) {
    const n = this.#number(id);
    if (n === undefined) return undefined;
    const { stage = -1, after = 0, limit } = options;
    const where = stage < 0 ? "n = ?1" : "n = ?1 AND stage = ?2";
    const total = this.#db
      .prepare(`SELECT count(*) AS total FROM alarm_event WHERE ${where} AND ?2 = ?2`)
      .get(n, stage);
    const last = after === 0 ? undefined : this.#db.prepare("SELECT stage FROM alarm_event WHERE e = ?").get(after);
    const rows = this.#db
      .prepare(
        `SELECT e, stage, at, event_id, event FROM alarm_event WHERE ${where} AND (stage, e) > (?3, ?4) AND ?2 = ?2 ` +
          "ORDER BY stage, e LIMIT ?5",
      )
      .all(n, stage, Number(last?.stage ?? -1), after, limit + 1);
    const events = rows.slice(0, limit).map((row): StoredAlarmEvent => {
      const { e, event_id, event } = row;
      return {
        ...{ seq: Number(e), stage: Number(row.stage), eventId: String(event_id), at: Number(row.at) },
        ...(event === null ? {} : { event: eventSchema.parse(JSON.parse(String(event))) }),
      };
    });
    const more = rows.length > limit ? { next: events.at(-1)?.seq ?? 0 } : {};
    return { events, total: Number(total?.total), ...more };
  }

  /** The newest first. */
  activity(id: string): Activity[] | undefined {
    const n = this.#number(id);
    if (n === undefined) return undefined;
    return this.#db
      .prepare("SELECT id, at, who, kind, was, became FROM activity WHERE n = ? ORDER BY id DESC LIMIT ?")
      .all(n, MAX_ACTIVITY)
      .map(activityText);
  }

  /** Of an alarm only: not of a backlog that is none yet. */
  #number(id: string): number | undefined {
    const row = this.#db.prepare("SELECT n FROM alarm WHERE n = (SELECT n FROM alarm_id WHERE id = ?)").get(id);
    return row === undefined ? undefined : Number(row.n);
  }

  #eventsByStage(n: number): ReadonlyMap<number, number> {
    const rows = this.#db
      .prepare("SELECT stage, count(*) AS events FROM alarm_event WHERE n = ? GROUP BY stage")
      .all(n);
    return new Map(rows.map(({ stage, events }) => [Number(stage), Number(events)]));
  }
}

function stageFactsOf(record: AlarmRecord, events: ReadonlyMap<number, number>): AlarmDetail["stageFacts"] {
  const rules = record.rules.toSorted((a, b) => a.stage - b.stage);
  const current = rules.find(({ status }) => status === undefined)?.stage;
  return rules.map((rule) => ({
    ...{ stage: rule.stage, name: rule.name, state: stateOf(rule, current), events: events.get(rule.stage) ?? 0 },
    ...{ occurrence: rule.occurrence, reliability: rule.reliability },
    ...(rule.start_time === undefined ? {} : { start: rule.start_time * 1000 }),
    ...(rule.end_time === undefined ? {} : { end: rule.end_time * 1000 }),
  }));
}

function stateOf(rule: AlarmRule, current: number | undefined): AlarmDetail["stageFacts"][number]["state"] {
  if (rule.status !== undefined) return rule.status;
  return rule.stage === current ? "current" : "waiting";
}
