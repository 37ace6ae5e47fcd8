import assert from "node:assert/strict";
import fc from "fast-check";
import { type Property, property } from "../../base/testing/property.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import { type SavedBacklog, type SavedRule, savedBacklogFileSchema } from "../../contract/saved-backlog.ts";
import type { Correlator } from "../correlator.ts";
import { NaiveCorrelator } from "./naive-correlator.ts";
import { correlatorOf, directivesArbitrary, EPOCH, eventsArbitrary, HOME } from "./scenarios.ts";

const NOW_MS = EPOCH * 1000;

const indexed = property(
  { number: 1, name: "index", says: "does what a scan of every live backlog does", cases: ["a finished stage"] },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(60), (directives, events) => {
      const trace: string[] = [];
      const correlator = correlatorOf(directives, trace);
      const naive = new NaiveCorrelator(HOME, directives);
      for (const event of events) {
        correlator.process(event, NOW_MS);
        naive.process(event);
      }
      assert.deepEqual(trace, naive.trace);
      if (trace.some((line) => line.startsWith("finished"))) seen.note("a finished stage");
    }),
);

const reloaded = property(
  {
    number: 2,
    name: "reload",
    says: "goes on after a save and reload at any event as if nothing had been",
    cases: ["sticky values at the reload", "a reference at the reload"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(40), fc.nat(), (directives, events, cut) => {
      const at = cut % (events.length + 1);
      const whole: string[] = [];
      const uninterrupted = correlatorOf(directives, whole);
      const parts: string[] = [];
      const before = correlatorOf(directives, parts);
      for (const event of events) uninterrupted.process(event, NOW_MS);
      for (const event of events.slice(0, at)) before.process(event, NOW_MS);
      const created = parts.filter((line) => line.startsWith("created")).length;
      const after = correlatorOf(directives, parts, { firstId: created });
      for (const [id, saved] of before.snapshot()) {
        const text = JSON.stringify(saved);
        if (text.includes("saved_sticky_diffdata")) seen.note("sticky values at the reload");
        if (/"(from|to|port_from|port_to|protocol|custom_data1)":":\d"/.test(text)) {
          seen.note("a reference at the reload");
        }
        assert.deepEqual(after.restore(id, savedBacklogFileSchema.parse(JSON.parse(text)), NOW_MS), []);
      }
      assert.deepEqual(after.snapshot(), before.snapshot());
      for (const event of events.slice(at)) after.process(event, NOW_MS);
      assert.deepEqual(parts, whole);
      assert.deepEqual(after.snapshot(), uninterrupted.snapshot());
    }),
);

const offeredAgain = property(
  {
    number: 5,
    name: "offered-again",
    says: "counts a recorded event once in a stage, however often it comes",
    cases: ["an event that a stage has already"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(30), fc.nat(), (directives, events, pick) => {
      const trace: string[] = [];
      const correlator = correlatorOf(directives, trace);
      for (const event of events) correlator.process(event, NOW_MS);
      const again = events[pick % events.length];
      if (again === undefined) return;
      const before = liveBacklogs(correlator);
      trace.length = 0;
      correlator.process(again, NOW_MS);
      const after = liveBacklogs(correlator);
      for (const [id, was] of before) {
        for (const rule of was.rules) {
          if (rule.saved_event_ids?.includes(again.event_id) !== true) continue;
          seen.note("an event that a stage has already");
          assert.ok(!trace.some((line) => line.startsWith(`finished ${rule.stage} of ${id} `)));
          const is = after.get(id)?.rules.find(({ stage }) => stage === rule.stage);
          if (is !== undefined) assert.deepEqual(is.saved_event_ids, rule.saved_event_ids);
        }
      }
    }),
);

function liveBacklogs(correlator: Correlator): Map<string, SavedBacklog> {
  return new Map(
    [...correlator.snapshot().values()].flat().map((backlog): [string, SavedBacklog] => [backlog.alarm_id, backlog]),
  );
}

const independent = property(
  { number: 7, name: "independence", says: "keeps directives independent: both together do what each does alone" },
  () =>
    fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
      const together: string[] = [];
      const both = correlatorOf(directives, together);
      for (const event of events) both.process(event, NOW_MS);
      const apart = directives.flatMap((directive) => {
        const trace: string[] = [];
        const alone = correlatorOf([directive], trace);
        for (const event of events) alone.process(event, NOW_MS);
        return trace;
      });
      assert.deepEqual(anonymous(together), anonymous(apart));
    }),
);

