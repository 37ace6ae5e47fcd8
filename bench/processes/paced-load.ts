// Posts events at a fixed rate, as pipelines do, and follows the backend's two files: how long from a post until its
// line is written, and until the alarm record of a stage that it finished is.

import { machineMs } from "../lib/clock.ts";
import { quantile } from "../lib/figures.ts";
import { EventsRequest, HttpConnection } from "../lib/http-connection.ts";
import { LineFollower } from "../lib/line-follower.ts";
import { EventStream, isMatching, matchingIn, type Workload } from "../lib/workload.ts";
import { answerCalls } from "./answer.ts";

export interface PacedLoad {
  port: number;
  alarmEvents: string;
  alarms: string;
  /** Events that finish stage 1, 2, … of every directive. */
  occurrences: readonly number[];
  workload: Workload;
  eventsPerSecond: number;
  /** This share of the events goes in arrays of `perArray`, the rest one by one. */
  arrayShare: number;
  perArray: number;
  arrayConnections: number;
  singleConnections: number;
}

/** How often is looked for what is due and for new lines, in milliseconds. */
const TICK_MS = 1;
/** So long after the last post its lines may come. */
const LAST_LINES_MS = 10_000;
const ID_KEY = '"event_id":"e';
const FINISHED = '"status":"finished"';

/** One way of sending: connections of one kind, and what is due on them. */
interface Lane {
  readonly perPost: number;
  readonly eventsPerSecond: number;
  readonly requests: Map<HttpConnection, EventsRequest>;
  readonly free: HttpConnection[];
  sent: number;
  /** Nothing was free when a request was due: until that is made up for, times count from when they were due. */
  behind: boolean;
}

class PacedRun {
  readonly #load: PacedLoad;
  readonly #stream: EventStream;
  readonly #lanes: Lane[] = [];
  readonly #alarmEvents: LineFollower;
  readonly #alarms: LineFollower;
  /**
   * Of every event: forty connections deliver in no fixed order, and an event of an earlier second than one before it
   * would rightly be discarded as out of order, and look like a loss.
   */
  readonly #timestamp = new Date().toISOString();
  #next = 0;
  /** By the number of the matching event: when its request was due, in milliseconds; 0 once its line was seen. */
  readonly #sentMs: number[] = [];
  readonly #latenciesMs: number[] = [];
  /** By alarm: the event lines of each stage seen so far, and when the event was posted that finished the stage. */
  readonly #stages = new Map<string, { lines: number; finishedBySentMs: number }[]>();
  readonly #recordLatenciesMs: number[] = [];
  #lines = 0;
  #repeated = 0;
  #waits = 0;

  constructor(load: PacedLoad) {
    this.#load = load;
    this.#stream = new EventStream(load.workload);
    this.#alarmEvents = new LineFollower(load.alarmEvents);
    this.#alarms = new LineFollower(load.alarms);
  }

  async connect(): Promise<void> {
    const { port, eventsPerSecond, arrayShare, perArray, arrayConnections, singleConnections } = this.#load;
    const share = eventsPerSecond * arrayShare;
    await this.#addLane(port, arrayConnections, perArray, share);
    await this.#addLane(port, singleConnections, 1, eventsPerSecond - share);
  }

