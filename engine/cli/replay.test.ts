import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import { REPLAY_LIMITS } from "../replay/replay-limits.ts";
import { demoConfigFiles } from "../supervisor/demo/demo-configs.ts";
import { type ReplayOptions, replayEvents } from "./replay.ts";
import { TestTerminal } from "./testing/terminal.ts";

let folder = "";
let terminal = new TestTerminal();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-replay-"));
  mkdirSync(join(folder, "configs"));
  for (const [name, text] of demoConfigFiles(9)) writeFileSync(join(folder, "configs", name), text);
  terminal = new TestTerminal();
});

/** VPN logins that fail, a second apart. */
function failures(count: number, startSecond = 0): string[] {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      event_id: `vpn-${startSecond + i}`,
      timestamp: new Date(Date.UTC(2025, 2, 1, 8, 0, startSecond + i)).toISOString(),
      sensor: "vpn-01",
      title: "VPN login failed",
      src_ip: "198.51.100.9",
      dst_ip: "10.20.0.2",
      plugin_id: 5010,
      plugin_sid: 2,
    }),
  );
}

function replay(
  lines: readonly string[],
  change: Partial<ReplayOptions> = {},
  limits = REPLAY_LIMITS,
): Promise<number> {
  const options = { configs: folder, events: "-", explain: undefined, node: undefined, json: false, ...change };
  return replayEvents(options, terminal, Readable.from([Buffer.from(`${lines.join("\n")}\n`)]), limits);
}

