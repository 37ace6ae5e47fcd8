import { eventKey } from "../../base/raw-event.ts";
import type { Verdict } from "../../contract/console/events.ts";
import type { DirectiveOutcome, EventOutcome, OutcomeBatch, SkippedOutcome } from "../../contract/outcomes.ts";

/** Events of which something was heard: what is shown at once, and what came while it was shown. */
const MAX_EVENTS = 20_000;
/** Directives that one verdict names; the rest is counted. */
const MAX_DIRECTIVES = 32;

const UNKNOWN: Verdict = { kind: "unknown" };
const UNWATCHED: Verdict = { kind: "unknown", unwatched: true };

/** Where the nodes agree that an event ended early, the gravest cause is the one to tell. */
const GRAVEST_FIRST: readonly SkippedOutcome[] = ["queue_full", "malformed", "invalid", "whitelisted"];

interface Said {
  readonly node: string;
  readonly outcome: EventOutcome;
}

interface Entry {
  /** What each node said. */
  readonly said: Said[];
  verdict: Verdict;
}

export interface VerdictsOptions {
  /** The backends that are known. */
  nodes: () => readonly string[];
  /** Since when they have been asked what becomes of events, milliseconds since the epoch; `undefined` while they aren't. */
  askedSince: () => number | undefined;
  maxEvents?: number;
}

/**
 * What became of the events that came in last, joined from what each backend says. "No directive" and "not matched" hold
 * once all known backends have said so; until then, and where something was lost on the bus, the verdict is unknown.
 */
export class Verdicts {
  readonly #options: VerdictsOptions;
  /** By `eventKey`; the one heard of first is the first to be forgotten. */
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(key: string, verdict: Verdict) => void>();

  constructor(options: VerdictsOptions) {
    this.#options = options;
  }

  /** What is known of an event that came in at that time. */
  of(key: string, at: number): Verdict {
    const entry = this.#entries.get(key);
    if (entry !== undefined) return entry.verdict;
    const { askedSince } = this.#options;
    const since = askedSince();
    return since === undefined || at < since ? UNWATCHED : UNKNOWN;
  }

  /** What is known of all events, by their keys. */
  all(): Map<string, Verdict> {
    return new Map(Array.from(this.#entries, ([key, { verdict }]) => [key, verdict]));
  }

  /** Hears of every verdict that is new or has changed; returns how to end that. */
  onChange(listener: (key: string, verdict: Verdict) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hear({ node, outcomes }: OutcomeBatch): void {
    const nodes = this.#options.nodes();
    for (const outcome of outcomes) this.#note(node, outcome, nodes);
  }

  forget(): void {
    this.#entries.clear();
  }

  #note(node: string, outcome: EventOutcome, nodes: readonly string[]): void {
    const key = eventKey(outcome.boot, outcome.conn_id, outcome.event_id);
    const entry = this.#entries.get(key) ?? this.#begin(key);
    // Over a bus that repeats, the same event comes twice: the word of the first time holds.
    if (entry.said.some((said) => said.node === node)) return;
    entry.said.push({ node, outcome });
    const verdict = joined(entry.said, nodes);
    if (verdict.kind === "unknown") return;
    entry.verdict = verdict;
    for (const listener of this.#listeners) listener(key, verdict);
  }

  #begin(key: string): Entry {
    const { maxEvents = MAX_EVENTS } = this.#options;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= maxEvents) this.#entries.delete(oldest);
    const entry: Entry = { said: [], verdict: UNKNOWN };
    this.#entries.set(key, entry);
    return entry;
  }
}

/** What all of them together mean. */
function joined(said: readonly Said[], nodes: readonly string[]): Verdict {
  const matched = matchedBy(said);
  if (matched !== undefined) return matched;
  if (nodes.some((node) => said.every((each) => each.node !== node))) return UNKNOWN;
  const outcomes = new Set(said.map(({ outcome }) => outcome.outcome));
  const cause = GRAVEST_FIRST.find((each) => outcomes.has(each));
  if (cause !== undefined) return { kind: "skipped", cause };
  return { kind: outcomes.has("correlated") ? "not matched" : "no directive" };
}

/** One match is enough, whatever the others will say. */
function matchedBy(said: readonly Said[]): Verdict | undefined {
  const directives: (DirectiveOutcome & { node: string })[] = [];
  let matched = false;
  let more = 0;
  for (const { node, outcome } of said) {
    if (outcome.outcome !== "correlated") continue;
    matched ||= outcome.matched > 0;
    more += outcome.moreDirectives ?? 0;
    for (const directive of outcome.directives) {
      if (directives.length < MAX_DIRECTIVES) directives.push({ ...directive, node });
      else more += 1;
    }
  }
  if (!matched) return undefined;
  return { kind: "matched", directives, ...(more > 0 && { more }) };
}
