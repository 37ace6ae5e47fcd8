import { describe, expect, it } from "vitest";
import type { ReplayRow } from "../../../engine/contract/console/replay.ts";
import type { Attempt, DirectiveExplanation, StageChecks } from "../../../engine/contract/explain.ts";
import { focusOf } from "./focus.ts";
import { tooLarge } from "./input-file.ts";
import { PAGE_ROWS, RowPages } from "./row-pages.ts";
import { axisTimes, placedMarks, placeOf, stepAt, tickHeights } from "./scrubber.ts";
import { followingEvent } from "./written-event.ts";

describe("the scrubber", () => {
  const span = { first: 1_000, last: 3_000 };

  it("places times between the first and the last event", () => {
    expect(placeOf(2_000, span)).toBe(0.5);
    expect(placeOf(9_000, span)).toBe(1);
    expect(placeOf(undefined, span)).toBe(0);
    expect(placeOf(1_000, { first: 1_000, last: 1_000 })).toBe(0);
  });

  it("finds the step of a place, also at its ends", () => {
    const ticks = { counts: [2, 0, 0, 3], steps: [2, 2, 2, 5] };
    expect([0, 0.3, 0.8, 1].map((place) => stepAt(place, ticks))).toEqual([2, 2, 5, 5]);
    expect(stepAt(0.5, { counts: [], steps: [] })).toBe(0);
  });

  it("shows one event beside a thousand, and none as none", () => {
    const [none = 0, one = 0, many = 0] = tickHeights({ counts: [0, 1, 1_000], steps: [] });
    expect(none).toBe(0);
    expect(one).toBeGreaterThan(0.4);
    expect(many).toBe(1);
  });

  it("keeps the gravest of marks that stand on each other", () => {
    const marks = [
      { step: 1, at: 1_000, kind: "expired", sentence: "x" },
      { step: 2, at: 1_001, kind: "alarm", sentence: "a" },
      { step: 3, at: 1_002, kind: "stage", sentence: "s" },
      { step: 9, at: 2_000, kind: "stage", sentence: "t" },
    ] as const;
    expect(placedMarks([...marks], span).map(({ step }) => step)).toEqual([2, 9]);
  });

  it("names as many times as there is room for, and one of a moment", () => {
    expect(axisTimes(span, 3)).toEqual([1_000, 2_000, 3_000]);
    expect(axisTimes({ first: 5, last: 5 }, 3)).toEqual([5]);
    expect(axisTimes({}, 3)).toEqual([]);
  });
});

describe("rows in pages", () => {
  const rows = (from: number, count: number): ReplayRow[] =>
    Array.from({ length: count }, (_, index) => ({
      step: from + index,
      event: { event_id: `e${from + index}`, timestamp: "", sensor: "", title: "", src_ip: "", dst_ip: "" },
    }));
  const keys = (pages: RowPages, ran: number, total = 250): string[] =>
    pages.wanted(["saved"], 1, 120, ran, total).map(({ key }) => key);

  it("asks for what isn't there, and again for what was run since", () => {
    const pages = new RowPages();
    expect(keys(pages, 0)).toEqual(["saved 0", "saved 1"]);
    for (const wanted of pages.wanted(["saved"], 1, 120, 50, 250)) {
      pages.put(wanted, rows(wanted.page * PAGE_ROWS + 1, PAGE_ROWS), 50);
    }
    expect(keys(pages, 50)).toEqual([]);
    expect(pages.row("saved", 101)?.event.event_id).toBe("e101");
    expect(pages.row("edited", 101)).toBeUndefined();
    expect(keys(pages, 60)).toEqual(["saved 0"]);
    expect(keys(pages, 130)).toEqual(["saved 0", "saved 1"]);
  });

  it("asks again for a page that has got longer, and never for one behind the end", () => {
    const pages = new RowPages();
    const [wanted] = pages.wanted(["saved"], 1, 120, 0, 20);
    if (wanted === undefined) throw new Error("nothing is wanted");
    pages.put(wanted, rows(1, 20), 0);
    expect(keys(pages, 20, 20)).toEqual(["saved 0"]);
    pages.put(wanted, rows(1, 20), 21);
    expect(keys(pages, 21, 20)).toEqual([]);
    expect(keys(pages, 21, 21)).toEqual(["saved 0"]);
    expect(keys(new RowPages(), 0, 0)).toEqual([]);
  });
});

describe("what is looked at", () => {
  const stage = (of: number, role: StageChecks["role"]): StageChecks => ({ stage: of, rule: "r", role, checks: [] });
  const attempt = (id: string | undefined, stages: StageChecks[]): Attempt => ({
    ...(id !== undefined && {
      backlog: { id, title: "", stage: 2, stages: 2, count: 0, occurrence: 1, deadline: 0 },
    }),
    verdict: "not matched",
    sentence: "",
    stages,
  });
  const directive = (directiveId: number, attempts: Attempt[]): DirectiveExplanation => ({
    ...{ directiveId, name: "", verdict: "not matched", sentence: "", attempts },
  });
  const explanation = {
    door: { kind: "passes" as const },
    sentence: "",
    others: [],
    directives: [
      directive(1, [attempt("a", [stage(1, "earlier"), stage(2, "current")]), attempt("b", [stage(1, "current")])]),
      directive(2, [attempt(undefined, [stage(1, "opens")])]),
    ],
  };
  const none = { directive: undefined, backlog: undefined };

  it("is what came nearest", () => {
    const focus = focusOf(explanation, none);
    expect(focus.directive?.directiveId).toBe(1);
    expect(focus.attempt?.backlog?.id).toBe("a");
    expect(focus.others.map(({ directiveId }) => directiveId)).toEqual([2]);
  });

  it("is what was chosen, as long as it is there", () => {
    expect(focusOf(explanation, { ...none, directive: 2 }).directive?.directiveId).toBe(2);
    expect(focusOf(explanation, { ...none, backlog: "b", directive: 2 }).attempt?.backlog?.id).toBe("b");
    expect(focusOf(explanation, { directive: 77, backlog: "gone" }).attempt?.backlog?.id).toBe("a");
    expect(focusOf(undefined, none).directive).toBeUndefined();
  });
});

it("writes an event like another one, later and with an id of its own", () => {
  const like = {
    ...{
      event_id: "a",
      timestamp: "2026-01-01T00:00:10Z",
      sensor: "s",
      title: "t",
      src_ip: "1.1.1.1",
      dst_ip: "2.2.2.2",
    },
    ...{ plugin_id: 7, conn_id: 4, rcvd_time: 5 },
  };
  const next = followingEvent(like, 5);
  expect(next).toMatchObject({
    event_id: "a+1",
    timestamp: "2026-01-01T00:00:15.000Z",
    plugin_id: 7,
    src_ip: "1.1.1.1",
  });
  expect(next).not.toHaveProperty("conn_id");
  expect(followingEvent(next, 1).event_id).toBe("a+2");
  expect(followingEvent(undefined, 1).event_id).not.toBe("");
});

it("says of a file that is too large what to do instead", () => {
  expect(tooLarge(64 * 1024 * 1024)).toBeUndefined();
  expect(tooLarge(64 * 1024 * 1024 + 1)).toContain("dsiem replay");
});