describe("dsiem replay", () => {
  test("prints the alarms of a recording of last year as they were, and sums up", async () => {
    writeFileSync(join(folder, "events.ndjson"), failures(6).join("\n"));
    expect(await replay([], { events: join(folder, "events.ndjson") })).toBe(0);
    expect(terminal.stdout).toMatch(/^TIME +RISK +ALARM/);
    expect(terminal.stdout).toMatch(
      /^2025-03-01 08:00:05 {2}● {2}2 Low +Repeated VPN login failures from 198\.51\.100\.9 +198\.51\.100\.9 → 10\.20\.0\.2/m,
    );
    expect(terminal.stdout).toContain(
      "6 events from 2025-03-01T08:00:00Z to 2025-03-01T08:00:05Z: 1 alarm, the highest risk is 2\n" +
        "backlogs: 0 complete with risk 0, 0 expired, 0 live at the end\n",
    );
  });

  test("expires on the events' time", async () => {
    expect(await replay([...failures(5), ...failures(1, 60)])).toBe(0);
    expect(terminal.stdout).toContain(": 0 alarms\nbacklogs: 0 complete with risk 0, 1 expired, 1 live at the end\n");
  });

  test("counts the lines that it can't use and goes on", async () => {
    const lines = failures(6);
    lines.splice(2, 0, "not json", '{"event_id":"\\u001b[2J"}', ...Array.from({ length: 9 }, () => "{"));
    expect(await replay(lines)).toBe(0);
    expect(terminal.stdout).toContain("1 alarm, the highest risk is 2\n");
    expect(terminal.stdout).toContain("11 lines couldn't be used:\n  line 3 isn't JSON: ");
    expect(terminal.stdout).toContain("  line 4 isn't an event: timestamp is missing\n");
    expect(terminal.stdout).toContain("  and 6 more\n");
    expect(terminal.stdout).not.toContain("\u001b");
  });

  test("only scans what no directive looks for in a long file, and still counts it and lets its time pass", async () => {
    const stranger = (second: number, id: string) =>
      `{"event_id":"${id}","timestamp":"${new Date(Date.UTC(2025, 2, 1, 8, 0, second)).toISOString()}","sensor":"s","title":"t",` +
      `"src_ip":"10.20.0.9","dst_ip":"10.20.0.8","plugin_id":1,"plugin_sid":1}`;
    const many = Array.from({ length: 100_000 }, (_, i) => stranger(0, `s${i}`));
    const late = [...failures(5), stranger(100, "late"), "rubbish", "{}", ...failures(1, 101)];
    expect(await replay([...many, ...late])).toBe(0);
    expect(terminal.stdout).toContain(
      "100,007 events from 2025-03-01T08:00:00Z to 2025-03-01T08:01:41Z: 0 alarms\n" +
        "backlogs: 0 complete with risk 0, 1 expired, 1 live at the end\n2 lines couldn't be used:\n",
    );
  });

  test("stops with a sentence where a directive would need too much, after saying what there was", async () => {
    const wide = [
      { stage: 1, occurrence: 1 },
      { stage: 2, occurrence: 1_000_000_000 },
    ].map((stage) => ({
      ...{ name: "any", type: "PluginRule", plugin_id: 5010, plugin_sid: [2], reliability: 1, timeout: 3600 },
      ...{ from: "ANY", to: "ANY", port_from: "ANY", port_to: "ANY", protocol: "ANY" },
      ...stage,
    }));
    const text = JSON.stringify({
      directives: [{ id: 1, name: "Everything", kingdom: "k", category: "c", priority: 1, rules: wide }],
    });
    writeFileSync(join(folder, "configs", "directives_dsiem-backend-0_demo.json"), text);
    const limits = { liveBacklogs: 1_000, held: 500 };
    await expect(replay(failures(900), {}, limits)).rejects.toThrow(
      'The replay stopped at event 501: live backlogs would hold more than 500 events and values, 501 of them those of directive 1 ("Everything").',
    );
    expect(terminal.stdout).toContain("501 events from ");
  });

  test("prints JSON lines for programs", async () => {
    expect(await replay([...failures(6), "rubbish"], { json: true })).toBe(0);
    const lines = terminal.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { kind: "alarm", record: { title: "Repeated VPN login failures from 198.51.100.9", risk: 2 } },
      { kind: "summary", events: 6, alarms: 1, highestRisk: 2, refused: 1, problems: [{ line: 7 }] },
    ]);
  });

  test("replays each node by itself, or one of them", async () => {
    const other = demoConfigFiles(9).get("directives_dsiem-backend-0_demo.json") ?? "";
    writeFileSync(join(folder, "configs", "directives_other_demo.json"), other);
    expect(await replay(failures(6))).toBe(0);
    expect(terminal.stdout).toContain("(dsiem-backend-0)\n");
    expect(terminal.stdout).toContain("(other)\n");
    expect(terminal.stdout).toContain("2 alarms");
    terminal = new TestTerminal();
    expect(await replay(failures(6), { node: "other" })).toBe(0);
    expect(terminal.stdout).toContain("1 alarm,");
    await expect(replay([], { node: "third" })).rejects.toThrow(
      "--node is third, and no directive file is named for it; expected one of dsiem-backend-0, other",
    );
  });

  test("explains an event at the moment at which it came, and says what became of it", async () => {
    expect(await replay(failures(5), { explain: "vpn-3" })).toBe(0);
    expect(terminal.stdout).toContain(
      "Event of line 4, VPN login failed of 2025-03-01T08:00:03.000Z\nDirective 9006 counts it: stage 2 has 3 of 5 with it.\n",
    );
    expect(terminal.stdout).toContain("  Later: Backlog r00000001 of directive 9006 expired at 08:00:10 UTC");
    expect(terminal.stdout).toMatch(/ ✗ occurrence +5; got 3 of 5\n/);
    expect(terminal.stdout).toContain("6 more directives never look at plugin 5010.");
  });

  test("names the backlog that had expired before an event came", async () => {
    expect(await replay([...failures(3), ...failures(1, 60)], { explain: "vpn-60" })).toBe(0);
    expect(terminal.stdout).toMatch(
      /Directive 9006 begins a backlog with it: .* and the one before lives no more: backlog r00000001 expired at \d/,
    );
  });

  test("explains it for one directive, and as JSON", async () => {
    expect(await replay(failures(2), { explain: "vpn-0:9001", json: true })).toBe(0);
    const [first] = terminal.stdout.split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({
      kind: "explanation",
      number: 1,
      line: 1,
      explanation: { directives: [{ directiveId: 9001, verdict: "not matched", cause: "interest" }] },
    });
  });

  test("explains what the door refuses, and says when there is no such event", async () => {
    const refused = '{"event_id":"a:b","timestamp":"yesterday"}';
    expect(await replay([...failures(1), refused], { explain: "a:b:9006" })).toBe(0);
    expect(terminal.stdout).toContain("Event of line 2\nThe door refuses the event with 400: sensor is missing.\n");
    expect(await replay(failures(1), { explain: "vpn-7" })).toBe(1);
    expect(terminal.stderr).toBe("dsiem: there is no event vpn-7 among those that were replayed\n");
  });

  test("stops with every problem of the directives, or with why the file can't be read", async () => {
    await expect(replay([], { events: join(folder, "none.ndjson") })).rejects.toThrow(
      "the events can't be read: ENOENT",
    );
    writeFileSync(join(folder, "configs", "directives_dsiem-backend-0_demo.json"), '{"directives":[{"id":1}]}');
    await expect(replay([])).rejects.toThrow(/^directives_dsiem-backend-0_demo\.json:1: directive 1, name: /);
  });
});
