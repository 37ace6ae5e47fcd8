import { describe, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { eventJson } from "../base/event-json.ts";
import type { RawEvent } from "../base/raw-event.ts";
import type { Directive } from "../contract/directive.ts";
import { explainThen, type RetainedRange } from "./explain-then.ts";
import { configOf } from "./testing/scenario.ts";

const START = 1_700_000_000;
const SCAN = directive([rule(1), rule(2, { occurrence: 3, from: ":1", timeout: 30 })], { id: 7, name: "Scan" });
const OTHER = directive([rule(1, { plugin_sid: [5] }), rule(2, { plugin_sid: [6] })], { id: 8, name: "Other" });

/** Retained events by sid and second; their numbers are 1, 2, … */
function retainedOf(...events: [sid: number, second: number][]): RawEvent[] {
  return events.map(([sid, second], index) => ({
    id: index + 1,
    at: (START + second) * 1000,
    payload: Buffer.from(eventJson(event(sid, `e${index + 1}`, { seconds: START + second }), 1, "0")),
  }));
}

function ask(all: readonly RawEvent[], retained: number, directiveId?: number, nodes: Directive[][] = [[SCAN, OTHER]]) {
  const ranges: RetainedRange[] = [];
  const answer = explainThen({
    retained,
    directive: directiveId,
    nodes: nodes.map((directives, index) => ({ node: `be${index + 1}`, config: configOf(directives) })),
    events: (range) => {
      ranges.push(range);
      const { before = Number.POSITIVE_INFINITY, after = 0, from = 0 } = range;
      return all.filter(({ id, at }) => id < before && id > after && at >= from);
    },
  });
  return { answer, ranges };
}

describe("the explanation of a retained event", () => {
  const all = retainedOf([1, 0], [2, 1], [9, 2], [2, 3], [5, 4], [2, 90], [9, 200]);

  it("is of the moment at which it came, with what became of it", () => {
    const { answer } = ask(all, 4);
    expect(answer?.explanation.directives[0]).toMatchObject({
      ...{ directiveId: 7, node: "be1", verdict: "recorded" },
      fate: { kind: "expired", at: START + 40 },
    });
    expect(answer?.explanation.sentence).toBe("Directive 7 counts it: stage 2 has 2 of 3 with it.");
    expect(answer?.replayed).toBe(5);
    expect(answer?.caveat).toContain(
      "Replayed with the directives and assets as they are now. Events from before 2023-11-14 22:13:20",
    );
  });

  it("names the stage that had expired", () => {
    const { answer } = ask(all, 6);
    expect(answer?.explanation.sentence).toBe(
      'Directive 7 begins no backlog because the event is one for stage 2, "rule 2", and backlog r00000001 expired at ' +
        "22:14:00 UTC with 2 of 3 in stage 2, which had 30 s from 22:13:21 UTC on.",
    );
  });

  it("says of what is still going on that it lives", () => {
    const { answer } = ask(retainedOf([1, 0], [2, 1]), 2);
    expect(answer?.explanation.directives[0]?.fate).toEqual({
      kind: "live",
      sentence: "Backlog r00000001 is still live after the last retained event.",
    });
  });

  it("reads no further back than any backlog of the directives that matter can be old", () => {
    const { answer, ranges } = ask([...all], 4);
    expect(answer).toBeDefined();
    const [, before] = ranges;
    // Stage timeouts of 600 and 30 s, 10 s for each to be looked at, a minute for events that came in late.
    expect(before).toMatchObject({ before: 4, from: (START + 3 - 650 - 60) * 1000 });
  });

  it("is of the directive that is asked about, on the node that has it", () => {
    expect(ask(all, 4, 8).answer?.explanation).toMatchObject({ directives: [{ directiveId: 8, cause: "interest" }] });
    expect(ask(all, 4, 8, [[SCAN], [OTHER]]).answer?.explanation.directives).toMatchObject([{ node: "be2" }]);
    expect(ask(all, 4, 99).answer?.explanation.sentence).toBe("Directive 99 isn't loaded here.");
  });

  it("isn't there when the event isn't retained any more, or is none", () => {
    expect(ask(all, 99).answer).toBeUndefined();
    expect(ask([{ id: 1, at: 0, payload: Buffer.from("{}") }], 1).answer).toBeUndefined();
  });
});
