import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Backlog } from "./backlog.ts";
import { BacklogListing } from "./listing.ts";
import { directive, event, rule } from "./testing/builders.ts";
import { correlatorOf, EPOCH } from "./testing/scenarios.ts";

const NOW_MS = EPOCH * 1000;

/** Directives 1, 2 and 3: sid 1, 2 or 3 begins a backlog of each source, which the same sid + 10 completes. */
function listed() {
  const trace: string[] = [];
  const directives = [1, 2, 3].map((sid) =>
    directive([rule(1, { plugin_sid: [sid] }), rule(2, { plugin_sid: [sid + 10], from: ":1" })], { id: sid }),
  );
  const correlator = correlatorOf(directives, trace);
  const listing = new BacklogListing(correlator, "run1");
  let events = 0;
  const process = (sid: number, host: number): void => {
    events += 1;
    correlator.process(event(sid, `e${events}`, { src_ip: `10.0.${host >> 8}.${host & 255}` }), NOW_MS);
  };
  return {
    correlator,
    listing,
    begin: (directiveId: number, host: number) => process(directiveId, host),
    end: (directiveId: number, host: number) => process(directiveId + 10, host),
    page(after: string | undefined, limit: number, directiveId?: number, nowMs = 0) {
      const backlogs: Backlog[] = [];
      const page = listing.page({ after, limit, directiveId }, nowMs, (backlog) => {
        backlogs.push(backlog);
        return true;
      });
      return { backlogs, next: page?.next, stale: page === undefined };
    },
  };
}

const idsOf = (backlogs: readonly Backlog[]): string[] => backlogs.map(({ id }) => id);

describe("a listing of live backlogs", () => {
  it("goes by directive, then by age, in pages", () => {
    const { begin, page } = listed();
    for (const [directiveId, host] of [
      [3, 1],
      [1, 1],
      [2, 1],
      [1, 2],
    ] as const) {
      begin(directiveId, host);
    }
    const first = page(undefined, 3);
    expect(idsOf(first.backlogs)).toEqual(["id2", "id4", "id3"]);
    const second = page(first.next, 3);
    expect(idsOf(second.backlogs)).toEqual(["id1"]);
    expect(second.next).toBeUndefined();
    expect(idsOf(page(undefined, 3, 1).backlogs)).toEqual(["id2", "id4"]);
    expect(page(undefined, 3, 99).backlogs).toEqual([]);
  });

  it("ends a page where the taker says that it is full", () => {
    const { begin, listing } = listed();
    for (let host = 0; host < 5; host++) begin(1, host);
    let taken = 0;
    const page = listing.page({ after: undefined, limit: 100, directiveId: undefined }, 0, () => ++taken < 2);
    expect([taken, page?.next]).toEqual([2, "run1.1.2"]);
  });

  it("gives a page again, and the one after it, when the walk behind it was let go", () => {
    const { begin, end, page, listing } = listed();
    for (let host = 0; host < 10; host++) begin(1, host);
    begin(2, 0);
    const first = page(undefined, 4);
    const second = page(first.next, 4);
    expect(idsOf(page(first.next, 4).backlogs)).toEqual(idsOf(second.backlogs));
    listing.dropIdle(60_000);
    expect(listing.keepsAnything).toBe(false);
    // The one that the place names is gone by now, and so is the next.
    end(1, 7);
    end(1, 8);
    expect(idsOf(page(second.next, 4).backlogs)).toEqual(["id10", "id11"]);
  });

  it("keeps few walks going, and goes on with the others all the same", () => {
    const { begin, page, listing } = listed();
    for (let host = 0; host < 50; host++) begin(1, host);
    const pages = Array.from({ length: 40 }, (_, i) => page(undefined, i + 1));
    expect(listing.openWalks).toBe(8);
    for (const { backlogs, next } of pages) {
      expect(page(next, 1).backlogs[0]?.ordinal).toBe((backlogs.at(-1)?.ordinal ?? 0) + 1);
    }
  });

  it("finds a live one by its id, whether it was shown or not, and none that lived", () => {
    const { begin, end, page, listing } = listed();
    for (let host = 0; host < 5; host++) begin(1, host);
    begin(2, 9);
    const find = (id: string, directiveId?: number) => listing.find(id, directiveId, 0)?.id;
    expect(listing.keepsAnything).toBe(false);
    expect([find("id6"), find("id6", 2), find("id6", 1), find("id7")]).toEqual(["id6", "id6", undefined, undefined]);
    page(undefined, 3);
    expect([find("id2"), find("id2", 1), find("id2", 2), find("id2", 99)]).toEqual([
      "id2",
      "id2",
      undefined,
      undefined,
    ]);
    end(1, 1);
    end(1, 4);
    expect([find("id2"), find("id5")]).toEqual([undefined, undefined]);
  });

  it.each(["", "run1", "run1.1", "run1.1.x", "run1.9.1", "run1.1.1.1", "other.1.1", "run1.1.1e999", "__proto__.1.1"])(
    "knows nothing of the place %j",
    (after) => {
      const { begin, page } = listed();
      begin(1, 1);
      expect(page(after, 5).stale).toBe(true);
    },
  );

  it("takes no place of another directive's listing", () => {
    const { begin, page } = listed();
    for (let host = 0; host < 5; host++) begin(1, host);
    const { next } = page(undefined, 2);
    expect(page(next, 2, 2).stale).toBe(true);
    expect(idsOf(page(next, 2, 1).backlogs)).toEqual(["id3", "id4"]);
  });

  it("shows once whatever lives throughout, however backlogs come and go between its pages", () => {
    const change = fc.record({
      begins: fc.boolean(),
      directiveId: fc.integer({ min: 1, max: 3 }),
      host: fc.integer({ min: 0, max: 30 }),
      letGo: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      idle: fc.boolean(),
    });
    const changes = fc.array(change, { maxLength: 12 });
    fc.assert(
      fc.property(changes, fc.array(changes, { minLength: 30, maxLength: 60 }), fc.nat(6), (before, between, size) => {
        const { begin, end, page, listing, correlator } = listed();
        const apply = (all: typeof before): void => {
          for (const { begins, directiveId, host, letGo, idle } of all) {
            if (begins) begin(directiveId, host);
            else end(directiveId, host);
            if (letGo) listing.dropIdle(1e9);
            // Also the rules of a directive without backlogs may be dropped and made anew.
            if (idle) correlator.dropIdle(NOW_MS + 1e9);
          }
        };
        for (let host = 0; host < 20; host++) begin(1 + (host % 3), host);
        apply(before);
        const throughout = new Set(correlator.backlogs());
        const seen: Backlog[] = [];
        let after: string | undefined;
        let turn = 0;
        do {
          const { backlogs, next, stale } = page(after, 1 + size);
          expect(stale).toBe(false);
          for (const backlog of backlogs) expect(backlog.expiryBucket).not.toBe(-1);
          seen.push(...backlogs);
          after = next;
          apply(between[turn] ?? []);
          const live = new Set(correlator.backlogs());
          for (const backlog of throughout) if (!live.has(backlog)) throughout.delete(backlog);
          turn += 1;
        } while (after !== undefined && turn < 1000);
        expect(after).toBeUndefined();
        expect(new Set(seen).size).toBe(seen.length);
        expect([...throughout].filter((backlog) => !seen.includes(backlog))).toEqual([]);
        const places = seen.map((backlog) => backlog.header.directiveId * 1e6 + backlog.ordinal);
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});
