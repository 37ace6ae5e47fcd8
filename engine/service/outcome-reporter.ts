import type { Correlator } from "../backlog/correlator.ts";
import type { Outcome } from "../backlog/outcome.ts";
import type { Clock } from "../base/clock.ts";
import { isObject, isWholeNumber } from "../base/expected.ts";
import type { Bus, Position } from "../bus/bus.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { BOOT_KEY, type DirectiveOutcome, type EventOutcome, type SkippedOutcome } from "../contract/outcomes.ts";
import { outcomesSubject } from "../contract/subjects.ts";
import type { EventIntake, IntakeWatcher } from "./event-intake.ts";
import { packed } from "./fitting.ts";
import { Lease } from "./lease.ts";

/** How often what was collected is published, in milliseconds. */
const PUBLISH_EVERY_MS = 200;
/** Outcomes between two publications; what is more is counted as dropped. 25,000 a second are more than a screen shows. */
const MAX_OUTCOMES = 5_000;
/** Events that were skipped may take so many of these: under a flood of them the rarer others are still told. */
const MAX_SKIPPED = 4_000;
/** Characters that are collected between two publications, half of what `link` lets wait for a slow console. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
/** Bytes of skipped events that are parsed between two publications, to tell which event each of them is. */
const MAX_PARSED_BYTES = 4 * 1024 * 1024;
/** Directives that one outcome names, and effects of each; the rest is counted. */
const MAX_DIRECTIVES = 32;
const MAX_EFFECTS = 32;
/** Characters of an event's id and of its frontend's run: enough to tell them apart. */
const MAX_ID_LENGTH = 256;
/** What a batch holds besides its outcomes takes less than this. */
const ENVELOPE_BYTES = 512;

export interface OutcomeReporterOptions {
  correlator: Pick<Correlator, "onOutcome">;
  intake: Pick<EventIntake, "watcher">;
  bus: Pick<Bus, "publish" | "maxPayload">;
  node: string;
  clock: Clock;
  /** The run of the frontend whose stream the position is in, where the bus knows it (`link`). */
  bootOf: (position: Position) => string | undefined;
}

/** Which event an outcome is about. */
interface Which {
  boot: string;
  conn_id: number;
  event_id: string;
}

/**
 * Tells the console what became of each event, while it watches (operation.md §7). Otherwise neither the correlator
 * nor the intake knows of it, and nothing is made, kept or published. A watch ends by itself unless it is renewed.
 */
export class OutcomeReporter implements IntakeWatcher {
  readonly #options: OutcomeReporterOptions;
  #timer: NodeJS.Timeout | undefined;
  readonly #lease: Lease;
  /** Outcomes as JSON texts, bounded by `MAX_OUTCOMES` and `MAX_CHARACTERS`. */
  #collected: string[] = [];
  #characters = 0;
  #parsedBytes = 0;
  #dropped = 0;
  #batch = 0;
  /** Of the event that the correlator has in hand: told by it, and not yet by the intake. */
  #directives: DirectiveOutcome[] = [];
  #moreDirectives = 0;

  constructor(options: OutcomeReporterOptions) {
    this.#options = options;
    this.#lease = new Lease(options.clock);
  }

  get watched(): boolean {
    return this.#timer !== undefined;
  }

  /** Reports from now on. Returns when that ends unless it is renewed, milliseconds since the epoch. */
  watch(seconds: number): number {
    if (!this.watched) this.#begin();
    return this.#lease.extend(seconds);
  }

  /** Publishes what was collected and reports no more. */
  unwatch(): void {
    if (!this.watched) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#lease.end();
    this.#options.correlator.onOutcome = undefined;
    this.#options.intake.watcher = undefined;
    this.#publish();
    this.#forgetEvent();
  }

  skipped(outcome: SkippedOutcome, payload: Uint8Array, position: Position): void {
    // Before anything is parsed: a flood of what nobody asked for must not cost more because somebody watches.
    const tooMuch = this.#characters >= MAX_CHARACTERS || this.#parsedBytes + payload.length > MAX_PARSED_BYTES;
    if (tooMuch || this.#collected.length >= MAX_SKIPPED) {
      this.#dropped += 1;
      return;
    }
    this.#parsedBytes += payload.length;
    this.#collect({ ...this.#whichOf(payload, position), outcome });
  }

