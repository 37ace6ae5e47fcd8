import type { Backlog } from "./backlog.ts";
import type { Correlator } from "./correlator.ts";

/** Listings that are kept going at once. One more, and the one asked for longest ago starts its next page slowly. */
const MAX_WALKS = 8;
/** A listing whose next page isn't asked for within so many milliseconds is let go. */
const WALK_IDLE_MS = 10_000;

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
 * from its directive's oldest backlog on. While nobody lists, nothing is kept.
 */
export class BacklogListing {
  readonly #correlator: Pick<Correlator, "backlogs" | "backlogsOf" | "hasDirective">;
  /** Cursors of another run mean nothing here: ordinals begin anew. */
  readonly #run: string;
  /** By where the next page begins, and of which directive. */
  readonly #walks = new Map<string, Walk>();

  /** @param run a text of letters, digits, `-` and `_` that differs with each run of the process. */
  constructor(correlator: Pick<Correlator, "backlogs" | "backlogsOf" | "hasDirective">, run: string) {
    this.#correlator = correlator;
    this.#run = run;
  }

  get openWalks(): number {
    return this.#walks.size;
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
      if (take(value) && taken < request.limit) continue;
      const next = `${this.#run}.${value.header.directiveId}.${value.ordinal}`;
      this.#keep(walkKey(next, request.directiveId), { rest, lastAskedMs: nowMs });
      return { next };
    }
  }

  /** Lets go of listings that nobody goes on with: an iterator keeps alive what has been deleted since. */
  dropIdle(nowMs: number): void {
    for (const [key, walk] of this.#walks) {
      if (nowMs - walk.lastAskedMs > WALK_IDLE_MS) this.#walks.delete(key);
    }
  }

  #restOf({ after, directiveId }: ListingRequest): Iterator<Backlog> | undefined {
    if (after === undefined) return this.#from(directiveId, undefined);
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

  #from(only: number | undefined, first: number | undefined): Iterator<Backlog> {
    const backlogs = only === undefined ? this.#correlator.backlogs(first) : this.#correlator.backlogsOf(only);
    return backlogs[Symbol.iterator]();
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
    if (this.#walks.size <= MAX_WALKS) return;
    for (const oldest of this.#walks.keys()) {
      this.#walks.delete(oldest);
      return;
    }
  }
}

interface Place {
  directiveId: number;
  ordinal: number;
}

/** What comes behind a place. Ordinals grow with age within a directive, which is the order in which they are walked. */
function* behind(backlogs: Iterator<Backlog>, place: Place): Generator<Backlog> {
  for (;;) {
    const { value, done } = backlogs.next();
    if (done === true) return;
    if (value.header.directiveId !== place.directiveId || value.ordinal > place.ordinal) yield value;
  }
}

function walkKey(next: string, directiveId: number | undefined): string {
  return `${next} ${directiveId ?? ""}`;
}
