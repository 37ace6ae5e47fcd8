import { closeSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journalAlarm } from "../../alarm/journal.ts";
import { AlarmRecorder } from "../../alarm/recorder.ts";
import { type ChangeLog, ChangeWriter } from "../../backlog/changes.ts";
import { Correlator } from "../../backlog/correlator.ts";
import { EPOCH, HOME } from "../../backlog/testing/scenarios.ts";
import { ManualClock } from "../../base/clock.ts";
import { createLogger } from "../../base/log.ts";
import type { Directive, Rule } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import type { StateChange } from "../../contract/state-change.ts";
import { type FileCalls, REAL_CALLS } from "../../store/append-file.ts";
import { ALARM_EVENTS_FILE, ALARMS_FILE, type OpenedState, openState } from "../../store/open-state.ts";
import { StateCycle } from "../../store/state-cycle.ts";
import { AlarmSink } from "../alarm-sink.ts";

/*
 * A backend without its services, for the properties of the state: the real correlator, sink, recorder, cycle, database
 * and files, one step after the other in one thread, and a bus that delivers again what it wasn't told is done with.
 */

/** A few records. */
const PAGE_BYTES = 4000;

const clock = new ManualClock(EPOCH * 1000);
const logger = createLogger({ level: "ERROR", json: false, target: "t", clock, write: () => undefined });

/** What a backend says between two commits. */
export class Gathered implements ChangeLog {
  events = "";
  alarms = "";
  changes: string[] = [];
  readonly #journal: string[] = [];
  #journalNext = 1;
  #began: number[] = [];
  #ended: number[] = [];
  #rules: [hash: string, text: string][] = [];

  change(line: string): void {
    this.changes.push(line);
  }

  began(ordinal: number): void {
    this.#began.push(ordinal);
  }

  ended(ordinal: number): void {
    this.#ended.push(ordinal);
  }

  rules(hash: string, text: string): void {
    this.#rules.push([hash, text]);
  }

  alarm(line: string): void {
    this.alarms += line;
    this.#journal.push(journalAlarm(line, undefined));
  }

  /** The number that the next entry of the journal gets, after what an earlier process has written. */
  journalFrom(next: number): void {
    this.#journalNext = next;
  }

  get isEmpty(): boolean {
    return this.events === "" && this.alarms === "" && this.changes.length === 0;
  }

  get ruleTexts(): readonly (readonly [hash: string, text: string])[] {
    return this.#rules;
  }

  /** Everything as one batch, and nothing is left. */
  batch(seq: number, sequence: number): Parameters<StateCycle["take"]>[0] {
    const entries = this.#journal.splice(0);
    const first = this.#journalNext;
    this.#journalNext += entries.length;
    const journal = { first, count: entries.length, at: EPOCH * 1000, bytes: Buffer.from(entries.join("\n")) };
    const batch = {
      kind: "batch" as const,
      seq,
      events: Buffer.from(this.events),
      alarms: Buffer.from(this.alarms),
      commit: {
        changes: Buffer.from(this.changes.join("\n")),
        began: this.#began,
        ended: this.#ended,
        rules: this.#rules,
        waits: [],
        waitsNoMore: [],
        position: { stream: "run", sequence },
        savedFiles: undefined,
        journal: entries.length === 0 ? undefined : journal,
      },
    };
    this.events = "";
    this.alarms = "";
    this.changes = [];
    this.#began = [];
    this.#ended = [];
    this.#rules = [];
    return batch;
  }
}

/** A correlator whose alarm ids follow from the events: played again, the same events give the same ids. */
export class Backend {
  readonly correlator: Correlator;
  #sequence = 0;
  #createdByEvent = 0;

