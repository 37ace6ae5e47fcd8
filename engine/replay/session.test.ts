import { describe, expect, it } from "vitest";
import { event, rule } from "../backlog/testing/builders.ts";
import { Session } from "./session.ts";
import { directiveFile, linesOf, START, settingOf } from "./testing/files.ts";

const TWO_STAGES = [rule(1), rule(2, { occurrence: 3, timeout: 20 })];

function opened(rules = TWO_STAGES, ...more: (typeof TWO_STAGES)[]): Session {
  let now = 0;
  return new Session(settingOf(directiveFile(...rules), ...more.map((each) => directiveFile(...each))), () => now++);
}

const SCAN = linesOf([1, 0], [2, 1], [9, 2], [2, 3], [2, 4], [1, 5], [2, 60]);

describe("a session", () => {
  it("steps forwards and back, and says what each event did", () => {
    const session = opened();
    expect(session.append(SCAN)).toEqual({
      events: 7,
      first: START * 1000,
      last: (START + 60) * 1000,
      refused: 0,
      problems: [],
    });
    expect(session.goTo(0)).toMatchObject({ step: 0, marks: [] });
    expect(session.rows({ from: 1, limit: 10, side: "saved" }).rows.every((row) => row.outcome === undefined)).toBe(
      true,
    );
    const end = session.goTo(8);
    expect(end.sides).toEqual([{ side: "saved", alarms: 2, highestRisk: 4, liveBacklogs: 0, alarmsAtEnd: 2 }]);
    expect(session.rows({ from: 1, limit: 10, side: "saved" }).rows.map(({ outcome }) => outcome?.text)).toEqual([
      "2/2 · 0/3",
      "2/2 · 1/3",
      "no directive",
      "2/2 · 2/3",
      "alarm, risk 4",
      "2/2 · 0/3",
      "not matched",
    ]);
    expect(end.marks.map(({ step, kind }) => `${step} ${kind}`)).toEqual([
      "1 alarm",
      "5 stage",
      "6 alarm",
      "7 expired",
    ]);
    expect(session.goTo(4)).toMatchObject({
      step: 4,
      clock: (START + 3) * 1000,
      sides: [{ alarms: 1, liveBacklogs: 1 }],
    });
  });

  it("has the beginning of long texts in its rows, and all of them in a step", () => {
    const session = opened();
    const title = `${"x".repeat(511)}\u{1f600}${"y".repeat(1000)}`;
    const { seconds: _, carrier: __, ...wire } = event(1, "long", { seconds: START, title });
    session.append(Buffer.from(JSON.stringify(wire)));
    const [row] = session.rows({ from: 1, limit: 1, side: "saved" }).rows;
    expect(row?.event).toEqual({ ...row?.event, event_id: "long", title: `${"x".repeat(511)}\ufffd` });
    expect(session.step({ step: 1, side: "saved" }).explanation?.event?.title).toBe(title);
  });

  it("shows a step without moving", () => {
    const session = opened();
    session.append(SCAN);
    session.goTo(2);
    const view = session.step({ step: 5, side: "saved" });
    expect(view).toMatchObject({ step: 5, side: "saved", liveBacklogs: 0, backlogs: [] });
    expect(view.alarms).toMatchObject([{ title: "Scan from 10.0.0.2", risk: 4, rules: [{}, { status: "finished" }] }]);
    expect(session.step({ step: 4, side: "saved" }).backlogs).toMatchObject([{ stage: 2, count: 2, occurrence: 3 }]);
    expect(session.position(false).step).toBe(2);
    expect(() => session.step({ step: 99, side: "saved" })).toThrow("There is no step 99: the last one is 8.");
  });

  it("explains a step by the moment before it, and says how what it began ended", () => {
    const session = opened();
    session.append(SCAN);
    expect(session.step({ step: 6, side: "saved" }).explanation).toMatchObject({
      directives: [{ directiveId: 1, verdict: "backlog begun" }],
    });
    session.goTo(8);
    const { explanation, ended } = session.step({ step: 6, side: "saved", directive: 1 });
    expect(explanation?.directives[0]?.fate).toMatchObject({ kind: "expired", at: START + 35 });
    expect(ended).toEqual([]);
    expect(session.step({ step: 7, side: "saved" }).ended).toMatchObject([
      { title: "Scan from 10.0.0.2", sentence: expect.stringContaining("expired at") },
    ]);
    expect(session.step({ step: 8, side: "saved" }).explanation).toBeUndefined();
  });

  it("says of an event that came too late which backlog had expired, also when nothing but that step was run", () => {
    const session = opened();
    session.append(SCAN);
    const tooLate = session.step({ step: 7, side: "saved" }).explanation?.sentence;
    expect(tooLate).toContain('the event is one for stage 2, "rule 2", and backlog r00000002 expired at');
    expect(tooLate).toContain("with 0 of 3 in stage 2, which had 20 s from");
    session.goTo(8);
    expect(session.step({ step: 7, side: "saved" }).explanation?.sentence).toBe(tooLate);
    expect(session.step({ step: 6, side: "saved" }).explanation?.sentence).not.toContain("expired");
  });

  it("is held where a stage finished or an alarm was written", () => {
    const session = opened();
    session.append(SCAN);
    const breakOn = { stageChange: true, alarm: false };
    expect(session.advance({ mostMs: 1000, breakOn })).toMatchObject({ step: 1, held: true });
    const second = session.advance({ mostMs: 1000, breakOn });
    expect(second).toMatchObject({ step: 5, held: true });
    expect(second.reason).toBe("Held at event 5: Stage 2 of 2 (rule 2) of “Scan from 10.0.0.2” finished.");
    expect(session.advance({ mostMs: 1000, breakOn: { stageChange: false, alarm: false } })).toMatchObject({ step: 8 });
  });

  it("goes no further than the clock, the step or the work that it is given", () => {
    const session = opened();
    session.append(SCAN);
    const breakOn = { stageChange: false, alarm: false };
    expect(session.advance({ untilMs: (START + 3) * 1000, mostMs: 1000, breakOn }).step).toBe(4);
    expect(session.advance({ step: 6, mostMs: 1000, breakOn }).step).toBe(6);
    const many = Array.from({ length: 100 }, (_, i): [number, number] => [9, i]);
    session.append(linesOf(...many));
    expect(session.advance({ mostMs: 0, breakOn })).toMatchObject({ step: 38, held: false });
  });

  it("takes events in behind the last one, as if nothing had been over", () => {
    const session = opened();
    session.append(linesOf([1, 0], [2, 1]));
    expect(session.goTo(3).sides).toMatchObject([{ liveBacklogs: 0, alarmsAtEnd: 1 }]);
    expect(session.append(linesOf([2, 2])).events).toBe(3);
    expect(session.position(false)).toMatchObject({ step: 2, sides: [{ liveBacklogs: 1 }] });
    expect(session.goTo(3).marks.map(({ kind }) => kind)).toEqual(["alarm"]);
  });

  it("plays the same events with other directives, side by side", () => {
    const session = opened(TWO_STAGES, [
      rule(1, { reliability: 1 }),
      rule(2, { reliability: 10, occurrence: 3, timeout: 20 }),
    ]);
    session.append(SCAN);
    expect(session.goTo(8).sides).toMatchObject([
      { side: "saved", alarms: 2, highestRisk: 4 },
      { side: "edited", alarms: 1, highestRisk: 8, alarmsAtEnd: 1 },
    ]);
    expect(session.directives(settingOf(directiveFile(rule(1), rule(2, { occurrence: 2 }))))).toMatchObject({
      step: 8,
      sides: [{ side: "saved", alarms: 2 }],
    });
  });

  it("tells bad lines with their number and plays the rest", () => {
    const session = opened();
    const bad = Buffer.concat([linesOf([1, 0]), Buffer.from('{"event_id": 7}\nrubbish\n'), linesOf([2, 1])]);
    expect(session.append(bad)).toMatchObject({
      events: 2,
      refused: 2,
      problems: [
        { line: 2, text: "isn't an event: event_id must be a string, not 7" },
        { line: 3, text: expect.stringContaining("isn't JSON") },
      ],
    });
  });

  it("stops with a sentence where more would live than it may hold, and goes back from there", () => {
    const session = new Session(settingOf(directiveFile(rule(1), rule(2))), () => 0, { liveBacklogs: 3, held: 100 });
    session.append(linesOf([1, 0], [1, 1], [1, 2], [1, 3], [1, 4], [1, 5]));
    const stopped = session.goTo(6);
    expect(stopped).toMatchObject({ step: 4, stopped: true });
    expect(stopped.reason).toBe(
      'The replay stopped at event 4: more than 3 backlogs would be live at once, 4 of them of directive 1 ("Scan from SRC_IP"). ' +
        "Narrow the conditions of its first stage, or shorten its timeouts.",
    );
    expect(session.goTo(2)).toMatchObject({ step: 2, sides: [{ liveBacklogs: 2 }] });
    expect(session.advance({ mostMs: 1, breakOn: { alarm: false, stageChange: false } })).toMatchObject({
      step: 4,
      stopped: true,
    });
  });

  it("says how the events lie in time by the virtual clock", () => {
    const session = opened();
    session.append(linesOf([1, 0], [2, 50], [2, 10], [2, 100]));
    expect(session.ticks(4)).toEqual({ counts: [1, 0, 2, 1], steps: [1, 1, 3, 4] });
  });
});
