import type { Hit } from "../contract/alarm.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { CompiledRule, CompiledRules } from "../directive/compile.ts";
import type { AddressFacts, Inventory } from "../inventory/inventory.ts";
import type { BacklogView, ReferredEvent, Subject } from "../match/checks.ts";
import { type Few, fewHas, fewSize, fewValues, fewWith, fewWithout } from "./few.ts";
import { type Pairs, pairsHave, pairsWith } from "./pairs.ts";

/** A stage's first event: what later stages may refer to, and its id for the console. */
export type StageEvent = ReferredEvent & { readonly event_id: string };

/** As much of an event as counting it in needs. */
export type RecordedEvent = Pick<
  NormalizedEvent,
  keyof StageEvent | "custom_label1" | "custom_label2" | "custom_label3" | "seconds"
>;

export type StageStatus = "" | "finished" | "timeout";

/** The state of one stage of one backlog (engine.md §8). */
export class StageState {
  /** Distinct event ids: a repeated one counts once. */
  eventIds: Few<string> = undefined;
  /** Values of the `sticky_different` field that count as seen. */
  stickyValues: Few<string | number> = undefined;
  first: StageEvent | undefined = undefined;
  /** Whole epoch seconds of event time; 0 when the stage hasn't begun. */
  startTime = 0;
  /** Whole epoch seconds of event time; 0 until the stage is finished. */
  endTime = 0;
  status: StageStatus = "";
}

/** The hits of intel and vulnerability look-ups, kept for the alarm's life. */
export interface BacklogHits {
  /** Ordinal of the backlog that they belong to. */
  readonly backlog: number;
  intel: Hit[];
  vulnerabilities: Hit[];
}

/**
 * What the backlogs of a directive share: all that they take from it but the rules, which a loaded backlog brings
 * itself, and from its surroundings.
 */
export interface BacklogHeader {
  readonly directiveId: number;
  readonly kingdom: string;
  readonly category: string;
  readonly priority: number;
  readonly alwaysActive: boolean;
  readonly status: string;
  readonly tag: string;
  readonly inventory: Inventory;
}

/** Custom data up to this length is written down again rather than looked up. */
const SHORT_CUSTOM_DATA = 32;
/** The address that stands for "none" and leaves the set once another one is there (engine.md §8). */
export const NO_ADDRESS = "0.0.0.0";

/**
 * One directive's live progress: which stage it is at, what each stage has seen. Plain state and how it grows; what
 * an event does to it is decided by the correlator.
 */
export class Backlog implements BacklogView {
  /** The alarm's id, nine characters of the nanoid alphabet. */
  readonly id: string;
  /** Grows with each backlog: the order in which backlogs of a directive are offered an event. */
  readonly ordinal: number;
  readonly header: BacklogHeader;
  readonly rules: CompiledRules;
  /** `stages[0]` is stage 1. */
  readonly stages: readonly StageState[];
  title: string;
  /** The current stage, counted from 1. */
  stage = 1;
  risk = 0;
  /** "" until the risk first changed. */
  riskClass = "";
  sources: Few<string> = undefined;
  destinations: Few<string> = undefined;
  /** Addresses with the ports they were seen with: what vulnerability look-ups ask about. */
  sourceSockets: Pairs<number> = undefined;
  destinationSockets: Pairs<number> = undefined;
  /** Home networks of the addresses seen, canonical text. */
  networks: Few<string> = undefined;
  /** Labels with their contents. */
  customData: Pairs<string> = undefined;
  hits: BacklogHits | undefined = undefined;
  /** Whole epoch seconds; 0 until the first alarm record. */
  createdTime = 0;
  /** Whole epoch seconds of the last recorded event, wall clock. */
  updateTime = 0;
  /**
   * Which of the custom data of the event recorded last was there before and needn't be kept again: the sum of 1, 2 and 4
   * for the first, second and third. None of an event that begins a stage, because later stages may refer to it.
   */
  knownCustomData = 0;
  /** When the expiry check of this backlog runs every 10 s: the moment it was created or loaded, in milliseconds. */
  readonly bornMs: number;
  /** Bucket of the expiry queue that holds the backlog; -1 while it is in none. */
  expiryBucket = -1;
  /** What the inventory knows of the addresses seen last: the same again brings nothing new. */
  #lastSource: AddressFacts | undefined = undefined;
  #lastDestination: AddressFacts | undefined = undefined;
  /** The event (by the correlator's count) that last found this backlog, and at which stage: see the correlator. */
  foundBy = 0;
  foundStage = 0;

  constructor(id: string, ordinal: number, header: BacklogHeader, rules: CompiledRules, title: string, bornMs: number) {
    this.id = id;
    this.ordinal = ordinal;
    this.header = header;
    this.rules = rules;
    this.title = title;
    this.bornMs = bornMs;
    this.stages = rules.map(() => new StageState());
  }

