import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { errorText } from "../../base/errors.ts";
import type { AlarmRecord } from "../../contract/alarm.ts";
import { importedEventSchema, importedRecordSchema } from "../../contract/imported.ts";
import { AlarmIngest } from "./ingest.ts";
import { LabelWriter } from "./labels.ts";
import { ConsoleStoreError, openWriter } from "./open-database.ts";
import { Transactions } from "./transactions.ts";

/** Names of the files, and of those that were rotated away. */
const FILE = /^siem_alarm(s|_events)[.]json/;
/** Lines that are taken in together: a console that runs writes in between. */
const BATCH = 2000;
/** The node of an alarm whose file doesn't name one. */
const NODE = "imported";

export interface ImportReport {
  files: number;
  alarms: number;
  /** Alarms that were there already, as new or newer. */
  knownAlarms: number;
  events: number;
  knownEvents: number;
  /** Events of backlogs that never became an alarm. */
  strayEvents: number;
}

/** A line that was skipped. */
export interface BadLine {
  file: string;
  /** From 1. */
  line: number;
  text: string;
}

interface Line {
  file: string;
  number: number;
  text: string;
}

/**
 * Takes the alarm files of an earlier installation into the database: of each alarm its latest record, and its events by
 * their ids. Doing it again changes nothing. A console may use the database meanwhile.
 * @param path a folder that has the files, or its `logs` has, or a single file
 * @throws ConsoleStoreError when there is nothing to take in, or the database can't be used
 */
export async function importFiles(
  database: string,
  path: string,
  options: { nowMs: number; onBadLine: (line: BadLine) => void },
): Promise<ImportReport> {
  const files = alarmFiles(path);
  const db = openWriter(database);
  try {
    return await new Import(db, options).run(files);
  } finally {
    db.close();
  }
}

function alarmFiles(path: string): string[] {
  try {
    if (statSync(path).isFile()) return [path];
    for (const folder of [path, join(path, "logs")]) {
      const names = safeNames(folder).filter((name) => FILE.test(name));
      // The oldest first: of two records of the same second the one written last is the latest.
      const byAge = names.map((name) => join(folder, name)).sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
      if (byAge.length > 0) return byAge;
    }
  } catch (error) {
    throw new ConsoleStoreError(`${path} can't be read: ${errorText(error)}`, error);
  }
  throw new ConsoleStoreError(`there is neither siem_alarms.json nor siem_alarm_events.json in ${path}`);
}

function safeNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** One run over some files: twice for alarms, since only the latest record of each counts, and then for events. */
class Import {
  readonly #db: ReturnType<typeof openWriter>;
  readonly #ingest: AlarmIngest;
  readonly #transactions: Transactions;
  readonly #nowMs: number;
  readonly #onBadLine: (line: BadLine) => void;
  readonly #report: ImportReport = {
    ...{ files: 0, alarms: 0, knownAlarms: 0, events: 0, knownEvents: 0, strayEvents: 0 },
  };

  constructor(
    db: ReturnType<typeof openWriter>,
    { nowMs, onBadLine }: { nowMs: number; onBadLine: (line: BadLine) => void },
  ) {
    const labels = new LabelWriter(db);
    this.#db = db;
    this.#ingest = new AlarmIngest(db, labels);
    this.#transactions = new Transactions(db, labels, () => undefined);
    this.#nowMs = nowMs;
    this.#onBadLine = onBadLine;
  }

  async run(files: readonly string[]): Promise<ImportReport> {
    this.#report.files = files.length;
    const latest = await this.#latestRecords(files);
    for await (const batch of batches(files)) {
      this.#inTransaction(batch, (line, rev) => {
        if (latest.has(keyOf(line))) this.#takeRecord(importedRecordSchema.parse(JSON.parse(line.text)), rev);
      });
    }
    for await (const batch of batches(files)) {
      this.#inTransaction(batch, (line, rev) => {
        if (isEvent(line.text)) this.#takeEvent(line, rev);
      });
    }
    return this.#report;
  }

  /** The places of the latest record of each alarm. Says which lines can't be read. */
  async #latestRecords(files: readonly string[]): Promise<ReadonlySet<string>> {
    const latest = new Map<string, { updated: number; key: string }>();
    for await (const batch of batches(files)) {
      for (const line of batch) {
        if (isEvent(line.text)) continue;
        try {
          const { alarm_id, update_time } = importedRecordSchema.parse(JSON.parse(line.text));
          const before = latest.get(alarm_id);
          if (before === undefined || before.updated <= update_time) {
            latest.set(alarm_id, { updated: update_time, key: keyOf(line) });
          }
        } catch (error) {
          this.#bad(line, error);
        }
      }
    }
    return new Set([...latest.values()].map(({ key }) => key));
  }

  #takeRecord(record: AlarmRecord, rev: number): void {
    const known = this.#db
      .prepare("SELECT updated FROM alarm WHERE n = (SELECT n FROM alarm_id WHERE id = ?)")
      .get(record.alarm_id)?.updated;
    if (known !== undefined && Number(known) >= record.update_time * 1000) {
      this.#report.knownAlarms += 1;
      return;
    }
    this.#ingest.record({ record, node: NODE, isImported: true }, this.#nowMs, rev);
    this.#report.alarms += 1;
  }

  #takeEvent(line: Line, rev: number): void {
    let event: ReturnType<typeof importedEventSchema.parse>;
    try {
      event = importedEventSchema.parse(JSON.parse(line.text));
    } catch (error) {
      this.#bad(line, error);
      return;
    }
    const alarm = this.#db
      .prepare("SELECT created FROM alarm WHERE n = (SELECT n FROM alarm_id WHERE id = ?)")
      .get(event.alarm_id);
    if (alarm === undefined) {
      this.#report.strayEvents += 1;
      return;
    }
    // When it came nobody noted; it was not before the alarm's beginning.
    const taken = this.#ingest.eventId(event.alarm_id, event.stage, event.event_id, Number(alarm.created), rev);
    if (taken) this.#report.events += 1;
    else this.#report.knownEvents += 1;
  }

  #inTransaction(batch: readonly Line[], take: (line: Line, rev: number) => void): void {
    this.#transactions.engine((rev) => {
      for (const line of batch) take(line, rev);
      return { ns: [], result: undefined };
    });
  }

  #bad({ file, number, text }: Line, error: unknown): void {
    const reason = error instanceof SyntaxError ? `it isn't JSON: ${errorText(error)}` : "it isn't a line of an alarm";
    this.#onBadLine({ file: basename(file), line: number, text: `${reason}: ${text.slice(0, 80)}` });
  }
}

async function* batches(files: readonly string[]): AsyncGenerator<Line[]> {
  for (const file of files) {
    let batch: Line[] = [];
    let number = 0;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (text.trim() !== "") batch.push({ file, number, text });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }
}

/** An event's line has this key and a record's never has it: records may be megabytes, and are parsed once less. */
function isEvent(text: string): boolean {
  return /^\{[^[{]*"event_id"\s*:/.test(text);
}

function keyOf({ file, number }: Line): string {
  return `${number} ${file}`;
}
