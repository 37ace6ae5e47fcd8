import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { published, until } from "../bus/bus.fixture.ts";
import { journalNewsSchema } from "../contract/journal.ts";
import { type EventOutcome, outcomeBatchSchema } from "../contract/outcomes.ts";
import {
  backlogAnswerSchema,
  backlogsAnswerSchema,
  endAnswerSchema,
  leaseAnswerSchema,
  rpcRefusalSchema,
  sinceAnswerSchema,
} from "../contract/rpc.ts";
import { alarmsSubject, outcomesSubject } from "../contract/subjects.ts";
import { cleanup, inMemory, journalOf, overLink, overNats, serving } from "./console.fixture.ts";
import type { Journal } from "./journal-feed.ts";

afterEach(() => cleanup.run());

/** All pages, with what happens between them. */
async function listAll(
  { ask }: Pick<Awaited<ReturnType<typeof serving>>, "ask">,
  limit: number,
  between: (page: number) => void = () => undefined,
) {
  const ids: string[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const answer = await ask(backlogsAnswerSchema, "backlogs", { limit, ...(after !== undefined && { after }) });
    ids.push(...answer.backlogs.map(({ id }) => id));
    after = answer.next;
    pages += 1;
    between(pages);
  } while (after !== undefined);
  return { ids, pages };
}

