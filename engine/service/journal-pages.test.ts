import { afterEach, describe, expect, it } from "vitest";
import { sinceAnswerSchema } from "../contract/rpc.ts";
import { cleanup, inMemory, journalOf, omittedEntries, serving } from "./console.fixture.ts";
import type { JournalReader } from "./journal-pages.ts";

afterEach(() => cleanup.run());

const keys = (count: number) => Array.from({ length: count }, (_, i): [string, number] => [`key${i}`, i]);

describe("a reader of the journal", () => {
  it("is told that there is none", async () => {
    const { refusal } = await serving(inMemory);
    expect(await refusal({ method: "since", seq: 0 })).toMatchObject({
      code: "JOURNAL_OFF",
      message: expect.stringContaining("--journal"),
    });
  });

  it("is told what it missed for good", async () => {
    const { ask } = await serving(inMemory, { journal: journalOf(omittedEntries(11, 20), 11) });
    const page = await ask(sinceAnswerSchema, "since", { seq: 4 });
    expect(page).toMatchObject({ gap: { from: 5, to: 10 }, oldest: 11, last: 20, next: 20 });
    expect(page.entries.map((entry) => entry.seq)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect((await ask(sinceAnswerSchema, "since", { seq: 10 })).gap).toBeUndefined();
    expect(await ask(sinceAnswerSchema, "since", { seq: 20 })).toMatchObject({ entries: [], next: 20 });
  });

  it("is told when everything that was kept is gone, and when there never was anything", async () => {
    const gone = await serving(inMemory, { journal: journalOf([], 21) });
    expect(await gone.ask(sinceAnswerSchema, "since", { seq: 4 })).toMatchObject({
      gap: { from: 5, to: 20 },
      last: 20,
    });
    const never = await serving(inMemory, { journal: journalOf([], 1) });
    const page = await never.ask(sinceAnswerSchema, "since", { seq: 0 });
    expect(page).toEqual({ ok: true, entries: [], next: 0, oldest: 1, last: 0 });
  });

  it("begins anew with a journal that was begun anew", async () => {
    const { ask } = await serving(inMemory, { journal: journalOf(omittedEntries(1, 3), 1, "new") });
    const seqs = async (request: object) => {
      const page = await ask(sinceAnswerSchema, "since", request);
      return [page.restarted, page.gap, page.journal, page.next, page.entries.length];
    };
    expect(await seqs({ seq: 500 })).toEqual([true, undefined, "new", 3, 3]);
    expect(await seqs({ seq: 2, journal: "old" })).toEqual([true, undefined, "new", 3, 3]);
    expect(await seqs({ seq: 2, journal: "new" })).toEqual([undefined, undefined, "new", 3, 1]);
  });

  it("gets a note in the place of what can't be carried at all, and everything else", async () => {
    const hopeless = { seq: 2, at: 5, kind: "event", alarm_id: "a", stage: 1, event: Object.fromEntries(keys(500)) };
    const entries = [...omittedEntries(1, 1), JSON.stringify(hopeless), ...omittedEntries(3, 60)];
    const { ask } = await serving(() => inMemory(2048), { journal: journalOf(entries, 1) });
    const seen: number[] = [];
    for (let seq = 0; seq < 60; ) {
      const page = await ask(sinceAnswerSchema, "since", { seq });
      for (const entry of page.entries) seen.push(entry.seq);
      expect(page.next).toBeGreaterThan(seq);
      seq = page.next;
    }
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it("gets a refusal when the journal can't be read, and the log says why", async () => {
    const broken: JournalReader = { since: () => Promise.reject(new Error("the disk is on fire")) };
    const { refusal, log } = await serving(inMemory, { journal: broken });
    const { code, message } = await refusal({ method: "since", seq: 0 });
    expect([code, message.includes("fire")]).toEqual(["FAILED", false]);
    expect(log.count("the disk is on fire")).toBe(1);
  });
});