  async #addLane(port: number, connections: number, perPost: number, eventsPerSecond: number): Promise<void> {
    const lane: Lane = { perPost, eventsPerSecond, requests: new Map(), free: [], sent: 0, behind: false };
    for (let i = 0; i < connections; i++) {
      const connection = await HttpConnection.open(port, (answered) => lane.free.push(answered));
      lane.requests.set(connection, new EventsRequest(port, perPost, perPost > 1));
      lane.free.push(connection);
    }
    this.#lanes.push(lane);
  }

  /** Sends for so long and waits for the last lines; what is measured is this call's events only. */
  async run(milliseconds: number) {
    const first = this.#next;
    this.#latenciesMs.length = 0;
    this.#recordLatenciesMs.length = 0;
    this.#waits = 0;
    for (const lane of this.#lanes) lane.sent = 0;
    const startedMs = machineMs();
    for (let now = startedMs; now - startedMs < milliseconds; now = machineMs()) {
      this.#sendDue(now - startedMs, startedMs);
      this.#readLines();
      await tick();
    }
    const elapsedMs = machineMs() - startedMs;
    await this.#awaitLines();
    const sorted = Float64Array.from(this.#latenciesMs).sort();
    const records = Float64Array.from(this.#recordLatenciesMs).sort();
    const count = this.#next - first;
    return {
      events: count,
      eventsPerSecond: (count / elapsedMs) * 1000,
      matching: matchingIn(this.#load.workload, first, count),
      lines: sorted.length,
      lost: matchingIn(this.#load.workload, 0, this.#next) - this.#lines,
      repeated: this.#repeated,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      mostMs: sorted.at(-1) ?? Number.NaN,
      records: records.length,
      recordP50Ms: quantile(records, 0.5),
      recordP99Ms: quantile(records, 0.99),
      /** How often a request was due and no connection free. */
      waits: this.#waits,
    };
  }

  #sendDue(elapsedMs: number, startedMs: number): void {
    for (const lane of this.#lanes) {
      while (lane.sent + lane.perPost <= (elapsedMs * lane.eventsPerSecond) / 1000) {
        // In turn, as pools do: a connection that never got a request is closed by the frontend after five seconds.
        const connection = lane.free.shift();
        if (connection === undefined) {
          lane.behind = true;
          this.#waits += 1;
          break;
        }
        // A timer that fires late is this process's own doing; that no connection was free is the frontend's.
        const dueMs = startedMs + ((lane.sent + lane.perPost) * 1000) / lane.eventsPerSecond;
        this.#send(lane, connection, lane.behind ? dueMs : machineMs());
      }
      if (lane.free.length > 0) lane.behind = false;
    }
  }

  #send(lane: Lane, connection: HttpConnection, sentMs: number): void {
    const { workload } = this.#load;
    const first = this.#next;
    lane.requests.get(connection)?.fill((target, offset, index) => {
      this.#stream.write(target, offset, first + index, this.#timestamp);
      if (isMatching(workload, first + index)) this.#sentMs[matchIndex(workload, first + index)] = sentMs;
    });
    this.#next += lane.perPost;
    lane.sent += lane.perPost;
    const request = lane.requests.get(connection);
    if (request !== undefined) connection.send(request.bytes);
  }

  /** The alarm records last: an event's line is always written before the record of the stage that it finished. */
  #readLines(): void {
    const now = machineMs();
    for (const line of this.#alarmEvents.read()) this.#eventLine(line, now);
    for (const line of this.#alarms.read()) this.#alarmLine(line, now);
  }

  #eventLine(line: string, nowMs: number): void {
    const at = line.indexOf(ID_KEY) + ID_KEY.length;
    const sequence = Number(line.slice(at, line.indexOf('"', at)));
    const match = matchIndex(this.#load.workload, sequence);
    const sentMs = this.#sentMs[match] ?? 0;
    if (sentMs === 0) {
      this.#repeated += 1;
      return;
    }
    this.#sentMs[match] = 0;
    this.#lines += 1;
    this.#latenciesMs.push(nowMs - sentMs);
    this.#noteStage(line, sentMs);
  }

  #noteStage(line: string, sentMs: number): void {
    const { alarm_id, stage } = JSON.parse(line) as { alarm_id: string; stage: number };
    const { occurrences } = this.#load;
    let stages = this.#stages.get(alarm_id);
    if (stages === undefined) {
      stages = occurrences.map(() => ({ lines: 0, finishedBySentMs: 0 }));
      this.#stages.set(alarm_id, stages);
    }
    const seen = stages[stage - 1];
    if (seen === undefined) return;
    seen.lines += 1;
    if (seen.lines === occurrences[stage - 1]) seen.finishedBySentMs = sentMs;
  }

  #alarmLine(line: string, nowMs: number): void {
    const id = (JSON.parse(line) as { alarm_id: string }).alarm_id;
    const stages = this.#stages.get(id);
    const finished = line.split(FINISHED).length - 1;
    const sentMs = stages?.[finished - 1]?.finishedBySentMs ?? 0;
    if (sentMs > 0) this.#recordLatenciesMs.push(nowMs - sentMs);
    if (finished === this.#load.occurrences.length) this.#stages.delete(id);
  }

  async #awaitLines(): Promise<void> {
    const expected = matchingIn(this.#load.workload, 0, this.#next);
    const deadline = machineMs() + LAST_LINES_MS;
    while (this.#lines < expected && machineMs() < deadline) {
      await tick();
      this.#readLines();
    }
  }
}

function matchIndex(workload: Workload, sequence: number): number {
  return Math.floor(sequence / workload.matchEvery);
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TICK_MS));
}

let paced: PacedRun | undefined;

const methods = { connect, run };

async function connect(load: PacedLoad) {
  paced = new PacedRun(load);
  await paced.connect();
}

async function run({ milliseconds }: { milliseconds: number }) {
  if (paced === undefined) throw new Error("broken invariant: not connected");
  return paced.run(milliseconds);
}

export type PacedLoadMethods = typeof methods;
answerCalls(methods);