describe.each([
  ["link", overLink],
  ["NATS", overNats],
])("over %s a backend tells the console", (_, open) => {
  it("its live backlogs, page by page, while they come and go", async () => {
    const served = await serving(open);
    for (let host = 1; host <= 300; host++) served.process(1, host);
    for (let host = 1; host <= 50; host++) served.process(4, host);
    let ended = 0;
    const { ids, pages } = await listAll(served, 40, (page) => {
      // Two end, one of them on a page to come; one begins.
      for (const host of [2 * page, 300 - 3 * page]) {
        served.process(2, host);
        served.process(3, host);
        ended += 1;
      }
      served.process(1, 1000 + page);
    });
    expect(pages).toBeGreaterThan(8);
    expect(new Set(ids).size).toBe(ids.length);
    const live = [...served.correlator.backlogs()].filter(({ ordinal }) => ordinal <= 350);
    expect(live.length).toBe(350 - ended);
    expect(live.filter(({ id }) => !ids.includes(id))).toEqual([]);
  });

  it("one of them in full", async () => {
    const served = await serving(open);
    served.process(1, 9);
    served.process(4, 9);
    served.process(2, 9, { event_id: "second" });
    const { backlogs, total, next } = await served.ask(backlogsAnswerSchema, "backlogs", { directive: 7 });
    expect([backlogs.length, total, next]).toEqual([1, 2, undefined]);
    expect(backlogs[0]).toMatchObject({ id: "id1", title: "Scan by 10.0.0.9", stage: 3, stages: 3, risk: 2 });
    for (const request of [{ id: "id1" }, { id: "id1", directive: 7 }]) {
      const { backlog } = await served.ask(backlogAnswerSchema, "backlog", request);
      expect(backlog.stageViews[1]?.eventIds.values).toEqual(["second"]);
      expect(backlog.advance.rule.from).toBe("10.0.0.9");
    }
  });

  it("what became of events, only while it watches", async () => {
    const served = await serving(open);
    const { backendBus, consoleBus, intake } = served;
    const told: EventOutcome[] = [];
    const messages: number[] = [];
    consoleBus.subscribe(outcomesSubject("be1"), (payload) => {
      messages.push(payload.length);
      told.push(...outcomeBatchSchema.parse(JSON.parse(Buffer.from(payload).toString())).outcomes);
    });
    backendBus.subscribeEvents((payload, position) => intake.accept(payload, position));
    // Core NATS loses what is published before the server knows of the subscription.
    await backendBus.drain(5000);
    const publish = async (id: string, sid: number, connId: number): Promise<void> => {
      const { seconds, ...fields } = event(sid, id, { conn_id: connId, carrier: { dsiem_boot: "carried" } });
      await published(consoleBus, [Buffer.from(JSON.stringify(fields))]);
      await until(() => intake.counters.received > 0 && intake.queueLength === 0, id);
    };
    await publish("before", 1, 1);
    const before = Date.now();
    const { until: ends } = await served.ask(leaseAnswerSchema, "watch", { seconds: 20 });
    expect(ends - before).toBeGreaterThan(19_000);
    expect(ends - before).toBeLessThan(25_000);
    await publish("begins", 1, 2);
    await publish("nobody", 9, 3);
    await until(() => told.length === 2, "the outcomes");
    expect(told.map(({ event_id, conn_id, outcome }) => [event_id, conn_id, outcome]).sort()).toEqual([
      ["begins", 2, "correlated"],
      ["nobody", 3, "uninteresting"],
    ]);
    const boot = backendBus.kind === "link" ? backendBus.streamPosition(2)?.stream : "carried";
    expect(new Set(told.map((each) => each.boot))).toEqual(new Set([boot]));
    await served.ask(endAnswerSchema, "unwatch");
    expect([intake.watcher, served.correlator.onOutcome]).toEqual([undefined, undefined]);
    const count = messages.length;
    await publish("after", 1, 4);
    await served.ask(endAnswerSchema, "unwatch");
    expect(messages.length).toBe(count);
  });

  it("its journal, on answers and as it grows, none of it larger than the bus takes", async () => {
    const record = (host: number, sources: number) => ({
      ...{ alarm_id: `a${host}`, title: "t", status: "Open", tag: "T", kingdom: "k", category: "c" },
      ...{ created_time: 1, update_time: 2, risk: 3, risk_class: "Low", rules: [], dst_ips: [], networks: [] },
      src_ips: Array.from({ length: sources }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
    });
    // The third is larger than any bus here takes.
    const entries = [1, 2, 3, 4, 5].map((seq) =>
      JSON.stringify({ seq, at: 1, kind: "alarm", record: record(seq, seq === 3 ? 120_000 : 100) }),
    );
    const journal = journalOf(entries);
    const served = await serving(open, { journal });
    const seen: number[] = [];
    let seq = 0;
    for (let pages = 0; pages < 10 && seq < 6; pages++) {
      const page = await served.ask(sinceAnswerSchema, "since", { seq, maxBytes: 5000 });
      expect([page.oldest, page.last, page.gap]).toEqual([1, 5, undefined]);
      for (const entry of page.entries) {
        seen.push(entry.seq);
        if (entry.seq === 3) expect(entry.shortened).toEqual({ "record.src_ips": 120_000 });
      }
      seq = page.next;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);

    const news: number[] = [];
    served.consoleBus.subscribe(alarmsSubject("be1"), (payload) => {
      const { entries: grown } = journalNewsSchema.parse(JSON.parse(Buffer.from(payload).toString()));
      news.push(...grown.map((entry) => entry.seq));
    });
    expect(journal.onJournal).toBeUndefined();
    await served.ask(leaseAnswerSchema, "follow", { seconds: 20 });
    // Until the subscription has reached the other side, too.
    await until(() => {
      if (news.length === 0) journal.onJournal?.(entries);
      return news.length > 0;
    }, "the news");
    await until(() => news.length % 5 === 0, "all of it");
    expect(news.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    await served.ask(endAnswerSchema, "unfollow");
    expect(journal.onJournal).toBeUndefined();
  });
});

describe("a question", () => {
  it.each<[unknown, string]>([
    [{}, "BAD_REQUEST"],
    [null, "BAD_REQUEST"],
    [[], "BAD_REQUEST"],
    [{ method: 5 }, "BAD_REQUEST"],
    [{ method: "m".repeat(100_000) }, "BAD_REQUEST"],
    [{ method: "forget" }, "UNKNOWN_METHOD"],
    [{ method: "constructor" }, "UNKNOWN_METHOD"],
    [{ method: "__proto__" }, "UNKNOWN_METHOD"],
    [{ method: "backlogs", limit: 0 }, "BAD_REQUEST"],
    [{ method: "backlogs", limit: 1e9 }, "BAD_REQUEST"],
    [{ method: "backlogs", limit: "5" }, "BAD_REQUEST"],
    [{ method: "backlogs", after: "x".repeat(129) }, "BAD_REQUEST"],
    [{ method: "backlogs", after: "run0.7.1" }, "STALE_CURSOR"],
    [{ method: "backlogs", directive: 99 }, "NO_SUCH_DIRECTIVE"],
    [{ method: "backlog" }, "BAD_REQUEST"],
    [{ method: "backlog", id: "id77" }, "NO_SUCH_BACKLOG"],
    [{ method: "backlog", id: "id1", directive: 8 }, "NO_SUCH_BACKLOG"],
    [{ method: "backlog", id: "id1", directive: 99 }, "NO_SUCH_DIRECTIVE"],
    [{ method: "watch", seconds: 31 }, "BAD_REQUEST"],
    [{ method: "watch", seconds: -1 }, "BAD_REQUEST"],
    [{ method: "watch" }, "BAD_REQUEST"],
    [{ method: "since", seq: -1 }, "BAD_REQUEST"],
    [{ method: "since", seq: 1.5 }, "BAD_REQUEST"],
  ])("%.60j is refused with %s", async (request, code) => {
    const served = await serving(inMemory);
    served.process(1, 1);
    const refused = await served.refusal(request);
    expect(refused.code).toBe(code);
    expect(refused.message.length).toBeLessThan(500);
    expect(served.log.count("ERROR")).toBe(0);
  });

  it("of any bytes gets an answer", async () => {
    const { askRaw, log, process } = await serving(inMemory);
    for (let host = 0; host < 10; host++) process(1, host);
    const field = fc.constantFrom(
      "method",
      "seq",
      "id",
      "after",
      "limit",
      "directive",
      "seconds",
      "maxBytes",
      "journal",
    );
    const method = fc.constantFrom(
      "since",
      "backlogs",
      "backlog",
      "watch",
      "unwatch",
      "follow",
      "unfollow",
      "stats",
      "toString",
    );
    const value = fc.oneof(fc.jsonValue(), method, fc.integer(), fc.constantFrom("run1.7.3", "id3", 7, 8));
    const near = fc.tuple(method, fc.array(fc.tuple(field, value))).map(([name, fields]) => ({
      ...Object.fromEntries(fields),
      method: name,
    }));
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .oneof(
          fc.json(),
          near.map((request) => JSON.stringify(request)),
          fc.string(),
        )
        .map((text) => Buffer.from(text)),
    );
    const answers = async (bytes: Uint8Array): Promise<void> => {
      const answer = await askRaw(bytes);
      if (typeof answer === "object" && answer !== null && "ok" in answer && answer.ok === true) return;
      rpcRefusalSchema.parse(answer);
    };
    await answers(Buffer.from(`{"method":${"[".repeat(200_000)}`));
    await answers(Buffer.from(`{"method":"backlogs","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`));
    await fc.assert(fc.asyncProperty(payload, answers), { numRuns: 1000 });
    expect(log.count("ERROR")).toBe(0);
  });

  it("is put off while too many are being answered, and not for good", async () => {
    const waiting: (() => void)[] = [];
    const page = { entries: [], next: 0, oldest: 1, last: 0 };
    const slow: Journal = {
      since: () => new Promise((resolve) => waiting.push(() => resolve(page))),
      onJournal: undefined,
    };
    const { ask, refusal } = await serving(inMemory, { journal: slow });
    const asked = Array.from({ length: 32 }, () => ask(sinceAnswerSchema, "since", { seq: 0 }));
    await until(() => waiting.length === 32, "the questions");
    expect((await refusal({ method: "since", seq: 0 })).code).toBe("BUSY");
    for (const answer of waiting.splice(0)) answer();
    await Promise.all(asked);
    await ask(endAnswerSchema, "unwatch");
  });

  it("is nobody's once the backend stops", async () => {
    const { answering, askRaw, ask, intake } = await serving(inMemory);
    await ask(leaseAnswerSchema, "watch", { seconds: 30 });
    answering.close();
    await expect(askRaw(Buffer.from('{"method":"unwatch"}'))).rejects.toThrow("nobody");
    expect(intake.watcher).toBeUndefined();
  });
});

describe("an answer", () => {
  it("has as many backlogs as fit", async () => {
    const served = await serving(() => inMemory(8192));
    for (let host = 0; host < 60; host++) served.process(1, host);
    const { ids, pages } = await listAll(served, 1000);
    expect(ids).toEqual(Array.from({ length: 60 }, (_, i) => `id${i + 1}`));
    expect(pages).toBeGreaterThan(3);
  });

  it("is shortened when one backlog is more than the bus takes, and refused when that is of no help", async () => {
    const wide = directive([rule(1, { plugin_sid: [1, ...Array.from({ length: 5000 }, (_, i) => 100 + i)] }), rule(2)]);
    const served = await serving(() => inMemory(16_384), { directives: [wide] });
    served.process(1, 1);
    const { backlog, shortened } = await served.ask(backlogAnswerSchema, "backlog", { id: "id1" });
    expect(shortened).toMatchObject({ "backlog.stageViews.0.rule.plugin_sid": 5001 });
    expect(backlog.stageViews[0]?.rule.plugin_sid?.slice(0, 3)).toEqual([1, 100, 101]);
    const tiniest = await serving(() => inMemory(300));
    tiniest.process(1, 1);
    expect((await tiniest.refusal({ method: "backlogs" })).code).toBe("TOO_LARGE");
    const tiny = await serving(() => inMemory(1024));
    tiny.process(1, 1);
    expect((await tiny.refusal({ method: "backlog", id: "id1" })).code).toBe("TOO_LARGE");
  });
});
