import { alarmRecordOf, lookupTargetsOf } from "../alarm/alarm-record.ts";
import { alarmEventLine } from "../alarm/record.ts";
import type { AlarmRecorder } from "../alarm/recorder.ts";
import type { Backlog, BacklogHits } from "../backlog/backlog.ts";
import type { ChangeWriter } from "../backlog/changes.ts";
import type { BacklogEnd, CorrelatorSink } from "../backlog/sink.ts";
import type { LogFields, Logger } from "../base/log.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { AlarmOrigin } from "../contract/journal.ts";

export interface AlarmSinkOptions {
  recorder: Pick<AlarmRecorder, "submit">;
  /** Takes a line of siem_alarm_events.json. */
  appendEventLine: (line: string) => void;
  /** Whether any provider is enabled: without one, alarms carry no hits and nothing is gathered for look-ups. */
  looksUp: boolean;
  /** Absent where no state is kept. */
  changes?: ChangeWriter | undefined;
  /** Gets every recorded event in full; absent while the journal is off. */
  journalEvent?: ((alarmId: string, stage: number, event: NormalizedEvent) => void) | undefined;
  log: Logger;
}

const END_MESSAGES: Readonly<Record<BacklogEnd, string>> = {
  complete: "backlog complete",
  timeout: "backlog expired",
  closed: "backlog closed by hand",
  unloaded: "backlog ended with its directive",
};
const NO_HITS: BacklogHits = { backlog: 0, intel: [], vulnerabilities: [] };

/**
 * What the correlator changes, written down: alarm-event lines, alarm records, the state that outlives the process, and
 * the log texts people search for.
 */
export class AlarmSink implements CorrelatorSink {
  readonly #options: AlarmSinkOptions;

  constructor(options: AlarmSinkOptions) {
    this.#options = options;
  }

  backlogCreated(backlog: Backlog, event: NormalizedEvent): void {
    const { changes, log } = this.#options;
    changes?.created(backlog);
    if (log.sample("new backlog created")) log.info("new backlog created", fieldsOf(backlog, event));
  }

  eventRecorded(backlog: Backlog, stage: number, event: NormalizedEvent): void {
    const { appendEventLine, changes, journalEvent } = this.#options;
    appendEventLine(alarmEventLine(backlog.id, stage, event.event_id));
    changes?.recorded(backlog, stage, event);
    journalEvent?.(backlog.id, stage, event);
  }

  stickySeen(backlog: Backlog, stage: number, value: string | number): void {
    this.#options.changes?.stickySeen(backlog, stage, value);
  }

  eventDiscarded(backlog: Backlog, event: NormalizedEvent): void {
    const { log } = this.#options;
    if (log.sample("discarded out of order event")) log.info("discarded out of order event", fieldsOf(backlog, event));
  }

  stageFinished(backlog: Backlog, stage: number, event: NormalizedEvent, riskBefore: number): void {
    const { changes, log } = this.#options;
    changes?.stageFinished(backlog, stage);
    if (backlog.risk !== riskBefore && log.sample("risk changed")) {
      log.info(`risk changed from ${riskBefore} to ${backlog.risk}`, fieldsOf(backlog, event));
    }
    if (backlog.stage !== stage && log.sample("stage increased")) {
      log.info(`stage increased to ${backlog.stage}`, fieldsOf(backlog, event));
    }
  }

  recordDue(backlog: Backlog, lookUp: boolean): void {
    const { changes, journalEvent, recorder, looksUp } = this.#options;
    const isFirst = backlog.createdTime === 0;
    const record = alarmRecordOf(backlog);
    if (record === undefined) return;
    if (isFirst) changes?.alarmBegan(backlog);
    const targets = looksUp && lookUp ? lookupTargetsOf(backlog) : undefined;
    recorder.submit(record, this.#hitsOf(backlog), targets, journalEvent && originOf(backlog));
  }

  backlogRemoved(backlog: Backlog, why: BacklogEnd): void {
    const { changes, log } = this.#options;
    changes?.removed(backlog.ordinal);
    const message = END_MESSAGES[why];
    if (!log.sample(message)) return;
    log.info(message, { "directive.id": backlog.header.directiveId, "backlog.id": backlog.id });
  }

  /** Where the recorder adds what it finds; nothing is ever added where nobody is asked. */
  #hitsOf(backlog: Backlog): BacklogHits {
    if (!this.#options.looksUp) return backlog.hits ?? NO_HITS;
    backlog.hits ??= { backlog: backlog.ordinal, intel: [], vulnerabilities: [] };
    return backlog.hits;
  }
}

function originOf(backlog: Backlog): AlarmOrigin {
  const { directiveId: id, priority } = backlog.header;
  return { directive: { id, priority }, assetValue: backlog.highestValue() };
}

function fieldsOf(backlog: Backlog, event: NormalizedEvent): LogFields {
  return {
    "event.id": event.event_id,
    "directive.id": backlog.header.directiveId,
    "backlog.id": backlog.id,
    "conn.id": event.conn_id,
  };
}