  correlated(event: NormalizedEvent, position: Position, matched: number): void {
    const directives = this.#directives;
    const moreDirectives = this.#moreDirectives;
    this.#forgetEvent();
    if (this.#collected.length >= MAX_OUTCOMES || this.#characters >= MAX_CHARACTERS) {
      this.#dropped += 1;
      return;
    }
    this.#collect({
      ...this.#which(event.conn_id, event.event_id, event.carrier?.[BOOT_KEY], position),
      outcome: "correlated",
      matched,
      directives,
      ...(moreDirectives > 0 && { moreDirectives }),
    });
  }

  #begin(): void {
    this.#batch = 0;
    this.#options.correlator.onOutcome = this.#noteDirective;
    this.#options.intake.watcher = this;
    this.#timer = setInterval(this.#tick, PUBLISH_EVERY_MS);
    // A watch is no reason for a process to live on.
    this.#timer.unref();
  }

  readonly #tick = (): void => {
    if (this.#lease.over) this.unwatch();
    else this.#publish();
  };

  readonly #noteDirective = ({ directiveId, effects, createdBacklogId }: Outcome): void => {
    if (effects.length === 0 && createdBacklogId === undefined) return;
    if (this.#directives.length >= MAX_DIRECTIVES) {
      this.#moreDirectives += 1;
      return;
    }
    const moreEffects = effects.length - MAX_EFFECTS;
    this.#directives.push({
      directiveId,
      effects: moreEffects > 0 ? effects.slice(0, MAX_EFFECTS) : effects,
      ...(createdBacklogId !== undefined && { createdBacklogId }),
      ...(moreEffects > 0 && { moreEffects }),
    });
  };

  #forgetEvent(): void {
    this.#directives = [];
    this.#moreDirectives = 0;
  }

  #collect(outcome: EventOutcome): void {
    const text = JSON.stringify(outcome);
    if (this.#collected.length >= MAX_OUTCOMES || this.#characters + text.length > MAX_CHARACTERS) {
      this.#dropped += 1;
      return;
    }
    this.#collected.push(text);
    this.#characters += text.length;
  }

  #publish(): void {
    const { bus, node } = this.#options;
    this.#parsedBytes = 0;
    const collected = this.#collected;
    if (collected.length === 0 && this.#dropped === 0) return;
    this.#collected = [];
    this.#characters = 0;
    const room = bus.maxPayload - ENVELOPE_BYTES;
    const fitting = collected.filter((text) => Buffer.byteLength(text) < room);
    let dropped = this.#dropped + collected.length - fitting.length;
    this.#dropped = 0;
    const packets = fitting.length === 0 ? [[]] : packed(fitting, room);
    for (const texts of packets) {
      this.#batch += 1;
      const head = `{"node":${JSON.stringify(node)},"batch":${this.#batch},"dropped":${dropped}`;
      bus.publish(outcomesSubject(node), Buffer.from(`${head},"outcomes":[${texts.join()}]}`));
      dropped = 0;
    }
  }

  /** What the payload says of itself, as far as it can be read. */
  #whichOf(payload: Uint8Array, position: Position): Which {
    let said: unknown;
    try {
      said = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
    } catch {
      said = undefined;
    }
    const { conn_id, event_id, carrier } = isObject(said) ? said : {};
    return this.#which(conn_id, event_id, isObject(carrier) ? carrier[BOOT_KEY] : undefined, position);
  }

  #which(connId: unknown, eventId: unknown, carried: unknown, position: Position): Which {
    const boot = this.#options.bootOf(position) ?? carried;
    return {
      boot: shortText(boot),
      conn_id: isWholeNumber(connId, 0, Number.MAX_SAFE_INTEGER) ? connId : 0,
      event_id: shortText(eventId),
    };
  }
}

function shortText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_ID_LENGTH).toWellFormed() : "";
}
