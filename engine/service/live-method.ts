import type { Backlog } from "../backlog/backlog.ts";
import type { Correlator } from "../backlog/correlator.ts";
import { fewHas } from "../backlog/few.ts";
import { BacklogNews } from "../backlog/news.ts";
import type { BacklogEnd } from "../backlog/sink.ts";
import type { Clock } from "../base/clock.ts";
import { liveRequestSchema, MAX_LIVE_BACKLOGS } from "../contract/rpc.ts";
import { checkDirective, SummaryPage } from "./backlog-methods.ts";
import { type RpcMethod, rpcMethod } from "./console-rpc.ts";
import { Lease } from "./lease.ts";

/** How long after a question the backend goes on noting what happens, in seconds: those who look ask every second. */
const WATCH_SECONDS = 15;
/** Backlogs that are looked at for an address in one turn of the event loop. */
const SEARCHED_AT_ONCE = 5_000;
/** A list of ended backlogs takes at most so much of an answer. */
const MAX_ENDED = 2_000;

const END_WORDS: Readonly<Record<BacklogEnd, "complete" | "expired" | "closed" | "gone">> = {
  complete: "complete",
  timeout: "expired",
  closed: "closed",
  unloaded: "gone",
};

/** `live`: the backlogs that expire first, and what changed since. While nobody asks, nothing is noted. */
export function liveMethod(correlator: Correlator, clock: Clock, run: string): RpcMethod {
  const news = new WatchedNews(correlator, clock);
  return rpcMethod(liveRequestSchema, async ({ limit = MAX_LIVE_BACKLOGS, directive, ip, since }, maxBytes) => {
    checkDirective(correlator, directive);
    news.watch();
    const isWanted = (backlog: Backlog): boolean => directive === undefined || backlog.header.directiveId === directive;
    const envelope = (cursor: number): string => `{"ok":true,"cursor":"${run}.${cursor}"`;
    const page = new SummaryPage(maxBytes);
    if (ip !== undefined) {
      const total = await search(correlator, (backlog) => isWanted(backlog) && hasSeen(backlog, ip), limit, page);
      return `${envelope(news.last)},"whole":true,"backlogs":[${page.texts.join()}],"ended":[],"total":${total}}`;
    }
    const total = directive === undefined ? correlator.liveBacklogs : correlator.liveBacklogsOf(directive);
    const known = since === undefined ? undefined : numberOf(since, run);
    const changes = known === undefined ? undefined : changesSince(news, known, directive, isWanted, limit, page);
    if (changes !== undefined) {
      return `${envelope(news.last)},"whole":false,"backlogs":[${page.texts.join()}],"ended":${changes},"total":${total}}`;
    }
    const whole = new SummaryPage(maxBytes);
    for (const backlog of correlator.soonest()) {
      if (isWanted(backlog) && (!whole.take(backlog) || whole.texts.length >= limit)) break;
    }
    return `${envelope(news.last)},"whole":true,"backlogs":[${whole.texts.join()}],"ended":[],"total":${total}}`;
  });
}

/** The ended ones as JSON, the changed ones on the page; `undefined` when it isn't known, or is more than a listing. */
function changesSince(
  news: WatchedNews,
  known: number,
  directive: number | undefined,
  isWanted: (backlog: Backlog) => boolean,
  limit: number,
  page: SummaryPage,
): string | undefined {
  const since = news.since(known);
  if (since === undefined) return undefined;
  const changed = since.changed.filter(isWanted);
  const ended = since.ended.filter((end) => directive === undefined || end.directiveId === directive);
  if (changed.length > limit || ended.length > MAX_ENDED) return undefined;
  const text = JSON.stringify(ended.map(({ id, why }) => ({ id, why: END_WORDS[why] })));
  page.reserve(text);
  for (const [i, backlog] of changed.entries()) {
    if (!page.take(backlog) && i < changed.length - 1) return undefined;
  }
  return text;
}

/** Puts those that are found on the page, and goes on counting when it is full. Gives way to events in between. */
async function search(
  correlator: Correlator,
  isWanted: (backlog: Backlog) => boolean,
  limit: number,
  page: SummaryPage,
): Promise<number> {
  let looked = 0;
  let open = true;
  const found = new Set<Backlog>();
  for (const backlog of correlator.soonest()) {
    looked += 1;
    if (looked % SEARCHED_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    if (!isWanted(backlog) || found.has(backlog)) continue;
    found.add(backlog);
    if (open) open = page.take(backlog) && page.texts.length < limit;
  }
  return found.size;
}

function hasSeen(backlog: Backlog, ip: string): boolean {
  return fewHas(backlog.sources, ip) || fewHas(backlog.destinations, ip);
}

/** The number in a cursor of this run. */
function numberOf(cursor: string, run: string): number | undefined {
  if (!cursor.startsWith(`${run}.`)) return undefined;
  const number = Number(cursor.slice(run.length + 1));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The news of the live backlogs, which the correlator tells only while somebody asks for them now and then. */
class WatchedNews {
  readonly #correlator: Pick<Correlator, "watcher">;
  readonly #lease: Lease;
  readonly #news = new BacklogNews();
  #timer: NodeJS.Timeout | undefined;

  constructor(correlator: Pick<Correlator, "watcher">, clock: Clock) {
    this.#correlator = correlator;
    this.#lease = new Lease(clock);
  }

  get last(): number {
    return this.#news.last;
  }

  since(number: number): ReturnType<BacklogNews["since"]> {
    return this.#news.since(number);
  }

  watch(): void {
    this.#lease.extend(WATCH_SECONDS);
    if (this.#timer !== undefined) return;
    this.#news.begin();
    this.#correlator.watcher = this.#news;
    this.#timer = setInterval(() => this.#endIfOver(), (WATCH_SECONDS * 1000) / 3);
    this.#timer.unref();
  }

  #endIfOver(): void {
    if (!this.#lease.over) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#correlator.watcher = undefined;
    // Nothing is kept alive for nobody.
    this.#news.begin();
  }
}
