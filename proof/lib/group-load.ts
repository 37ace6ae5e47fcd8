import { BenchError } from "../../bench/lib/failure.ts";
import { sleep } from "../../bench/lib/waiting.ts";
import { Group, type GroupKind, noiseEvent } from "./groups.ts";
import { PostConnection } from "./post-connection.ts";

export interface GroupLoadOptions {
  port: number;
  kinds: readonly GroupKind[];
  /** Connections, each with a group of its own under way. */
  lanes: number;
  eventsPerSecond: number;
  random: () => number;
}

/** Events of a group that travel in one request, at most; of every such number some lanes make requests. */
const MOST_PER_POST = 12;
/** One event in four concerns nobody. */
const NOISE_SHARE = 0.25;
const ANSWER_MS = 60_000;
/** After a refusal, and while nobody listens, in milliseconds. */
const RETRY_MS = 50;
/** A lane that is later than this doesn't make up for it: the rate is one that is held, not an average. */
const MOST_BEHIND_MS = 500;

export interface LoadCounters {
  /** Events of groups that got 200, and all that got it. */
  acked: number;
  ackedAndNoise: number;
  /** Events in requests that got no answer. */
  unsure: number;
  /** Requests answered with 503 (and then sent again), and events in them. */
  refused: number;
  refusedEvents: number;
  /** Groups that ended before their last event, because their connection did. */
  abandoned: number;
}

/**
 * Posts groups of events at a steady rate over several connections. A request that is refused is sent again; one that
 * gets no answer ends its group, and so does a broken connection: what became of its last events, nobody knows.
 */
export class GroupLoad {
  readonly groups: Group[] = [];
  readonly counters: LoadCounters = {
    acked: 0,
    ackedAndNoise: 0,
    unsure: 0,
    refused: 0,
    refusedEvents: 0,
    abandoned: 0,
  };
  readonly #options: GroupLoadOptions;
  readonly #running: Promise<void>;
  #stopping = false;
  #noise = 0;

  constructor(options: GroupLoadOptions) {
    this.#options = options;
    const lanes = Array.from({ length: options.lanes }, (_, lane) => this.#lane(lane));
    this.#running = Promise.all(lanes).then(() => undefined);
    // Reported by `stop`; until then the other lanes go on.
    this.#running.catch(() => undefined);
  }

  /** Ends after the requests under way; groups may be left half done. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #lane(lane: number): Promise<void> {
    const { lanes, eventsPerSecond } = this.#options;
    const msPerEvent = (1000 * lanes) / eventsPerSecond;
    let dueMs = performance.now() + this.#options.random() * MOST_PER_POST * msPerEvent;
    while (!this.#stopping) {
      const connection = await this.#connect();
      if (connection === undefined) continue;
      while (!this.#stopping && !connection.broken) {
        const group = this.#newGroup(lane);
        while (!this.#stopping && group.left > 0 && (await this.#pace(dueMs, connection))) {
          const events = await this.#postSome(connection, group);
          dueMs = Math.max(dueMs + events * msPerEvent, performance.now() - MOST_BEHIND_MS);
        }
        if (connection.broken && group.left > 0) this.counters.abandoned += 1;
      }
      connection.close();
    }
  }

  async #connect(): Promise<PostConnection | undefined> {
    try {
      return await PostConnection.open(this.#options.port);
    } catch {
      await sleep(RETRY_MS);
      return undefined;
    }
  }

  /** Waits until the next request is due; false when the connection broke meanwhile. */
  async #pace(dueMs: number, connection: PostConnection): Promise<boolean> {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    return !connection.broken;
  }

  #newGroup(lane: number): Group {
    const { kinds, random } = this.#options;
    const kind = kinds[Math.floor(random() * kinds.length)];
    if (kind === undefined) throw new Error("broken invariant: no kinds of groups");
    const group = new Group(this.groups.length, kinds, kind, lane);
    this.groups.push(group);
    return group;
  }

  /** Posts the next events of the group until they are taken, or nobody can say; returns how many were in the request. */
  async #postSome(connection: PostConnection, group: Group): Promise<number> {
    const { random } = this.#options;
    const count = Math.min(group.left, 1 + Math.floor(random() * MOST_PER_POST * random()));
    const timestamp = new Date().toISOString();
    const events: string[] = [];
    for (let i = 0; i < count; i++) {
      if (random() < NOISE_SHARE / (1 - NOISE_SHARE)) events.push(noiseEvent(this.#noise++, timestamp));
      events.push(group.event(group.acked + i, timestamp));
    }
    const body = events.length === 1 ? (events[0] ?? "") : `[${events.join()}]`;
    for (;;) {
      const answer = await connection.post(body, ANSWER_MS);
      if (answer === 200) {
        group.acknowledge(count, performance.now());
        this.counters.acked += count;
        this.counters.ackedAndNoise += events.length;
      } else if (answer === 503 && !this.#stopping) {
        this.counters.refused += 1;
        this.counters.refusedEvents += events.length;
        await sleep(RETRY_MS);
        continue;
      } else if (answer === undefined) {
        group.unsure = count;
        this.counters.unsure += count;
      } else if (answer !== 503) {
        throw new BenchError(`the frontend answered ${answer} to ${body.slice(0, 200)}`);
      }
      return events.length;
    }
  }
}
