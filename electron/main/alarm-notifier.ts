import type { AlarmNews } from "./alarm-watch.ts";

/** What is shown, and where a click leads. */
export interface Notice {
  title: string;
  body: string;
  route: string;
}

/** As in the console's settings. */
export interface NotificationRules {
  enabled: boolean;
  minRisk: number;
  mutedDirectives: readonly number[];
}

export interface NotifierClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls once after so many milliseconds; the returned function takes that back. */
  after(milliseconds: number, call: () => void): () => void;
}

/** After a notification the next one gathers what comes within this time, in milliseconds (console.md §5). */
export const DIGEST_MS = 30_000;
/** Titles that a digest names. */
const NAMED = 3;
const TITLE_MAX = 120;

/**
 * Decides which alarms are told: the first at once, then what comes within 30 s as one digest, so that a storm of alarms
 * is two notifications a minute and not a thousand.
 */
export class AlarmNotifier {
  readonly #show: (notice: Notice) => void;
  readonly #clock: NotifierClock;
  #rules: NotificationRules;
  #pausedUntil = 0;
  #waiting = new Map<string, AlarmNews>();
  #gathering = false;
  #cancel: (() => void) | undefined;

  constructor(show: (notice: Notice) => void, clock: NotifierClock, rules: NotificationRules) {
    this.#show = show;
    this.#clock = clock;
    this.#rules = rules;
  }

  /** 0 when there is no pause. */
  get pausedUntil(): number {
    return this.#pausedUntil > this.#clock.now() ? this.#pausedUntil : 0;
  }

  /** No notifications for so many minutes; what comes meanwhile is not told later, it stands in the list. */
  pause(minutes: number): void {
    this.#pausedUntil = minutes === 0 ? 0 : this.#clock.now() + minutes * 60_000;
    if (minutes > 0) this.#waiting.clear();
  }

  setRules(rules: NotificationRules): void {
    this.#rules = rules;
    for (const [id, news] of this.#waiting) if (!this.#isWanted(news)) this.#waiting.delete(id);
  }

  take(news: readonly AlarmNews[]): void {
    const wanted = news.filter((each) => this.#isWanted(each));
    if (wanted.length === 0 || this.pausedUntil > 0) return;
    // The latest word on an alarm is the one that counts.
    for (const each of wanted) this.#waiting.set(each.id, each);
    if (!this.#gathering) this.#tell();
  }

  close(): void {
    this.#cancel?.();
    this.#waiting.clear();
  }

  #tell(): void {
    const alarms = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#gathering = alarms.length > 0;
    if (alarms.length === 0) return;
    this.#show(noticeOf(alarms));
    this.#cancel = this.#clock.after(DIGEST_MS, () => this.#tell());
  }

  #isWanted({ risk, directiveId }: AlarmNews): boolean {
    const { enabled, minRisk, mutedDirectives } = this.#rules;
    return enabled && risk >= minRisk && (directiveId === undefined || !mutedDirectives.includes(directiveId));
  }
}

function noticeOf(alarms: readonly AlarmNews[]): Notice {
  const byRisk = alarms.toSorted((a, b) => b.risk - a.risk);
  const [first] = byRisk;
  if (first === undefined) throw new Error("broken invariant: a notice of no alarms");
  if (alarms.length === 1) {
    const what = first.kind === "new" ? "New alarm" : "Risk rose";
    return { title: `${what}: risk ${first.risk}`, body: short(first.title), route: `/alarms/${first.id}` };
  }
  const fresh = alarms.filter((alarm) => alarm.kind === "new").length;
  const counts = [
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(fresh < alarms.length ? [`${alarms.length - fresh} escalated`] : []),
  ];
  const named = byRisk.slice(0, NAMED).map((alarm) => `${alarm.risk}  ${short(alarm.title)}`);
  const more = alarms.length - named.length;
  return {
    title: `${alarms.length} alarms (${counts.join(", ")}), highest risk ${first.risk}`,
    body: [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"),
    // A list of ids is a query of its own; a long one would not fit into an address.
    route:
      alarms.length <= 50 ? `/alarms?q=${encodeURIComponent(alarms.map((alarm) => alarm.id).join(","))}` : "/alarms",
  };
}

/** Titles hold text of events: one line, without control characters or characters that turn the direction of writing. */
function short(title: string): string {
  const plain = title.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  return plain.length > TITLE_MAX ? `${plain.slice(0, TITLE_MAX)}…` : plain;
}
