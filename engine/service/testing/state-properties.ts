import assert from "node:assert/strict";
import fc from "fast-check";
import { directivesArbitrary, eventsArbitrary } from "../../backlog/testing/scenarios.ts";
import { type Property, property } from "../../base/testing/property.ts";
import type { Directive } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import { stateChangeSchema } from "../../contract/state-change.ts";
import { ALARM_EVENTS_FILE, ALARMS_FILE } from "../../store/open-state.ts";
import { Backend, type Fate, Gathered, World } from "./state-model.ts";

const rebuilt = property(
  {
    number: 2,
    name: "rebuild",
    says: "goes on from its written changes at any event as if nothing had been",
    cases: ["backlogs that go on", "backlogs that had ended"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(40), fc.nat(), (directives, events, cut) => {
      const at = cut % (events.length + 1);
      const whole = new Gathered();
      const uninterrupted = new Backend(directives, whole);
      const parts = new Gathered();
      const before = new Backend(directives, parts);
      for (const [i, event] of events.entries()) uninterrupted.process(event, i + 1);
      for (const [i, event] of events.slice(0, at).entries()) before.process(event, i + 1);
      const after = new Backend(directives, parts);
      const changes = parts.changes.map((line) => stateChangeSchema.parse(JSON.parse(line)));
      assert.deepEqual(after.rebuild(changes, parts.ruleTexts), []);
      assert.equal(after.state, before.state);
      if (after.correlator.liveBacklogs > 0) seen.note("backlogs that go on");
      if (changes.some(([, kind]) => kind === "x")) seen.note("backlogs that had ended");
      for (const [i, event] of events.slice(at).entries()) after.process(event, at + i + 1);
      assert.equal(after.state, uninterrupted.state);
      assert.equal(parts.events, whole.events);
      assert.equal(parts.alarms, whole.alarms);
      assert.deepEqual(parts.changes, whole.changes);
    }),
);

const fates: fc.Arbitrary<Fate[]> = fc.array(
  fc.record({
    diesAt: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 250 })),
    eighths: fc.nat(8),
    rotates: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    everyEvents: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const killed = property(
  {
    number: 3,
    name: "killed",
    says: "writes the same bytes and journal when it is killed at any step with files or database and started again",
    cases: ["killed in recovery", "killed in the middle of a line", "killed elsewhere", "an alarm"],
    // Each run is up to five lives of a backend with a database.
    share: 0.2,
  },
  (seen) =>
    fc.asyncProperty(directivesArbitrary, eventsArbitrary(40), fates, async (directives, events, lives) => {
      const expected = uninterrupted(directives, events);
      const world = new World(directives, events);
      try {
        for (const fate of lives) {
          const end = await world.live(fate);
          if (end !== "in peace") seen.note(`killed ${end}`);
        }
        assert.equal(await world.live(undefined), "in peace");
        for (const [name, lines] of [
          [ALARM_EVENTS_FILE, expected.events],
          [ALARMS_FILE, expected.alarms],
        ] as const) {
          const files = world.contents(name);
          assert.equal(files.join(""), lines);
          assert.ok(
            files.every((text) => text === "" || text.endsWith("\n")),
            `${name} has a torn line`,
          );
        }
        assert.equal(world.state, expected.state);
        const records = expected.alarms.split("\n").slice(0, -1);
        const numbered = records.map((record, i): [number, string] => [i + 1, JSON.stringify(JSON.parse(record))]);
        assert.deepEqual(world.journal, numbered);
        if (expected.alarms !== "") seen.note("an alarm");
      } finally {
        world.destroy();
      }
    }),
);

function uninterrupted(directives: readonly Directive[], events: readonly NormalizedEvent[]) {
  const gathered = new Gathered();
  const backend = new Backend(directives, gathered);
  for (const [i, event] of events.entries()) backend.process(event, i + 1);
  return { events: gathered.events, alarms: gathered.alarms, state: backend.state };
}

export const STATE_PROPERTIES: readonly Property[] = [rebuilt, killed];