/** The lines without the ids of backlogs, which count across directives, in an order that doesn't depend on them. */
function anonymous(trace: readonly string[]): string[] {
  return trace.map((line) => line.replace(/\bid\d+\b/g, "a backlog")).sort();
}

const consumed = property(
  {
    number: 8,
    name: "consumed",
    says: "begins no backlog with an event that another of the directive took, and at most one with any other",
    cases: ["an event that a backlog took", "an event that began one"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
      const trace: string[] = [];
      const correlator = correlatorOf(directives, trace);
      const directiveOf = new Map<string, string>();
      for (const event of events) {
        const known = new Set(directiveOf.keys());
        trace.length = 0;
        const matched = correlator.process(event, NOW_MS);
        const created: string[] = [];
        for (const line of trace) {
          const [, id = "", directive = ""] = /^created (id\d+) of (\d+)/.exec(line) ?? [];
          if (id === "") continue;
          directiveOf.set(id, directive);
          created.push(directive);
        }
        const took = trace
          .map((line) => /^(?:recorded|discarded) .*\b(id\d+)$/.exec(line)?.[1] ?? "")
          .filter((id) => known.has(id))
          .map((id) => directiveOf.get(id) ?? "");
        if (took.length > 0) seen.note("an event that a backlog took");
        if (created.length > 0) seen.note("an event that began one");
        assert.equal(new Set(created).size, created.length);
        assert.ok(created.every((directive) => !took.includes(directive)));
        assert.equal(matched, new Set([...created, ...took]).size);
      }
    }),
);

const sticky = property(
  {
    number: 9,
    name: "sticky",
    says: "notes a sticky value only of an event that a stage took, also of one discarded as out of order",
    cases: ["a value of a recorded event", "a value of a discarded event", "an event that the stage didn't take"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
      const trace: string[] = [];
      const correlator = correlatorOf(directives, trace);
      for (const event of events) {
        const before = liveBacklogs(correlator);
        trace.length = 0;
        correlator.process(event, NOW_MS);
        const after = liveBacklogs(correlator);
        for (const [id, was] of before) {
          const is = after.get(id);
          if (is !== undefined) compareSticky(event, was, is, trace, (what) => seen.note(what));
        }
      }
    }),
);

/** Those that the random directives use. */
const STICKY_FIELDS: ReadonlyMap<string, "src_ip" | "dst_port" | "plugin_sid" | "custom_data1"> = new Map([
  ["SRC_IP", "src_ip"],
  ["DST_PORT", "dst_port"],
  ["PLUGIN_SID", "plugin_sid"],
  ["CUSTOM_DATA1", "custom_data1"],
] as const);

function stickyValues(rule: SavedRule | undefined): (string | number)[] {
  const { sdiff_string = [], sdiff_int = [] } = rule?.saved_sticky_diffdata ?? {};
  return [...sdiff_string, ...sdiff_int];
}

type Noted = "a value of a recorded event" | "a value of a discarded event" | "an event that the stage didn't take";

/** Only the stage that was the current one may have learnt a value, the event's, and only when it took the event. */
function compareSticky(
  event: NormalizedEvent,
  was: SavedBacklog,
  is: SavedBacklog,
  trace: readonly string[],
  note: (what: Noted) => void,
): void {
  const current = Math.min(...was.rules.filter((rule) => rule.status === undefined).map((rule) => rule.stage));
  const discarded = trace.includes(`discarded ${event.event_id} by ${was.alarm_id}`);
  const recorded = trace.includes(`recorded ${event.event_id} at ${current} of ${was.alarm_id}`);
  for (const rule of was.rules) {
    const known = stickyValues(rule);
    const now = stickyValues(is.rules.find((each) => each.stage === rule.stage));
    if (rule.stage !== current || !(discarded || recorded)) {
      if (rule.stage === current && rule.sticky_different !== undefined) note("an event that the stage didn't take");
      assert.deepEqual(now, known);
      continue;
    }
    const field = STICKY_FIELDS.get(rule.sticky_different ?? "");
    const value = field === undefined ? undefined : event[field];
    assert.deepEqual(new Set(now), new Set(value === undefined ? known : [...known, value]));
    if (value !== undefined) note(discarded ? "a value of a discarded event" : "a value of a recorded event");
  }
}

export const CORRELATOR_PROPERTIES: readonly Property[] = [
  indexed,
  reloaded,
  offeredAgain,
  independent,
  consumed,
  sticky,
];
