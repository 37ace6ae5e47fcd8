import { expect, it } from "vitest";
import type { DirectiveRow } from "../../contract/console/directives.ts";
import type { LedgerSnapshot } from "../../contract/loss.ts";
import type { Heard } from "../fleet.ts";
import { type AttentionParts, attentionList } from "./attention.ts";

const NOW = Date.UTC(2026, 10, 28, 12);

function service(
  role: "frontend" | "backend",
  node: string,
  change: { age?: number; ledger?: LedgerSnapshot; state?: "closed" } = {},
): Heard {
  const { age = 0, ledger = {}, state = "connected" } = change;
  const bus = { kind: "link", state, detail: "it went away", buffered: 0 } as const;
  const common = { node, boot: "b", at: NOW, startedAt: 0, eps: 0, bus, ledger };
  const zero = { queue_length: 0, directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0 };
  const stats: Heard["stats"] =
    role === "frontend"
      ? { ...common, role, flow: { requests: 0, refused: 0, accepted: 0, dropped: 0 } }
      : {
          ...{ ...common, role, flow: { received: 0, correlated: 0, skipped: 0, dropped: 0, waiting: 0 } },
          watchdog: { ...zero, eps: 0, avg_proc_time_ms: 0, backlogs: 0, backlogs_timedout: 0 },
        };
  return { stats, ageSeconds: age };
}

function row(id: number, change: Partial<DirectiveRow> = {}): DirectiveRow {
  return {
    ...{ id, name: `directive ${id}`, file: "directives_be1.json", node: "be1", kingdom: "k", category: "c" },
    ...{ priority: 3, stages: 2, enabled: true, highestRisk: 5, live: 0, matched24h: 0, alarms24h: 0, problems: [] },
    ...change,
  };
}

function listOf(change: Partial<AttentionParts> = {}) {
  return attentionList({
    ...{ nowMs: NOW, services: [service("frontend", "fe"), service("backend", "be1")], nodes: ["be1"] },
    supervisor: { supervised: false, services: [] },
    storeTrouble: undefined,
    directives: { rows: [row(1)], problems: [], outdated: [] },
    countersOf: () => undefined,
    ...change,
  });
}

const loss = (count: number, ageMs = 0) => ({ count, lastAt: NOW - ageMs, samples: [] });

it("has nothing to say while everything is well", () => {
  expect(listOf()).toEqual([]);
});

it("says that nothing correlates where no directive file is, and no backend of elsewhere", () => {
  const services = [service("frontend", "fe")];
  const none = { rows: [], problems: [], outdated: [] };
  expect(listOf({ services, nodes: [], directives: none })).toMatchObject([
    { kind: "no-directive", level: "warn", title: "There is no directive yet", href: "/directives/new" },
  ]);
  expect(listOf({ nodes: [], directives: none })).toEqual([]);
});

it("names services that are silent, without a bus, down, or were never heard", () => {
  const supervised = { name: "backend be2", role: "backend", node: "be2", restarts: 3 } as const;
  const list = listOf({
    services: [service("frontend", "fe", { state: "closed" }), service("backend", "be1", { age: 30 })],
    supervisor: {
      supervised: true,
      services: [{ ...supervised, lastLines: [], state: "failed", reason: "It ended with code 1." }],
    },
    nodes: ["be1", "be2", "be3"],
  });
  expect(list.map(({ kind, level, title, text }) => [kind, level, title, text])).toEqual([
    ["bus", "bad", "frontend fe has no bus", "It is closed: it went away"],
    ["service", "bad", "backend be1 is silent", "It wasn't heard for 30 s."],
    ["service", "bad", "backend be2 is down", "It ended with code 1."],
    ["service", "bad", "No backend for node be3", expect.stringContaining("no backend of that name was heard")],
  ]);
});

it("names a profile that couldn't be started", () => {
  const failedChange = { profile: "lab", reason: "its database is of a newer version", at: NOW };
  expect(listOf({ supervisor: { supervised: true, services: [], failedChange } })).toMatchObject([
    {
      ...{ kind: "profile", level: "bad", title: "The profile lab couldn't be started" },
      text: "its database is of a newer version. The one of before is in use again.",
    },
  ]);
});

it("names a database that died", () => {
  expect(listOf({ storeTrouble: "its thread ended by itself" })).toMatchObject([
    { kind: "database", level: "bad", title: "The console's database is down", href: "/health" },
  ]);
});

it("counts what was lost within a day, and what was refused", () => {
  const ledger = { queue_full: loss(3), left_in_queue: loss(9, 25 * 3_600_000), uninteresting: loss(1000) };
  const refused = { refused_invalid: loss(2), refused_over_rate: loss(5) };
  const list = listOf({
    services: [service("frontend", "fe", { ledger: refused }), service("backend", "be1", { ledger })],
  });
  expect(list).toMatchObject([
    { kind: "drops", count: 3, text: "3 events found the backend's queue full.", href: "/health?cause=queue_full" },
    { kind: "refusals", level: "warn", count: 7, href: "/health?cause=refused_over_rate" },
  ]);
});

it("names directives that complete without an alarm, that can never alarm, that are disabled or can't be loaded", () => {
  const riskless = new Map(Array.from({ length: 7 }, (_, i) => [i + 1, 7 - i]));
  const counters = {
    live: new Map(),
    matched: new Map(),
    riskless,
    risklessSamples: [{ directiveId: 1, backlogId: "b1", title: "Scan", at: NOW }],
    config: new Map(),
  };
  const problem = {
    severity: "error",
    text: "is no port",
    file: "directives_be1.json",
    directiveId: 2,
    line: 7,
  } as const;
  const rows = Array.from({ length: 7 }, (_, i) => row(i + 1));
  const list = listOf({
    directives: {
      rows: [
        ...rows,
        row(8, { highestRisk: 0 }),
        row(9, { enabled: false, highestRisk: 0 }),
        row(10, { problems: [problem] }),
      ],
      ...{ problems: [], outdated: ["be1"] },
    },
    countersOf: () => counters,
  });
  expect(list[1]?.text).toMatch(/^7 of its backlogs .* The last was “Scan” at 2026-11-28T12:00:00.000Z\.$/);
  expect(list.map(({ kind, title, count, href }) => [kind, title, count, href])).toEqual([
    ["config", "A directive file has a problem", 1, "/directives?directive=2"],
    ...[1, 2, 3, 4, 5].map((id) => [
      "risk0",
      `directive ${id}: complete with risk 0`,
      8 - id,
      `/directives?directive=${id}`,
    ]),
    ["risk0", "2 more directives", 2, "/directives"],
    ["mute", "A directive can never alarm", 1, "/directives?directive=8"],
    ["disabled", "A directive is disabled", 1, "/directives"],
    ["outdated", "backend be1 runs with older files", undefined, "/health"],
  ]);
});
