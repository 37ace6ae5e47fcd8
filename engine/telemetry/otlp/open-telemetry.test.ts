import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SystemClock } from "../../base/clock.ts";
import { recordingLogger, until } from "../../bus/bus.fixture.ts";
import { TLS_FILES } from "../../bus/nats-tls.fixture.ts";
import { startTelemetry } from "../start.ts";
import type { BackendSpans, Telemetry, TelemetryOptions } from "../telemetry.ts";
import { OtlpReceiver } from "../testing/otlp-receiver.ts";
import { MAX_WAITING_SPANS } from "./span-queue.ts";
import { MAX_SPANS_AT_DOOR } from "./spans.ts";

const clock = new SystemClock();
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";

let otlp: OtlpReceiver;
let log: ReturnType<typeof recordingLogger>;
let telemetry: Telemetry | undefined;

beforeEach(async () => {
  otlp = await OtlpReceiver.start();
  log = recordingLogger();
});

afterEach(async () => {
  await telemetry?.stop(0);
  otlp.close();
});

async function start(change: Partial<TelemetryOptions> = {}): Promise<Telemetry> {
  const options = { tracing: true, metrics: false, endpoint: otlp.endpoint, node: "be1", clock, log: log.logger };
  telemetry = await startTelemetry({ ...options, ...change });
  if (telemetry === undefined) throw new Error("telemetry is off");
  return telemetry;
}

function spansOf({ backendSpans }: Telemetry): BackendSpans {
  if (backendSpans === undefined) throw new Error("tracing is off");
  return backendSpans;
}

/** An event that concerns no directive: two spans. */
function follow(spans: BackendSpans, id: string, carrier?: Record<string, string>): void {
  spans.eventBegins({ event_id: id, conn_id: 1, carrier }, clock.now());
  spans.eventEnds();
}

function doorSpanOf({ doorSpans }: Telemetry): { traceparent: string; end: () => void } {
  const span = doorSpans?.(1, "a");
  return { traceparent: span?.carrier.traceparent ?? "", end: () => span?.end() };
}

describe("telemetry", () => {
  it("is nothing unless traces or metrics are wanted", async () => {
    const options = { endpoint: otlp.endpoint, node: "be1", clock, log: log.logger };
    expect(await startTelemetry({ ...options, tracing: false, metrics: false })).toBeUndefined();
  });

  it("traces only or measures only, as it is told", async () => {
    const tracing = await start();
    expect([tracing.export, typeof tracing.doorSpans, typeof tracing.backendSpans]).toEqual([
      undefined,
      "function",
      "object",
    ]);
    await tracing.stop(1000);
    const measuring = await start({ tracing: false, metrics: true });
    expect([typeof measuring.export, measuring.doorSpans, measuring.backendSpans]).toEqual([
      "function",
      undefined,
      undefined,
    ]);
  });

  it("grants an export 10 s", async () => {
    const both = await start({ metrics: true });
    follow(spansOf(both), "a");
    both.export?.({ eps: 1.5, backlogs: 2 });
    await both.stop(5000);
    expect(otlp.grantedMs).toHaveLength(2);
    for (const granted of otlp.grantedMs) {
      expect(granted).toBeGreaterThan(8000);
      expect(granted).toBeLessThanOrEqual(10_000);
    }
    const scope = { service: "be1", scope: "be1" };
    expect(otlp.gauges).toEqual([
      { ...scope, name: "dsiem_eps", value: 1.5, type: "double" },
      { ...scope, name: "dsiem_backlogs", value: 2, type: "int" },
    ]);
  });
});

describe("a collector behind TLS", () => {
  let secure: OtlpReceiver;
  let folder: string;

  beforeEach(async () => {
    secure = await OtlpReceiver.start(0, { cert: TLS_FILES["server.pem"], key: TLS_FILES["server.key"] });
    folder = mkdtempSync(join(tmpdir(), "dsiem-otlp-"));
    writeFileSync(join(folder, "ca.pem"), TLS_FILES["ca.pem"]);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    secure.close();
    rmSync(folder, { recursive: true });
  });

  it("gets its spans, with the headers of the environment", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_CERTIFICATE", join(folder, "ca.pem"));
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20secret");
    const running = await start({ endpoint: secure.endpoint });
    follow(spansOf(running), "a");
    await running.stop(5000);
    expect([secure.spans.length, secure.authorizations]).toEqual([2, ["Bearer secret"]]);
  });

  it("that nobody vouches for gets none", async () => {
    const running = await start({ endpoint: secure.endpoint });
    follow(spansOf(running), "a");
    await running.stop(5000);
    expect([secure.requests, log.count("traces can't be exported")]).toEqual([0, 1]);
  });
});

