import { alarmRecordOf, lookupTargetsOf } from "../alarm/alarm-record.ts";
import { alarmEventLine } from "../alarm/record.ts";
import type { AlarmRecorder } from "../alarm/recorder.ts";
import type { Backlog, BacklogHits } from "../backlog/backlog.ts";
import type { CorrelatorSink } from "../backlog/sink.ts";
import type { LogFields, Logger } from "../base/log.ts";
import type { NormalizedEvent } from "../contract/event.ts";

export interface AlarmSinkOptions {
  recorder: Pick<AlarmRecorder, "submit">;
  /** Takes a line of siem_alarm_events.json. */
  appendEventLine: (line: string) => void;
  /** Whether any provider is enabled: without one, alarms carry no hits and nothing is gathered for look-ups. */
  looksUp: boolean;
  log: Logger;
}

const NO_HITS: BacklogHits = { intel: [], vulnerabilities: [] };

/** What the correlator changes, written down: alarm-event lines, alarm records, and the log texts people search for. */
export class AlarmSink implements CorrelatorSink {
  readonly #options: AlarmSinkOptions;

  constructor(options: AlarmSinkOptions) {
    this.#options = options;
  }

  backlogCreated(backlog: Backlog, event: NormalizedEvent): void {
    const { log } = this.#options;
    if (log.sample("new backlog created")) log.info("new backlog created", fieldsOf(backlog, event));
  }

  eventRecorded(backlog: Backlog, stage: number, event: NormalizedEvent): void {
    this.#options.appendEventLine(alarmEventLine(backlog.id, stage, event.event_id));
  }

  eventDiscarded(backlog: Backlog, event: NormalizedEvent): void {
    const { log } = this.#options;
    if (log.sample("discarded out of order event")) log.info("discarded out of order event", fieldsOf(backlog, event));
  }

  stageFinished(backlog: Backlog, stage: number, event: NormalizedEvent, riskBefore: number): void {
    const { log } = this.#options;
    if (backlog.risk !== riskBefore && log.sample("risk changed")) {
      log.info(`risk changed from ${riskBefore} to ${backlog.risk}`, fieldsOf(backlog, event));
    }
    if (backlog.stage !== stage && log.sample("stage increased")) {
      log.info(`stage increased to ${backlog.stage}`, fieldsOf(backlog, event));
    }
  }

  recordDue(backlog: Backlog, lookUp: boolean): void {
    const record = alarmRecordOf(backlog);
    if (record === undefined) return;
    const { recorder, looksUp } = this.#options;
    recorder.submit(record, this.#hitsOf(backlog), looksUp && lookUp ? lookupTargetsOf(backlog) : undefined);
  }

  backlogRemoved(backlog: Backlog, why: "complete" | "timeout"): void {
    const { log } = this.#options;
    const message = why === "complete" ? "backlog complete" : "backlog expired";
    if (!log.sample(message)) return;
    log.info(message, { "directive.id": backlog.header.directiveId, "backlog.id": backlog.id });
  }

  /** Where the recorder adds what it finds; nothing is ever added where nobody is asked. */
  #hitsOf(backlog: Backlog): BacklogHits {
    if (!this.#options.looksUp) return backlog.hits ?? NO_HITS;
    backlog.hits ??= { intel: [], vulnerabilities: [] };
    return backlog.hits;
  }
}

function fieldsOf(backlog: Backlog, event: NormalizedEvent): LogFields {
  return {
    "event.id": event.event_id,
    "directive.id": backlog.header.directiveId,
    "backlog.id": backlog.id,
    "conn.id": event.conn_id,
  };
}
