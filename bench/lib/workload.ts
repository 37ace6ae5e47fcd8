/**
 * What the benches send: events of one size, of which one in so many concerns a directive. Everything follows from
 * an event's number, so that the process that sends and the one that checks need not talk about it.
 */
export interface Workload {
  /** One event in so many matches; 0: none does. */
  readonly matchEvery: number;
  /** Matching events go round so many directives. */
  readonly directives: number;
  /** ... and round so many source addresses of each, and thus so many backlogs. */
  readonly sources: number;
  /** As the frontend publishes it (with `conn_id` and `rcvd_time`) or as a client posts it. */
  readonly form: "published" | "posted";
}

/** The size of an event that the floors in the specification were measured with (stack.md). */
export const EVENT_BYTES = 592;

const ID_DIGITS = 10;
const TIMESTAMP = "2026-01-01T00:00:00.000Z";
/** Non-matching events have the plugins of the directives, and event types that none names. */
const PLUGINS = 50;
const FOREIGN_SIDS = 3_000_000;

/** Plugin and event types of a directive's rules. */
export function pluginOf(directive: number): { id: number; sids: readonly number[] } {
  const first = 2_000_000 + directive * 4;
  return { id: 1001 + (directive % PLUGINS), sids: [first, first + 1, first + 2] };
}

/** One directive in twenty goes by product and category. */
export function isTaxonomy(directive: number): boolean {
  return directive % 20 === 19;
}

export function taxonomyOf(directive: number): { product: string; category: string } {
  return { product: "Web Proxy", category: `Policy ${directive}` };
}

function eventId(sequence: number): string {
  return `e${String(sequence).padStart(ID_DIGITS, "0")}`;
}

/** Whether the event of this number concerns a directive: the last of every `matchEvery`. */
export function isMatching(workload: Workload, sequence: number): boolean {
  return workload.matchEvery > 0 && sequence % workload.matchEvery === workload.matchEvery - 1;
}

/** Matching events among those numbered from `first`, `count` of them. */
export function matchingIn(workload: Workload, first: number, count: number): number {
  const { matchEvery } = workload;
  if (matchEvery === 0) return 0;
  return Math.floor((first + count) / matchEvery) - Math.floor(first / matchEvery);
}

/** The text of one event, `EVENT_BYTES` long, with its number in its id and all else by the number's place in the cycle. */
export function eventText(workload: Workload, sequence: number): string {
  const round = workload.matchEvery > 0 ? Math.floor(sequence / workload.matchEvery) : sequence;
  const directive = round % Math.max(1, workload.directives);
  const source = Math.floor(round / Math.max(1, workload.directives)) % workload.sources;
  const plugin = pluginOf(directive);
  const matching = isMatching(workload, sequence);
  const byTaxonomy = matching && isTaxonomy(directive);
  const named = matching && !byTaxonomy;
  const event = {
    event_id: eventId(sequence),
    timestamp: TIMESTAMP,
    sensor: "suricata-edge-01",
    title: "ET SCAN Behavioral Unusually fast Terminal Server Traffic",
    src_ip: `45.${byte(directive >> 4)}.${byte(source >> 8)}.${byte(source)}`,
    dst_ip: `10.20.${byte(directive)}.${1 + (sequence % 13)}`,
    plugin_id: named ? plugin.id : pluginOf(sequence).id,
    plugin_sid: named ? plugin.sids[sequence % 3] : FOREIGN_SIDS + (sequence % 997),
    ...(byTaxonomy
      ? taxonomyOf(directive)
      : { product: "Intrusion Detection System", category: "Attempted Information Leak" }),
    subcategory: "Network Scan",
    protocol: "TCP",
    src_port: 40_000 + (sequence % 9973),
    dst_port: 3389,
    custom_label1: "flow_id",
    custom_data1: String(1_877_654_320_000_000 + sequence),
    custom_label2: "url",
    custom_data2: "",
    src_index_pattern: "suricata-*",
    ...(workload.form === "published" ? { conn_id: 1, rcvd_time: 0 } : {}),
  };
  const text = JSON.stringify(event).replace(/"rcvd_time":0/, `"rcvd_time":${Date.now()}000000`);
  if (text.length > EVENT_BYTES) throw new Error(`broken invariant: an event of ${text.length} bytes`);
  const padding = "/portal/session?view=summary&token=".padEnd(EVENT_BYTES - text.length, "0123456789abcdef");
  return text.replace('"custom_data2":""', `"custom_data2":"${padding.slice(0, EVENT_BYTES - text.length)}"`);
}

function byte(value: number): number {
  return value & 0xff;
}

/** Events ready to be sent: the texts of one cycle, of which each copy gets its own id and time. */
export class EventStream {
  readonly #texts: Buffer[];
  readonly #idAt: number;
  readonly #timestampAt: number;

  constructor(workload: Workload) {
    this.#texts = Array.from({ length: cycleOf(workload) }, (_, i) => Buffer.from(eventText(workload, i), "latin1"));
    const sample = this.#texts[0] ?? Buffer.alloc(0);
    this.#idAt = sample.indexOf('"event_id":"e') + '"event_id":"e'.length;
    this.#timestampAt = sample.indexOf(TIMESTAMP);
  }

  /** Writes the event of this number and time (24 characters, `…Z`) at the offset; it takes `EVENT_BYTES`. */
  write(target: Buffer, offset: number, sequence: number, timestamp: string): void {
    this.#texts[sequence % this.#texts.length]?.copy(target, offset);
    let rest = sequence;
    for (let at = offset + this.#idAt + ID_DIGITS - 1; rest > 0; at--) {
      target[at] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    // The template's own number stands in the places that a shorter number leaves.
    for (let digits = String(sequence).length; digits < ID_DIGITS; digits++) {
      target[offset + this.#idAt + ID_DIGITS - 1 - digits] = 0x30;
    }
    target.write(timestamp, offset + this.#timestampAt, "latin1");
  }
}

/** So many texts hold the workload's whole pattern, some times over, so that repeating them goes on with it. */
function cycleOf({ matchEvery, directives, sources }: Workload): number {
  const pattern = Math.max(1, matchEvery) * Math.max(1, directives) * sources;
  if (pattern > LONGEST_PATTERN) throw new Error(`broken invariant: a pattern of ${pattern} events`);
  return pattern * Math.max(1, Math.floor(USUAL_CYCLE / pattern));
}

const USUAL_CYCLE = 50_000;
const LONGEST_PATTERN = 200_000;
