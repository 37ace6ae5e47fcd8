import type { Backlog } from "./backlog.ts";
import type { Correlator } from "./correlator.ts";
import { isLive } from "./expiry.ts";

/** Listings that are kept going at once. One more, and the one asked for longest ago starts its next page slowly. */
const MAX_WALKS = 8;
/** A listing whose next page isn't asked for within so many milliseconds is let go, and so is what was shown. */
const IDLE_MS = 10_000;
/** Backlogs shown lately that are found by their id at once; all others are looked for among all that live. */
const MAX_SHOWN = 4_096;

/** A listing that stands behind its last page. */
interface Walk {
  readonly rest: Iterator<Backlog>;
  readonly lastAskedMs: number;
}

export interface ListingRequest {
  /** `next` of the page before; from the beginning without it. */
  after: string | undefined;
  limit: number;
  /** Only this directive's. */
  directiveId: number | undefined;
}

/** The end of a page. */
export interface ListingPage {
  /** Where the next page begins; `undefined` when this was the last. */
  next: string | undefined;
}

/**
 * Pages through the live backlogs while they come and go: by directive in the order of loading, then by age. A backlog
 * that lives throughout is on exactly one page.
 *
 * A page costs its backlogs and not those before them, because the iterator of the page before is kept and goes on
 * (a `Map`'s iterator isn't harmed by what is added or deleted meanwhile). Where it was let go, the place is looked for
 * from its directive's oldest backlog on. While nobody asks, nothing is kept.
 */
export class BacklogListing {
  readonly #correlator: Pick<Correlator, "backlogs" | "backlogsOf" | "hasDirective">;
  /** Cursors of another run mean nothing here: ordinals begin anew. */
  readonly #run: string;
  /** By where the next page begins, and of which directive. */
  readonly #walks = new Map<string, Walk>();
  /** By id, those shown lately, the latest last. */
  readonly #shown = new Map<string, Backlog>();
  #lastShownMs = 0;

  /** @param run a text of letters, digits, `-` and `_` that differs with each run of the process. */
  constructor(correlator: Pick<Correlator, "backlogs" | "backlogsOf" | "hasDirective">, run: string) {
    this.#correlator = correlator;
    this.#run = run;
  }

  get openWalks(): number {
    return this.#walks.size;
  }

  /** Whether anything is kept that `dropIdle` would let go of in time. */
  get keepsAnything(): boolean {
    return this.#walks.size > 0 || this.#shown.size > 0;
  }

  /** The live backlog of this id; `directiveId` narrows the search for one that wasn't shown lately. */
  find(id: string, directiveId: number | undefined, nowMs: number): Backlog | undefined {
    const found = this.#shown.get(id) ?? this.#search(id, directiveId);
    if (found === undefined || !isLive(found)) return undefined;
    if (directiveId !== undefined && found.header.directiveId !== directiveId) return undefined;
    this.#show(found, nowMs);
    return found;
  }

  /**
   * Gives `take` the backlogs of one page until it has had `limit` of them or says that this was the last that fits.
   * Returns `undefined` when `after` isn't of this run, or of a listing of something else.
   */
  page(request: ListingRequest, nowMs: number, take: (backlog: Backlog) => boolean): ListingPage | undefined {
    this.dropIdle(nowMs);
    const rest = this.#restOf(request);
    if (rest === undefined) return undefined;
    let taken = 0;
    for (;;) {
      const { value, done } = rest.next();
      if (done === true) return { next: undefined };
      taken += 1;
      this.#show(value, nowMs);
      if (take(value) && taken < request.limit) continue;
      const next = `${this.#run}.${value.header.directiveId}.${value.ordinal}`;
      this.#keep(walkKey(next, request.directiveId), { rest, lastAskedMs: nowMs });
      return { next };
    }
  }

  /** Lets go of what nobody asks about any more: an iterator, too, keeps alive what has been deleted since. */
  dropIdle(nowMs: number): void {
    if (nowMs - this.#lastShownMs > IDLE_MS) this.#shown.clear();
    for (const [key, walk] of this.#walks) {
      if (nowMs - walk.lastAskedMs > IDLE_MS) this.#walks.delete(key);
    }
  }

  #search(id: string, directiveId: number | undefined): Backlog | undefined {
    for (const backlog of this.#from(directiveId, undefined)) {
      if (backlog.id === id) return backlog;
    }
    return undefined;
  }

  #show(backlog: Backlog, nowMs: number): void {
    this.#lastShownMs = nowMs;
    this.#shown.delete(backlog.id);
    this.#shown.set(backlog.id, backlog);
    if (this.#shown.size > MAX_SHOWN) deleteOldest(this.#shown);
  }

  #restOf({ after, directiveId }: ListingRequest): Iterator<Backlog> | undefined {
    if (after === undefined) return this.#from(directiveId, undefined)[Symbol.iterator]();
    const key = walkKey(after, directiveId);
    const walk = this.#walks.get(key);
    if (walk !== undefined) {
      this.#walks.delete(key);
      return walk.rest;
    }
    const place = this.#placeOf(after);
    if (place === undefined || (directiveId !== undefined && directiveId !== place.directiveId)) return undefined;
    return behind(this.#from(directiveId, place.directiveId), place);
  }

  #from(only: number | undefined, first: number | undefined): Iterable<Backlog> {
    return only === undefined ? this.#correlator.backlogs(first) : this.#correlator.backlogsOf(only);
  }

  #placeOf(after: string): Place | undefined {
    const [run, directive, ordinal, ...more] = after.split(".");
    const place = { directiveId: Number(directive), ordinal: Number(ordinal) };
    if (run !== this.#run || more.length > 0 || !Number.isSafeInteger(place.ordinal)) return undefined;
    return this.#correlator.hasDirective(place.directiveId) ? place : undefined;
  }

  #keep(key: string, walk: Walk): void {
    this.#walks.delete(key);
    this.#walks.set(key, walk);
    if (this.#walks.size > MAX_WALKS) deleteOldest(this.#walks);
  }
}

interface Place {
  directiveId: number;
  ordinal: number;
}

/** What comes behind a place. Ordinals grow with age within a directive, which is the order in which they are walked. */
function* behind(backlogs: Iterable<Backlog>, place: Place): Generator<Backlog> {
  for (const backlog of backlogs) {
    if (backlog.header.directiveId !== place.directiveId || backlog.ordinal > place.ordinal) yield backlog;
  }
}

function deleteOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function walkKey(next: string, directiveId: number | undefined): string {
  return `${next} ${directiveId ?? ""}`;
}