  constructor(directives: readonly Directive[], gathered: Gathered, keepsState = true) {
    const recorder = new AlarmRecorder({
      lookups: undefined,
      emit: (line) => gathered.alarm(line),
      logger,
    });
    this.correlator = new Correlator({
      inventory: HOME,
      sink: new AlarmSink({
        recorder,
        appendEventLine: (line) => {
          gathered.events += line;
        },
        looksUp: false,
        changes: keepsState ? new ChangeWriter(gathered, (text) => text) : undefined,
        log: logger,
      }),
      newAlarmId: () => {
        this.#createdByEvent += 1;
        return `${this.#sequence}-${this.#createdByEvent}`;
      },
      medRiskMin: 3,
      medRiskMax: 6,
      status: "Open",
      tag: "Identified Threat",
      minAlarmLifetimeSeconds: 0,
      idleDirectivesMs: 600_000,
    });
    for (const directive of directives) this.correlator.addDirective(directive, () => directive);
  }

  /** The event with this number in the stream, a second after the one before it. */
  process(event: NormalizedEvent, sequence: number): void {
    this.#sequence = sequence;
    this.#createdByEvent = 0;
    this.correlator.process(event, (EPOCH + sequence) * 1000);
  }

  rebuild(changes: Iterable<StateChange>, rules: Iterable<readonly [hash: string, text: string]>): string[] {
    const byHash = new Map(Array.from(rules, ([hash, text]) => [hash, JSON.parse(text) as Rule[]]));
    return this.correlator.rebuild(changes, byHash, () => true, EPOCH * 1000).reasons;
  }

  /** As text, so that two backends can be compared. */
  get state(): string {
    return JSON.stringify([...this.correlator.snapshot()].sort(([a], [b]) => a - b));
  }
}

/** A process is killed: from this step on nothing of it reaches the disk any more. */
class Killed extends Error {}

/** Where a life ends. */
export interface Fate {
  /** The step with the files or the database at which it is killed. */
  diesAt: number;
  /** How much of the bytes of a write(2) that it dies in is in the file, in eighths. */
  eighths: number;
  /** Whether the alarm files are renamed before it starts. */
  rotates: boolean;
  /** After how many events something is handed over. */
  everyEvents: number;
}

/** Takes count of what a process does with its disk, and kills it. */
class Steps {
  readonly #fate: Fate | undefined;
  #count = 0;
  #dead = false;
  readonly #open = new Set<number>();
  /** A write stopped in the middle of a line. */
  tore = false;

  constructor(fate: Fate | undefined) {
    this.#fate = fate;
  }

  get dead(): boolean {
    return this.#dead;
  }