  get priority(): number {
    return this.header.priority;
  }

  /** The rule of a stage; asking for one that isn't there is a broken invariant. */
  rule(stage: number): CompiledRule {
    return entry(this.rules, stage);
  }

  state(stage: number): StageState {
    return entry(this.stages, stage);
  }

  firstEvent(stage: number): StageEvent | undefined {
    return this.stages[stage - 1]?.first;
  }

  hasSticky(stage: number, value: string | number): boolean {
    return fewHas(this.state(stage).stickyValues, value);
  }

  latestEndBefore(stage: number): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (let earlier = 0; earlier < stage - 1; earlier++) {
      const state = this.stages[earlier];
      if (state !== undefined && state.status !== "" && state.endTime > latest) latest = state.endTime;
    }
    return latest;
  }

  countWith(stage: number, eventId: string): number {
    const { eventIds } = this.state(stage);
    return fewSize(eventIds) + (fewHas(eventIds, eventId) ? 0 : 1);
  }

  highestValueWith(subject: Subject): number {
    return Math.max(
      this.#highestOf(this.sources, subject.source.text),
      this.#highestOf(this.destinations, subject.destination.text),
    );
  }

  /** The highest asset value of any address seen (engine.md §8). */
  highestValue(): number {
    return Math.max(this.#highestOf(this.sources), this.#highestOf(this.destinations));
  }

  /** As `record` would leave these addresses with one `more`, without touching them. */
  #highestOf(addresses: Few<string>, more?: string): number {
    const { inventory } = this.header;
    const values = fewValues(addresses);
    if (more !== undefined && !fewHas(addresses, more)) values.push(more);
    let highest = 0;
    for (const address of values) {
      if (more !== undefined && address === NO_ADDRESS && values.length > 1) continue;
      highest = Math.max(highest, inventory.facts(address).value);
    }
    return highest;
  }

  /** Counts an event in at a stage and remembers its addresses, ports and custom data (engine.md §8). */
  record(
    stage: number,
    { event, source, destination }: { event: RecordedEvent; source: AddressFacts; destination: AddressFacts },
    nowSeconds: number,
  ): void {
    const state = this.state(stage);
    // Dsiem-rs saves no first events: a stage that it had begun keeps its start, and is bound to what comes next.
    if (state.eventIds === undefined) state.startTime = event.seconds;
    const isFirst = state.first === undefined;
    if (isFirst) state.first = stageEvent(event);
    state.eventIds = fewWith(state.eventIds, event.event_id);
    if (source !== this.#lastSource) {
      this.#lastSource = source;
      this.sources = withAddress(this.sources, event.src_ip);
      this.#addNetworks(source);
    }
    if (destination !== this.#lastDestination) {
      this.#lastDestination = destination;
      this.destinations = withAddress(this.destinations, event.dst_ip);
      this.#addNetworks(destination);
    }
    this.sourceSockets = pairsWith(this.sourceSockets, event.src_ip, event.src_port);
    this.destinationSockets = pairsWith(this.destinationSockets, event.dst_ip, event.dst_port);
    const known =
      this.#addCustomData(event.custom_label1, event.custom_data1) +
      2 * this.#addCustomData(event.custom_label2, event.custom_data2) +
      4 * this.#addCustomData(event.custom_label3, event.custom_data3);
    this.knownCustomData = isFirst ? 0 : known;
    this.updateTime = nowSeconds;
  }

  #addNetworks(facts: AddressFacts): void {
    for (const network of facts.networks) this.networks = fewWith(this.networks, network);
  }

  /** 1 when it is long and was there before, else 0. */
  #addCustomData(label: string, content: string): 0 | 1 {
    if (content === "") return 0;
    if (content.length > SHORT_CUSTOM_DATA && pairsHave(this.customData, label, content)) return 1;
    this.customData = pairsWith(this.customData, label, content);
    return 0;
  }
}

function entry<T>(list: readonly T[], stage: number): T {
  const found = list[stage - 1];
  if (found === undefined) throw new Error(`broken invariant: there is no stage ${stage}`);
  return found;
}

function stageEvent(event: RecordedEvent): StageEvent {
  return {
    event_id: event.event_id,
    src_ip: event.src_ip,
    dst_ip: event.dst_ip,
    src_port: event.src_port,
    dst_port: event.dst_port,
    protocol: event.protocol,
    custom_data1: event.custom_data1,
    custom_data2: event.custom_data2,
    custom_data3: event.custom_data3,
  };
}

function withAddress(addresses: Few<string>, address: string): Few<string> {
  const all = fewWith(addresses, address);
  return fewSize(all) > 1 && fewHas(all, NO_ADDRESS) ? fewWithout(all, NO_ADDRESS) : all;
}
