import { describe, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { eventJson } from "../base/event-json.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { compareRuns } from "./dry-run.ts";
import { configOf } from "./testing/scenario.ts";

const START = 1_700_000_000;

/** As a frontend publishes it. */
function published(sid: number, second: number, change: Partial<NormalizedEvent> = {}): Buffer {
  return Buffer.from(eventJson(event(sid, `e${second}`, { seconds: START + second, ...change }), 1, "0"));
}

function scan(occurrence: number, change: Partial<Directive> = {}): Directive {
  return directive([rule(1), rule(2, { occurrence, from: ":1", timeout: 30 })], { name: "Scan", ...change });
}

const EVENTS = [
  ...[published(1, 0), published(2, 1), published(2, 2), published(9, 3), published(2, 4)],
  ...[published(1, 100, { src_ip: "10.0.0.9" }), published(9, 200), Buffer.from("rubbish")],
];

describe("a dry run", () => {
  it("counts what the same events come to with two sets of directives", () => {
    const quiet = directive([rule(1, { plugin_sid: [77] }), rule(2, { plugin_sid: [78] })], { id: 5, name: "Quiet" });
    const answer = compareRuns(configOf([scan(9), quiet]), configOf([scan(3), quiet]), EVENTS);
    expect(answer).toEqual({
      finished: true,
      sentence: "Would have raised 2 alarms over 8 events of 3 min 20 s; what is saved raises 2.",
      events: 8,
      from: START * 1000,
      to: (START + 200) * 1000,
      edited: { alarms: 2, highestRisk: 3, riskless: 0, expired: 2, live: 0 },
      saved: { alarms: 2, highestRisk: 3, riskless: 0, expired: 1, live: 0 },
      directives: [
        {
          id: 1,
          name: "Scan",
          edited: { alarms: 2, highestRisk: 3, riskless: 0, expired: 2, live: 0 },
          saved: { alarms: 2, highestRisk: 3, riskless: 0, expired: 1, live: 0 },
        },
      ],
    });
  });

  it("counts risk 0, what still lives, and directives that are only on one side", () => {
    const harmless = scan(3, { id: 2, name: "Harmless", priority: 1 });
    const answer = compareRuns(configOf([scan(3)]), configOf([harmless]), EVENTS.slice(0, 6));
    expect(answer.directives).toEqual([
      {
        id: 1,
        name: "Scan",
        edited: { alarms: 2, highestRisk: 3, riskless: 0, expired: 0, live: 1 },
        saved: { alarms: 0, highestRisk: 0, riskless: 0, expired: 0, live: 0 },
      },
      {
        id: 2,
        name: "Harmless",
        edited: { alarms: 0, highestRisk: 0, riskless: 0, expired: 0, live: 0 },
        saved: { alarms: 0, highestRisk: 0, riskless: 1, expired: 0, live: 1 },
      },
    ]);
  });

  it("lets events that concern nobody pass time, whatever they are spelt like", () => {
    const passing = (text: string) => [published(1, 0), Buffer.from(text)];
    const late = published(9, 90).toString();
    for (const text of [late, late.replace('"timestamp":', '"timestamp" : '), late.replace("T22:14:50", "T23:14:50")]) {
      const answer = compareRuns(configOf([scan(3)]), configOf([]), passing(text));
      expect(answer.edited, text).toMatchObject({ expired: 1, live: 0 });
    }
  });

  it("says so when there is nothing to try it with, and stops at a limit", () => {
    expect(compareRuns(configOf([scan(3)]), configOf([]), [])).toMatchObject({
      sentence: "There are no events to try it with.",
      events: 0,
    });
    const told: number[] = [];
    const many = Array.from({ length: 5_000 }, (_, i) => published(9, i));
    compareRuns(configOf([scan(3)]), configOf([]), many, (done) => told.push(done));
    expect(told).toEqual([2_000, 4_000]);
    const flood = Array.from({ length: 20 }, (_, i) => published(1, i));
    const answer = compareRuns(configOf([scan(3)]), configOf([]), flood, undefined, { liveBacklogs: 5, held: 100 });
    expect(answer.stopped).toContain("The replay stopped at event 6: more than 5 backlogs");
    expect(answer.events).toBe(5);
  });
});
