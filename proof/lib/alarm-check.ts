import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AlarmRecord, alarmRecordSchema } from "../../engine/contract/alarm.ts";
import { effectsOf, type Group, readEventId } from "./groups.ts";

/** What is wrong, as a few examples and how many there are of each kind: a million lines may be wrong in one way. */
export class Faults {
  readonly #examples = new Map<string, string[]>();
  readonly #counts = new Map<string, number>();

  add(kind: string, example: string): void {
    this.#counts.set(kind, this.count(kind) + 1);
    const examples = this.#examples.get(kind) ?? [];
    if (examples.length < MOST_EXAMPLES) examples.push(example);
    this.#examples.set(kind, examples);
  }

  get kinds(): string[] {
    return [...this.#counts.keys()];
  }

  count(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** Empty when there are none of this kind. */
  examples(kind: string): string {
    return (this.#examples.get(kind) ?? []).join("; ");
  }
}

const MOST_EXAMPLES = 3;

/** Kinds of faults. */
export const TORN = "torn";
export const DOUBLED = "doubled";
export const OUT_OF_ORDER = "out of order";
export const WRONG_STAGE = "wrong stage";
export const SECOND_ALARM = "second alarm";
export const STRANGE = "strange line";
export const RECORD_ORDER = "record order";
export const RECORD_LOST = "record lost";
export const RECORD_DOUBLED = "record doubled";
export const STATE = "saved state";

/** What the alarm files say about one group. */
export interface Written {
  alarmId: string;
  /** Of the line before. */
  lastStep: number;
  /** By step: the stage that its line names, 0 when there is no line. */
  readonly stages: Uint8Array;
  records: number;
  finished: number;
  finalSeen: boolean;
  createdTime: number;
}

interface LostEvent {
  readonly group: Group;
  readonly step: number;
  readonly ackedAtMs: number;
}

export interface AlarmFindings {
  readonly faults: Faults;
  readonly written: Map<number, Written>;
  readonly lines: number;
  readonly records: number;
  /** Events that got 200, and had to have a line, and have none. */
  readonly lost: readonly LostEvent[];
  /** Lines of events whose request got no answer. */
  readonly unsureWritten: number;
}

/** Reads both alarm files and holds every line against what its group makes necessary. */
export async function checkAlarms(
  files: { alarmEvents: string; alarms: string },
  groups: readonly Group[],
): Promise<AlarmFindings> {
  const faults = new Faults();
  const written = new Map<number, Written>();
  const byAlarm = new Map<string, number>();
  const lines = await checkEventLines(files.alarmEvents, groups, { faults, written, byAlarm });
  const records = await checkRecords(files.alarms, { faults, written, byAlarm });
  const lost: LostEvent[] = [];
  let unsureWritten = 0;
  for (const group of groups) {
    const stages = written.get(group.number)?.stages ?? new Uint8Array(group.kind.steps.length);
    const acked = Array.from({ length: group.acked }, (_, i) => i);
    effectsOf(group.kind, acked).forEach(({ stage }, step) => {
      if (stage > 0 && stages[step] === 0) lost.push({ group, step, ackedAtMs: group.ackedAtMs[step] ?? 0 });
    });
    unsureWritten += stages.subarray(group.acked).filter((stage) => stage > 0).length;
    checkGroup(group, written.get(group.number), faults);
  }
  return { faults, written, lines, records, lost, unsureWritten };
}

interface Reading {
  faults: Faults;
  written: Map<number, Written>;
  byAlarm: Map<string, number>;
}

async function checkEventLines(file: string, groups: readonly Group[], reading: Reading): Promise<number> {
  const { faults, written, byAlarm } = reading;
  let lines = 0;
  for await (const line of linesOf(file, faults)) {
    lines += 1;
    const said = parsed<{ alarm_id: string; stage: number; event_id: string }>(line);
    if (said === undefined || Object.keys(said).join() !== "alarm_id,stage,event_id") {
      faults.add(TORN, line.slice(0, 200));
      continue;
    }
    const id = readEventId(said.event_id);
    const group = id === undefined ? undefined : groups[id.group];
    if (id === undefined || group === undefined || id.step >= group.acked + group.unsure) {
      faults.add(STRANGE, line);
      continue;
    }
    const found = written.get(group.number) ?? newWritten(said.alarm_id, group.kind.steps.length);
    written.set(group.number, found);
    if (found.alarmId !== said.alarm_id) faults.add(SECOND_ALARM, `${line} beside ${found.alarmId}`);
    if (found.stages[id.step] !== 0) faults.add(DOUBLED, line);
    else if (id.step < found.lastStep) faults.add(OUT_OF_ORDER, `${line} after event ${found.lastStep}`);
    found.lastStep = Math.max(found.lastStep, id.step);
    found.stages[id.step] = said.stage;
    byAlarm.set(said.alarm_id, group.number);
  }
  return lines;
}

async function checkRecords(file: string, { faults, written, byAlarm }: Reading): Promise<number> {
  let records = 0;
  for await (const line of linesOf(file, faults)) {
    records += 1;
    const record = parsed<AlarmRecord>(line);
    if (record === undefined || !alarmRecordSchema.safeParse(record).success) {
      faults.add(TORN, line.slice(0, 200));
      continue;
    }
    const group = byAlarm.get(record.alarm_id);
    const found = group === undefined ? undefined : written.get(group);
    if (found === undefined) {
      faults.add(STRANGE, `a record of alarm ${record.alarm_id}, which has no event lines`);
      continue;
    }
    checkRecord(record, found, faults);
  }
  return records;
}

/** An alarm's records are in order: what was finished stays finished, and nothing follows the last stage's end. */
function checkRecord(record: AlarmRecord, found: Written, faults: Faults): void {
  const finished = record.rules.filter(({ status }) => status === "finished").length;
  const which = `record ${found.records + 1} of alarm ${record.alarm_id}`;
  if (finished < found.finished) faults.add(RECORD_ORDER, `${which} has ${finished} stages after ${found.finished}`);
  if (record.rules.some(({ status }, at) => (status === "finished") !== at < finished)) {
    faults.add(RECORD_ORDER, `${which} has stages that are finished before those below them`);
  }
  if (found.finalSeen) faults.add(RECORD_ORDER, `${which} follows the one that finished its last stage`);
  if (found.records > 0 && record.created_time !== found.createdTime) {
    faults.add(RECORD_ORDER, `${which} was created at ${record.created_time}, before at ${found.createdTime}`);
  }
  found.records += 1;
  found.finished = finished;
  found.finalSeen = finished === record.rules.length;
  found.createdTime = record.created_time;
}

/** The lines of a group are what its directive makes of just these events, and its records are those that they cause. */
function checkGroup(group: Group, found: Written | undefined, faults: Faults): void {
  if (found === undefined) return;
  const steps = [...found.stages.keys()].filter((step) => found.stages[step] !== 0);
  const effects = effectsOf(group.kind, steps);
  effects.forEach(({ stage }, at) => {
    const step = steps[at] ?? 0;
    if (stage === found.stages[step]) return;
    const where = `event ${step} of group ${group.number} (${group.kind.name}, alarm ${found.alarmId})`;
    faults.add(WRONG_STAGE, `${where} is at stage ${found.stages[step]}, not ${stage}`);
  });
  const due = effects.filter(({ writes }) => writes).length;
  if (found.records === due) return;
  const kind = found.records < due ? RECORD_LOST : RECORD_DOUBLED;
  faults.add(kind, `alarm ${found.alarmId} of a ${group.kind.name} group has ${found.records} records, not ${due}`);
}

/**
 * The backlogs that a clean stop saved are those of the alarms that aren't complete, with just the events that the
 * lines name.
 */
export function checkSavedBacklogs(folder: string, groups: readonly Group[], findings: AlarmFindings): number {
  const { faults, written } = findings;
  const saved = new Map<string, Map<string, number>>();
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+[.]json$/.test(name)) : [];
  for (const name of files) {
    const backlogs = JSON.parse(readFileSync(join(folder, name), "utf8")) as SavedBacklog[];
    for (const { alarm_id, rules } of backlogs) {
      const events = rules.flatMap(({ stage, saved_event_ids = [] }) =>
        saved_event_ids.map((id) => [id, stage] as const),
      );
      if (saved.has(alarm_id)) faults.add(STATE, `backlog ${alarm_id} is saved twice`);
      saved.set(alarm_id, new Map(events));
    }
  }
  for (const group of groups) {
    const found = written.get(group.number);
    if (found === undefined || isComplete(group, found)) continue;
    const events = saved.get(found.alarmId);
    saved.delete(found.alarmId);
    const same = [...found.stages.entries()].every(
      ([step, stage]) => (events?.get(`g${group.number}-${step}`) ?? 0) === stage,
    );
    const where = `backlog ${found.alarmId} of group ${group.number} (${group.kind.name})`;
    if (events === undefined) faults.add(STATE, `${where} isn't saved`);
    else if (!same) faults.add(STATE, `${where} is saved with other events than its lines name`);
  }
  for (const alarmId of saved.keys()) faults.add(STATE, `backlog ${alarmId} is saved, and complete or without lines`);
  return files.length;
}

interface SavedBacklog {
  alarm_id: string;
  rules: { stage: number; saved_event_ids?: string[] }[];
}

function isComplete(group: Group, { stages }: Written): boolean {
  const last = group.kind.stages.length;
  return stages.filter((stage) => stage === last).length >= (group.kind.stages[last - 1]?.occurrence ?? 1);
}

function newWritten(alarmId: string, steps: number): Written {
  return {
    alarmId,
    lastStep: -1,
    stages: new Uint8Array(steps),
    records: 0,
    finished: 0,
    finalSeen: false,
    createdTime: 0,
  };
}

/** The lines of a file; that it ends with one is checked on the way. */
async function* linesOf(file: string, faults: Faults): AsyncGenerator<string> {
  if (!existsSync(file)) return;
  const input = createReadStream(file, { encoding: "utf8", highWaterMark: 1024 * 1024 });
  let last = "\n";
  input.on("data", (text) => {
    last = String(text).slice(-1);
  });
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  if (last !== "\n") faults.add(TORN, `${file} doesn't end with a whole line`);
}

function parsed<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}
