import assert from "node:assert/strict";
import fc from "fast-check";
import type { NextDirective } from "../../backlog/changeover.ts";
import { directivesArbitrary, EPOCH, eventsArbitrary } from "../../backlog/testing/scenarios.ts";
import { type Property, property } from "../../base/testing/property.ts";
import type { Directive, Rule } from "../../contract/directive.ts";
import { stateChangeSchema } from "../../contract/state-change.ts";
import { Backend, Gathered } from "./state-model.ts";

/** Long after everything that lives has expired. */
const LATER_MS = (EPOCH + 1_000_000) * 1000;

/** Of the directive that comes new, and that another one replaces next time. */
const NEW_ID = 9;

type Change = "same" | "other" | "other rules" | "other header" | "renamed" | "removed";

const changesArbitrary = fc.array(
  fc.constantFrom<Change>("same", "other", "other rules", "other header", "renamed", "removed"),
  { minLength: 3, maxLength: 3 },
);

/** What somebody may have made of the files: `others` gives what comes new. */
function edited(
  directives: readonly Directive[],
  changes: readonly Change[],
  others: readonly Directive[],
  reversed: boolean,
): Directive[] {
  const kept = directives.filter(({ id }) => id !== NEW_ID);
  const after = kept.flatMap((directive, i): Directive[] => {
    const other = { ...(others[i % others.length] ?? directive), id: directive.id };
    switch (changes[i] ?? "same") {
      case "same":
        return [directive];
      case "other":
        return [other];
      case "other rules":
        return [{ ...directive, rules: other.rules }];
      case "other header":
        return [{ ...other, name: directive.name, rules: directive.rules }];
      case "renamed":
        return [{ ...directive, name: directive.name === "plain" ? "SRC_IP to DST_IP" : "SRC_IP t" }];
      default:
        return [];
    }
  });
  const added = { ...(others.at(-1) ?? directives[0]), id: NEW_ID } as Directive;
  return reversed ? [added, ...after].reverse() : [...after, added];
}

function nextOf(before: readonly Directive[], after: readonly Directive[]): NextDirective[] {
  const texts = new Map(before.map((directive) => [directive.id, JSON.stringify(directive)]));
  return after.map((directive) => ({
    id: directive.id,
    parse: () => directive,
    ...(texts.get(directive.id) !== JSON.stringify(directive) && { names: directive.rules }),
  }));
}

/** Started from what the other wrote down; what can't go on is gone for good. */
function rebuiltOf(directives: readonly Directive[], gathered: Gathered): Backend {
  const backend = new Backend(directives, gathered);
  const changes = gathered.changes.map((line) => stateChangeSchema.parse(JSON.parse(line)));
  const rules = new Map(Array.from(gathered.ruleTexts, ([hash, text]) => [hash, JSON.parse(text) as Rule[]]));
  const { left } = backend.correlator.rebuild(changes, rules, () => true, EPOCH * 1000);
  for (const ordinal of left) gathered.change(`[${ordinal},"x"]`);
  return backend;
}

function sortedLines(text: string): string[] {
  return text.split("\n").sort();
}

const reloaded = property(
  {
    number: 2,
    name: "reload",
    says: "goes on with changed directives as after a stop and a start with them, events coming in meanwhile",
    cases: ["backlogs on old rules", "backlogs that end", "backlogs that stay", "an alarm afterwards"],
  },
  (seen) =>
    fc.property(
      directivesArbitrary,
      directivesArbitrary,
      directivesArbitrary,
      fc.array(fc.tuple(changesArbitrary, fc.boolean()), { minLength: 1, maxLength: 3 }),
      eventsArbitrary(60),
      fc.nat({ max: 7 }),
      (directives, others, more, reloads, events, stepsPerEvent) => {
        const ofReloaded = new Gathered();
        const ofRestarted = new Gathered();
        const running = new Backend(directives, ofReloaded);
        let restarted = new Backend(directives, ofRestarted);
        let loaded: readonly Directive[] = directives;
        let sequence = 0;
        const process = (): void => {
          const event = events[sequence];
          if (event === undefined) return;
          sequence += 1;
          running.process(event, sequence);
          restarted.process(event, sequence);
        };
        const share = Math.floor(events.length / (reloads.length + 1));
        for (const [i, [changes, reversed]] of reloads.entries()) {
          while (sequence < share * (i + 1)) process();
          const after = edited(loaded, changes, i % 2 === 0 ? others : more, reversed);
          const changeover = running.correlator.changeoverTo(nextOf(loaded, after), LATER_MS);
          let steps = 0;
          for (const _ of changeover.steps()) {
            steps += 1;
            if (steps % (stepsPerEvent + 1) === 0) process();
          }
          if (stepsPerEvent % 2 === 0) process();
          const { onOldRules, ended } = running.correlator.changeOver(changeover, LATER_MS);
          if (onOldRules.size > 0) seen.note("backlogs on old rules");
          if (ended.length > 0) seen.note("backlogs that end");
          while (running.correlator.endUnloaded(2));
          restarted = rebuiltOf(after, ofRestarted);
          assert.equal(running.state, restarted.state);
          if (running.correlator.liveBacklogs > 0) seen.note("backlogs that stay");
          assert.equal(running.correlator.liveBacklogs, restarted.correlator.liveBacklogs);
          loaded = after;
        }
        const alarmsBefore = ofReloaded.alarms;
        while (sequence < events.length) process();
        assert.equal(running.state, restarted.state);
        assert.equal(ofReloaded.events, ofRestarted.events);
        assert.equal(ofReloaded.alarms, ofRestarted.alarms);
        if (ofReloaded.alarms !== alarmsBefore) seen.note("an alarm afterwards");
        // Killed now, it would go on from where it is.
        assert.equal(rebuiltOf(loaded, ofReloaded).state, running.state);
        for (const { correlator } of [running, restarted]) {
          correlator.expire(LATER_MS);
          assert.equal(correlator.liveBacklogs, 0);
        }
        assert.deepEqual(sortedLines(ofReloaded.alarms), sortedLines(ofRestarted.alarms));
      },
    ),
);

export const RELOAD_PROPERTIES: readonly Property[] = [reloaded];
