import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { isFault, readEvent } from "../base/event.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { Playback } from "./playback.ts";
import { Recording } from "./recording.ts";
import { configOf, directivesArbitrary, recordingArbitrary, stateOf } from "./testing/scenario.ts";

const START = 1_700_000_000;

function recordingOf(events: readonly NormalizedEvent[]): Recording {
  const recording = new Recording();
  for (const each of events) recording.add(each, Buffer.from(JSON.stringify(each)));
  return recording;
}

/** The state after each step of one straight run. */
function straight(directives: readonly Directive[], events: readonly NormalizedEvent[], wanted: ReadonlySet<number>) {
  const playback = new Playback(configOf(directives), recordingOf(events));
  const states = new Map<number, string>();
  do if (wanted.has(playback.step)) states.set(playback.step, stateOf(playback.run));
  while (playback.next());
  return states;
}

describe("a playback", () => {
  it("is at each step as a straight run is there, however it came to it", () => {
    fc.assert(
      fc.property(
        directivesArbitrary,
        // What the door would refuse is in no recording.
        recordingArbitrary(60).map((events) => events.filter((each) => !isFault(readEvent(each)))),
        fc.array(fc.oneof(fc.constant(1), fc.constant(-1), fc.integer({ min: -80, max: 80 })), {
          minLength: 5,
          maxLength: 25,
        }),
        (directives, events, moves) => {
          const playback = new Playback(configOf(directives), recordingOf(events));
          const last = playback.lastStep;
          const path: number[] = [];
          for (const move of moves) path.push(Math.min(last, Math.max(0, (path.at(-1) ?? 0) + move)));
          const states = straight(directives, events, new Set(path));
          for (const step of path) {
            playback.goTo(step);
            expect(playback.step).toBe(step);
            expect(stateOf(playback.run)).toBe(states.get(step));
          }
        },
      ),
      { numRuns: 75 },
    );
  });

  it("shares large sets between its checkpoints and still has each as it was", () => {
    // One backlog that hundreds of events, sources and ports go into, and many small ones beside it.
    const hot = directive([rule(1), rule(2, { occurrence: 10_000, sticky_different: "SRC_IP", plugin_sid: [2] })]);
    const many = directive([rule(1, { plugin_sid: [3] }), rule(2, { plugin_sid: [4], from: ":1", occurrence: 2 })], {
      id: 2,
    });
    const events = Array.from({ length: 1_200 }, (_, i) => {
      const sid = i === 0 ? 1 : 2 + (i % 3);
      const src_ip = i % 7 === 0 ? "0.0.0.0" : `44.${i % 5}.${(i >> 8) & 255}.${i & 255}`;
      return event(sid, `e${i}`, {
        ...{ src_ip, src_port: i % 1_000, custom_label1: `label ${i % 20}`, custom_data1: `value ${i}` },
        seconds: START + Math.floor(i / 10),
      });
    });
    const path = [1_201, 1_100, 10, 1_101, 600, 599, 255, 256, 257, 1_200, 1, 0, 1_201];
    const states = straight([hot, many], events, new Set(path));
    const playback = new Playback(configOf([hot, many]), recordingOf(events));
    for (const step of path) {
      playback.goTo(step);
      expect(stateOf(playback.run)).toBe(states.get(step));
    }
  });
});
