import { describe, expect, it } from "vitest";
import { ManualClock } from "./clock.ts";
import { createLogger, type LogFields, type Logger, type LogLevel, plain, SAMPLED_PER_SECOND } from "./log.ts";

/** 2026-11-23T00:28:22.068874Z, with the microseconds that Dsiem-rs writes. */
const NOW_MS = Date.parse("2026-11-23T00:28:22.068Z") + 0.8745;

function logging(options: { json?: boolean; level?: LogLevel } = {}): {
  log: Logger;
  lines: string[];
  clock: ManualClock;
} {
  const lines: string[] = [];
  const clock = new ManualClock(NOW_MS);
  const { json = false, level = "INFO" } = options;
  const log = createLogger({ level, json, target: "dsiem::watchdog", clock, write: (line) => lines.push(line) });
  return { log, lines, clock };
}

function lineOf(message: string, fields: LogFields | undefined, json: boolean): string {
  const { log, lines } = logging({ json });
  log.info(message, fields);
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

/** Everything that may end a line, drive a terminal or turn text around. */
const HOSTILE = "a\nb\r\u001b[31m\u0000\u007f\u009b2J\u2028\u2029\u202e\u2066z";

describe("a JSON record", () => {
  it("has the message inside fields, as operators' jq lines expect", () => {
    expect(lineOf("watchdog report", { eps: 1.5, queue_length: 0 }, true)).toBe(
      '{"timestamp":"2026-11-23T00:28:22.068874Z","level":"INFO","fields":{"message":"watchdog report","eps":1.5,"queue_length":0},"target":"dsiem::watchdog"}\n',
    );
  });

  it("leaves out a field that isn't set", () => {
    expect(JSON.parse(lineOf("m", { a: undefined, b: false }, true)).fields).toEqual({ message: "m", b: false });
  });

  it("stays one inert line, and the same text once parsed, whatever an event says", () => {
    const line = lineOf(HOSTILE, { "event.id": HOSTILE }, true);
    expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line).fields).toEqual({ message: HOSTILE, "event.id": HOSTILE });
  });
});

describe("a plain record", () => {
  it("is TIMESTAMP LEVEL target: message key=value", () => {
    expect(lineOf("stage increased to 2", { "event.id": "e1", "conn.id": 7, ok: true, no: undefined }, false)).toBe(
      "2026-11-23T00:28:22.068874Z  INFO dsiem::watchdog: stage increased to 2 event.id=e1 conn.id=7 ok=true\n",
    );
  });

  it("has a name for each level", () => {
    const { log, lines } = logging({ level: "TRACE" });
    log.error("m");
    log.warn("m");
    log.info("m");
    log.debug("m");
    log.trace("m");
    expect(lines.map((line) => line.split(" dsiem")[0]?.slice(28))).toEqual([
      "ERROR",
      " WARN",
      " INFO",
      "DEBUG",
      "TRACE",
    ]);
  });

  it("stays one inert line", () => {
    expect(lineOf(HOSTILE, { "event.id": HOSTILE }, false).slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
  });

  it("can't be given further fields by an event's text", () => {
    const line = lineOf("new backlog created", { "event.id": 'x" backlog.id=none', "backlog.id": "b1" }, false);
    expect(line).toContain('event.id="x\\" backlog.id=none" backlog.id=b1\n');
    expect(lineOf("m", { a: "", b: "x=y", c: "[::1]:80" }, false)).toContain('m a="" b="x=y" c=[::1]:80\n');
  });
});

it("writes nothing below its level", () => {
  const { log, lines } = logging({ level: "WARN" });
  log.info("m");
  log.sampled("m");
  expect(log.sample("m")).toBe(false);
  expect(log.enabled("ERROR") && log.enabled("WARN") && !log.enabled("INFO")).toBe(true);
  expect(lines).toEqual([]);
});

it("leaves text without control characters as it is", () => {
  const text = 'Grüße, 世界 "quoted" \\ 🚀';
  expect(plain(text)).toBe(text);
});

describe("a sampled message", () => {
  const spoken = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(/^.*dsiem::/, "").replace("\n", ""));

  it("is written a hundred times a second, and what is more is told once the second is over", () => {
    const { log, lines, clock } = logging();
    for (let i = 0; i < SAMPLED_PER_SECOND + 17; i++) log.sampled("new backlog created");
    expect(lines).toHaveLength(SAMPLED_PER_SECOND);
    clock.advance(999);
    log.sampled("new backlog created");
    expect(lines).toHaveLength(SAMPLED_PER_SECOND);
    clock.advance(1);
    log.sampled("new backlog created");
    expect(spoken(lines.slice(SAMPLED_PER_SECOND))).toEqual([
      "watchdog: new backlog created not shown=18",
      "watchdog: new backlog created",
    ]);
  });

  it("is told of by whatever record comes next when it isn't repeated itself", () => {
    const { log, lines, clock } = logging();
    const other = log.child("dsiem::backlog");
    for (let i = 0; i < SAMPLED_PER_SECOND + 2; i++) other.sampled("discarded");
    clock.advance(5000);
    log.info("watchdog report");
    log.info("watchdog report");
    expect(spoken(lines.slice(SAMPLED_PER_SECOND))).toEqual([
      "backlog: discarded not shown=2",
      "watchdog: watchdog report",
      "watchdog: watchdog report",
    ]);
  });

  it("is counted by kind, so that nobody builds what isn't written", () => {
    const { log, lines, clock } = logging();
    let built = 0;
    const finish = (stage: number): void => {
      if (!log.sample("stage increased")) return;
      built += 1;
      log.info(`stage increased to ${stage}`);
    };
    for (let stage = 0; stage < 1000; stage++) finish(stage);
    expect(built).toBe(SAMPLED_PER_SECOND);
    clock.advance(1000);
    finish(1);
    expect(spoken(lines.slice(-2))).toEqual([
      "watchdog: stage increased not shown=900",
      "watchdog: stage increased to 1",
    ]);
  });

  it("doesn't share its hundred with another", () => {
    const { log, lines } = logging();
    for (let i = 0; i < 150; i++) log.sampled("one");
    log.sampled("another");
    expect(lines).toHaveLength(SAMPLED_PER_SECOND + 1);
  });

  it("costs no memory for ever when each is another", () => {
    const { log, lines } = logging();
    for (let i = 0; i < 5000; i++) log.sampled(`NATS reports: ${i}`);
    expect(lines).toHaveLength(5000);
  });
});