  step(): void {
    if (this.#dies()) throw new Killed();
  }

  get calls(): FileCalls {
    return {
      ...REAL_CALLS,
      openSync: (path, flags, mode) => {
        this.step();
        const fd = REAL_CALLS.openSync(path, flags, mode);
        this.#open.add(fd);
        return fd;
      },
      closeSync: (fd) => {
        if (this.#open.delete(fd)) REAL_CALLS.closeSync(fd);
      },
      writeSync: (fd, bytes, offset, length) => {
        const dies = this.#dies();
        const part = dies ? Math.floor((length * (this.#fate?.eighths ?? 0)) / 8) : length;
        if (!dies || (part > 0 && this.#open.has(fd))) REAL_CALLS.writeSync(fd, bytes, offset, part);
        if (!dies) return part;
        this.tore = part > 0 && bytes[offset + part - 1] !== 0x0a;
        throw new Killed();
      },
      fstatSync: (fd, options) => {
        this.step();
        return REAL_CALLS.fstatSync(fd, options);
      },
      // Nobody pulls the plug here: what was written stays written.
      fdatasyncSync: () => this.step(),
      fsyncSync: () => this.step(),
    };
  }

  /** What the system does when a process is gone. */
  closeAll(): void {
    for (const fd of this.#open) closeSync(fd);
    this.#open.clear();
  }

  #dies(): boolean {
    this.#count += 1;
    if (this.#dead) return true;
    this.#dead = this.#count === this.#fate?.diesAt;
    return this.#dead;
  }
}

/** How a life ended. */
export type End = "in recovery" | "in the middle of a line" | "elsewhere" | "in peace";

/** What outlives the processes of a backend: its folder, and the frontend with the events that it has for it. */
export class World {
  readonly #folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dsiem-state-"));
  readonly #directives: readonly Directive[];
  readonly #events: readonly NormalizedEvent[];
  #acknowledged = 0;
  #rotations = 0;
  /** The state of the last life that ended in peace, and its journal: the number of each entry and its alarm record. */
  state = "";
  journal: [seq: number, record: string][] = [];

  constructor(directives: readonly Directive[], events: readonly NormalizedEvent[]) {
    this.#directives = directives;
    this.#events = events;
  }

  /** A process from its start to its end, which comes with its fate, or in peace once it has all events. */
  async live(fate: Fate | undefined): Promise<End> {
    if (fate?.rotates === true) this.#rotate();
    const steps = new Steps(fate);
    let opened: OpenedState;
    try {
      const databasePath = join(this.#folder, ".state", "node.db");
      opened = await openState({ folder: this.#folder, databasePath, nowMs: 0 }, steps.calls);
    } catch (error) {
      steps.closeAll();
      if (!(error instanceof Killed)) throw error;
      return "in recovery";
    }
    this.#serve(opened, steps, fate?.everyEvents ?? 1);
    steps.closeAll();
    if (!steps.dead) return "in peace";
    return steps.tore ? "in the middle of a line" : "elsewhere";
  }

  /** What a file holds, after what it held under each name that it was renamed to. */
  contents(name: string): string[] {
    const old = Array.from({ length: this.#rotations }, (_, i) => `${name}.${i + 1}`);
    const present = new Set(readdirSync(this.#folder));
    return [...old, name]
      .filter((each) => present.has(each))
      .map((each) => readFileSync(join(this.#folder, each), "utf8"));
  }

  destroy(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #rotate(): void {
    this.#rotations += 1;
    for (const name of [ALARMS_FILE, ALARM_EVENTS_FILE]) {
      const path = join(this.#folder, name);
      if (existsSync(path)) renameSync(path, `${path}.${this.#rotations}`);
    }
  }

  #serve({ database, files, stored }: OpenedState, steps: Steps, everyEvents: number): void {
    if (database === undefined || stored === undefined) throw new Error("no state was opened");
    const commit = database.commit.bind(database);
    database.commit = (what) => {
      steps.step();
      commit(what);
    };
    let handed = 0;
    const cycle = new StateCycle(files, database, (report) => {
      if (report.kind === "written") this.#acknowledged = handed;
    });
    const gathered = new Gathered();
    gathered.journalFrom(stored.journalNext);
    const backend = new Backend(this.#directives, gathered);
    const left = backend.rebuild(changesOf(stored.changes), stored.rules);
    if (left.length > 0) throw new Error(left.join("; "));
    // The frontend goes on behind what the state has, or was told is done with.
    const from = Math.max(stored.position?.sequence ?? 0, this.#acknowledged);
    for (let sequence = from + 1; sequence <= this.#events.length && !steps.dead; sequence++) {
      const event = this.#events[sequence - 1];
      if (event === undefined) break;
      backend.process(event, sequence);
      if (gathered.isEmpty) {
        this.#acknowledged = sequence;
      } else if (sequence % everyEvents === 0 || sequence === this.#events.length) {
        handed = sequence;
        cycle.take(gathered.batch(sequence, sequence));
      }
    }
    if (!steps.dead) {
      this.state = backend.state;
      this.journal = readJournal(database);
    }
    cycle.close();
  }
}

/** Page by page, as a console asks that was away. */
function readJournal(database: NonNullable<OpenedState["database"]>): [seq: number, record: string][] {
  const all: [number, string][] = [];
  for (let next = 1; ; ) {
    const page = database.journal.since(next, PAGE_BYTES);
    for (const entry of page.entries) {
      const { record, seq } = JSON.parse(entry) as { seq: number; record: unknown };
      all.push([seq, JSON.stringify(record)]);
    }
    if (page.next > page.last) return all;
    if (page.next <= next) throw new Error(`the journal leads from ${next} to ${page.next}`);
    next = page.next;
  }
}

function* changesOf(rows: readonly Uint8Array[]): Generator<StateChange> {
  for (const row of rows) {
    for (const line of Buffer.from(row).toString("utf8").split("\n")) yield JSON.parse(line) as StateChange;
  }
}