describe("the carrier", () => {
  it("joins the backend's spans to the trace of whoever sent the event", async () => {
    const running = await start();
    follow(spansOf(running), "a", { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`, tracestate: "vendor=x" });
    await running.stop(5000);
    expect(otlp.spans.map(({ name, traceId }) => [name, traceId])).toEqual([
      ["event distribution", TRACE_ID],
      ["backend handler", TRACE_ID],
    ]);
    expect(otlp.spans[1]?.parentId).toBe(SPAN_ID);
  });

  it("is written as W3C has it, with the flag alone that every reader knows", async () => {
    const door = doorSpanOf(await start());
    expect(door.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    door.end();
    await telemetry?.stop(5000);
    expect(door.traceparent).toBe(`00-${otlp.spans[0]?.traceId}-${otlp.spans[0]?.spanId}-01`);
  });

  it("says when a trace isn't wanted, and then there is none", async () => {
    const running = await start();
    follow(spansOf(running), "a", { traceparent: `00-${TRACE_ID}-${SPAN_ID}-00` });
    follow(spansOf(running), "b");
    await running.stop(5000);
    expect(new Set(otlp.spans.map((span) => span.attributes["event.id"]))).toEqual(new Set(["b"]));
  });

  it("of nonsense begins a trace of the event's own", async () => {
    const running = await start();
    const nonsense = ["", "00-", `00-${"0".repeat(32)}-${SPAN_ID}-01`, `ff-${TRACE_ID}-${SPAN_ID}-01`, "x".repeat(1e5)];
    for (const traceparent of nonsense) follow(spansOf(running), "a", { traceparent, tracestate: "=,=;\u0000" });
    await running.stop(5000);
    const roots = otlp.spans.filter((span) => span.name === "backend handler");
    expect(roots.map((span) => span.parentId)).toEqual(nonsense.map(() => ""));
    expect(new Set(roots.map((span) => span.traceId)).size).toBe(nonsense.length);
  });
});

describe("spans that wait for a collector", () => {
  it("are bounded: what is too many is dropped, counted and said once", async () => {
    otlp.trouble = "hang";
    const running = await start();
    const events = MAX_WAITING_SPANS / 2 + 1000;
    for (let i = 0; i < events; i++) follow(spansOf(running), `e${i}`);
    await until(() => otlp.requests === 1, "the first request is under way");
    expect(log.count("spans are dropped: there are more")).toBe(1);
    await running.stop(100);
    const ended = log.lines.find((line) => line.includes("no more spans are exported")) ?? "";
    const [, exported, failed, dropped] = /exported=(\d+) failed=(\d+) dropped=(\d+)/.exec(ended) ?? [];
    expect([Number(exported), Number(failed), Number(dropped)]).toEqual([0, 1024, events * 2 - 1024]);
  });

  it("are all exported, in several requests, when it keeps up", async () => {
    const running = await start();
    for (let i = 0; i < 3000; i++) follow(spansOf(running), `e${i}`);
    await running.stop(10_000);
    expect(otlp.spans).toHaveLength(6000);
    expect(otlp.requests).toBeGreaterThanOrEqual(6);
    expect(log.count("exported=6000 failed=0 dropped=0")).toBe(1);
    expect(log.count("traces are exported to 127.0.0.1")).toBe(1);
  });

  it("aren't even begun at the door when too many there haven't ended", async () => {
    const running = await start();
    const begin = (i: number) => running.doorSpans?.(i, `e${i}`);
    const spans = Array.from({ length: MAX_SPANS_AT_DOOR + 10 }, (_, i) => begin(i));
    expect(spans.filter((span) => span === undefined)).toHaveLength(10);
    spans[0]?.end();
    expect(begin(1)).toBeDefined();
    await running.stop(5000);
    expect(log.count("exported=1 failed=0 dropped=10")).toBe(1);
  });

  it("are exported before long when they are few", async () => {
    const running = await start();
    follow(spansOf(running), "a");
    await until(() => otlp.spans.length === 2, "they have come");
  });
});
