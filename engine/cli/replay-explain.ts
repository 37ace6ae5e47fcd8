import type { Backlog } from "../backlog/backlog.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { Explanation } from "../contract/explain.ts";
import { explainDoor } from "../explain/door.ts";
import { ExpiredBacklogs, type LastExpired } from "../explain/expired.ts";
import { explainEvent } from "../explain/explain.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { type Fate, fateOf, withFates } from "../replay/fate.ts";
import type { ReplayEnd, ReplayRun } from "../replay/replay-run.ts";

/** The answer about the event that was asked for, at the moment at which it came. */
export interface ExplainedEvent {
  /** How many events before it had been read, and this one. */
  number: number;
  line: number;
  node: string;
  explanation: Explanation;
}

/** Waits for the one event that `--explain` names, in one node's replay, and then for what becomes of it. */
export class EventQuestion {
  readonly #wanted: string;
  readonly #node: string;
  readonly #run: ReplayRun;
  readonly #counted: Backlog[] = [];
  /** For an event that came too late. */
  readonly #expired = new ExpiredBacklogs();
  readonly #fates = new Map<string, Fate>();
  #found: Omit<ExplainedEvent, "node"> | undefined;
  #isNow = false;

  /** `wanted`: an event id, or one with a colon and a directive id behind it. */
  constructor(wanted: string, node: string, run: ReplayRun) {
    this.#wanted = wanted;
    this.#node = node;
    this.#run = run;
  }

  /** Before the event is correlated, and after time has gone on to it. */
  before(event: NormalizedEvent, number: number, line: number): void {
    this.#isNow = false;
    if (this.#found !== undefined) return;
    const directiveId = askedOf(this.#wanted, event.event_id);
    if (directiveId === undefined) return;
    const lastExpired: LastExpired = (directive, stage) => this.#expired.last(directive, stage);
    const options = directiveId === "all" ? { lastExpired } : { directiveId, lastExpired };
    this.#found = { number, line, explanation: explainEvent(this.#run.correlator, event, options) };
    this.#isNow = true;
  }

  /** A line that couldn't be used may be the event that is asked about. */
  refused(bytes: Uint8Array, number: number, line: number, inventory: Inventory): void {
    if (this.#found !== undefined || !names(bytes, this.#wanted)) return;
    const door = explainDoor(bytes, inventory);
    if (door.kind === "passes") return;
    this.#found = { number, line, explanation: { door, sentence: door.sentence, directives: [], others: [] } };
  }

  counted(backlog: Backlog): void {
    if (this.#isNow) this.#counted.push(backlog);
  }

  ended(end: ReplayEnd): void {
    if (this.#found === undefined) this.#expired.note(end.backlog, end.why, end.atMs, 0);
    if (this.#counted.includes(end.backlog)) this.#fates.set(end.backlog.id, fateOf(end));
  }

  /** `undefined` when there was no such event. */
  answer(): ExplainedEvent | undefined {
    if (this.#found === undefined) return undefined;
    const explanation = withFates(this.#found.explanation, this.#counted, (id) => this.#fates.get(id));
    return { ...this.#found, node: this.#node, explanation };
  }
}

/** Of which directive is asked when this event is; `undefined` when it isn't. An event id may itself hold colons. */
function askedOf(wanted: string, eventId: string): number | "all" | undefined {
  if (wanted === eventId) return "all";
  if (!wanted.startsWith(`${eventId}:`)) return undefined;
  const rest = wanted.slice(eventId.length + 1);
  return /^\d{1,15}$/.test(rest) ? Number(rest) : undefined;
}

/** Whether the bytes, which aren't an event, have the id in quotes. */
function names(bytes: Uint8Array, wanted: string): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const without = wanted.replace(/:\d{1,15}$/, "");
  return [wanted, without].some((id) => text.includes(JSON.stringify(id)));
}
