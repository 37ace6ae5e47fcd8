import { afterEach, describe, expect, it } from "vitest";
import { endAnswerSchema, leaseAnswerSchema, sinceAnswerSchema } from "../contract/rpc.ts";
import { cleanup, inMemory, journalOf, omittedEntries, serving } from "./console.fixture.ts";
import type { Journal } from "./journal-feed.ts";

afterEach(() => cleanup.run());

const keys = (count: number) => Array.from({ length: count }, (_, i): [string, number] => [`key${i}`, i]);

describe("a reader of the journal", () => {
  it("is told that there is none", async () => {
    const none = await serving(inMemory);
    for (const request of [
      { method: "since", seq: 1 },
      { method: "follow", seconds: 5 },
    ]) {
      const refused = await none.refusal(request);
      expect([refused.code, refused.message]).toEqual(["JOURNAL_OFF", expect.stringContaining("--journal")]);
    }
    await none.ask(endAnswerSchema, "unfollow");
    const stateless = await serving(inMemory, { journal: { since: async () => undefined, onJournal: undefined } });
    expect((await stateless.refusal({ method: "since", seq: 1 })).code).toBe("JOURNAL_OFF");
  });

  it("is told what it missed for good", async () => {
    const { ask } = await serving(inMemory, { journal: journalOf(omittedEntries(11, 20), 11) });
    const page = await ask(sinceAnswerSchema, "since", { seq: 5 });
    expect(page).toMatchObject({ gap: { from: 5, to: 10 }, oldest: 11, last: 20, next: 21 });
    expect(page.entries.map((entry) => entry.seq)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect((await ask(sinceAnswerSchema, "since", { seq: 11 })).gap).toBeUndefined();
    const nothingNew = await ask(sinceAnswerSchema, "since", { seq: 21 });
    expect(nothingNew).toEqual({ ok: true, entries: [], next: 21, oldest: 11, last: 20 });
  });

  it("is told when everything that was kept is gone, and when there never was anything", async () => {
    const gone = await serving(inMemory, { journal: journalOf([], 21) });
    expect(await gone.ask(sinceAnswerSchema, "since", { seq: 5 })).toMatchObject({
      gap: { from: 5, to: 20 },
      last: 20,
    });
    const never = await serving(inMemory, { journal: journalOf([]) });
    for (const seq of [0, 1]) {
      const page = await never.ask(sinceAnswerSchema, "since", { seq });
      expect(page).toEqual({ ok: true, entries: [], next: 1, oldest: 1, last: 0 });
    }
  });

  it("begins anew with a journal that was begun anew", async () => {
    const { ask } = await serving(inMemory, { journal: journalOf(omittedEntries(1, 3)) });
    const page = await ask(sinceAnswerSchema, "since", { seq: 500 });
    expect([page.restarted, page.gap, page.next, page.entries.length]).toEqual([true, undefined, 4, 3]);
    expect((await ask(sinceAnswerSchema, "since", { seq: 4 })).restarted).toBeUndefined();
  });

  it("gets a note in the place of what can't be carried at all, and everything else", async () => {
    const hopeless = { seq: 2, at: 5, kind: "event", alarm_id: "a", stage: 1, event: Object.fromEntries(keys(500)) };
    const entries = [...omittedEntries(1, 1), JSON.stringify(hopeless), ...omittedEntries(3, 60)];
    const { ask } = await serving(() => inMemory(2048), { journal: journalOf(entries) });
    const seen: number[] = [];
    for (let seq = 1; seq <= 60; ) {
      const page = await ask(sinceAnswerSchema, "since", { seq });
      for (const entry of page.entries) seen.push(entry.seq);
      expect(page.next).toBeGreaterThan(seq);
      seq = page.next;
    }
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it("misses nothing of a page that holds more than the bus takes", async () => {
    const journal = journalOf(omittedEntries(1, 200));
    const { since } = journal;
    // As if the server had come back with a lower limit just now.
    journal.since = (seq) => since(seq, 1_000_000);
    const { ask } = await serving(() => inMemory(2048), { journal });
    const seen: number[] = [];
    for (let seq = 1; seq <= 200; ) {
      const page = await ask(sinceAnswerSchema, "since", { seq });
      for (const entry of page.entries) seen.push(entry.seq);
      seq = page.next;
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it("gets a refusal when the journal can't be read, and the log says why", async () => {
    const broken: Journal = { since: () => Promise.reject(new Error("the disk is on fire")), onJournal: undefined };
    const { refusal, log } = await serving(inMemory, { journal: broken });
    const { code, message } = await refusal({ method: "since", seq: 1 });
    expect([code, message.includes("fire")]).toEqual(["FAILED", false]);
    expect(log.count("the disk is on fire")).toBe(1);
  });

  it("that follows and is gone costs nothing any more", async () => {
    const journal = journalOf([]);
    const { ask, consoleBus, clock } = await serving(inMemory, { journal });
    let published = 0;
    consoleBus.subscribe("dsiem_console.alarms.*", () => {
      published += 1;
    });
    await ask(leaseAnswerSchema, "follow", { seconds: 10 });
    journal.onJournal?.(omittedEntries(1, 1));
    expect(published).toBe(1);
    const now = clock.monotonic.bind(clock);
    clock.monotonic = () => now() + 10_001;
    journal.onJournal?.(omittedEntries(2, 2));
    expect([published, journal.onJournal]).toEqual([1, undefined]);
  });
});
