import { describe, expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import {
  LOSS_CAUSES,
  LOSS_CLASSES,
  LOSSES,
  lossLedgerSchema,
  MAX_LOSS_SAMPLES,
  MAX_SAMPLE_TEXT,
} from "../contract/loss.ts";
import { LossLedger } from "./loss-ledger.ts";
import { LossLog } from "./loss-log.ts";

const NOW_MS = 1_700_000_000_000;

function opened() {
  const clock = new ManualClock(NOW_MS);
  return { clock, ledger: new LossLedger(clock) };
}

describe("the loss ledger", () => {
  it("knows nothing at first, and only what there was later", () => {
    const { ledger } = opened();
    expect(ledger.snapshot()).toEqual({});
    ledger.counter("uninteresting").count += 3;
    expect(ledger.snapshot()).toEqual({ uninteresting: { count: 3, lastAt: NOW_MS, samples: [] } });
    expect(ledger.counts()).toEqual({ uninteresting: 3 });
  });

  it("adds up by class, and each cause has one", () => {
    const { ledger } = opened();
    for (const cause of LOSS_CAUSES) ledger.add(cause, 2, "x");
    const ofClass = (name: string): number => LOSS_CAUSES.filter((cause) => LOSSES[cause].class === name).length;
    for (const name of LOSS_CLASSES) expect(ledger.total(name)).toBe(2 * ofClass(name));
    expect(LOSS_CLASSES.map(ofClass)).toEqual([4, 6, 14]);
    expect(lossLedgerSchema.safeParse(ledger.snapshot()).success).toBe(true);
  });

  it("keeps the last samples, and takes no more than ten a tick", () => {
    const { clock, ledger } = opened();
    const counter = ledger.counter("malformed");
    let made = 0;
    const lose = (): void => {
      counter.count += 1;
      if (counter.wantsSample) counter.sample({ text: `garbage ${++made}` });
    };
    for (let i = 0; i < 1000; i++) lose();
    expect(made).toBe(10);
    clock.advance(1000);
    ledger.tick();
    for (let i = 0; i < 3; i++) lose();
    const entry = ledger.snapshot().malformed;
    expect(entry?.count).toBe(1003);
    expect(entry?.samples.map((sample) => sample.text)).toEqual(
      Array.from({ length: MAX_LOSS_SAMPLES }, (_, i) => `garbage ${i + 4}`),
    );
    expect(entry?.samples.at(-1)?.at).toBe(NOW_MS + 1000);
  });

  it("says to the second when it happened last", () => {
    const { clock, ledger } = opened();
    ledger.counter("queue_full").count += 1;
    clock.advance(1000);
    ledger.tick();
    clock.advance(1000);
    ledger.tick();
    expect(ledger.snapshot().queue_full?.lastAt).toBe(NOW_MS + 1000);
  });

  it("escapes and shortens what it is shown", () => {
    const { ledger } = opened();
    const counter = ledger.counter("invalid");
    counter.sample({ text: "\u001b[2J\u202e", connId: 7, eventId: "e\n1" });
    counter.sample({ text: "x".repeat(10_000), eventId: "y".repeat(129) });
    counter.sample({ text: "\u0000".repeat(10_000) });
    counter.sample({ text: `${"x".repeat(MAX_SAMPLE_TEXT - 2)}😀😀` });
    counter.count += 4;
    const [first, second, third, fourth] = ledger.snapshot().invalid?.samples ?? [];
    expect(first).toEqual({ at: NOW_MS, text: "\\u001b[2J\\u202e", conn_id: 7, event_id: "e\\u000a1" });
    expect(second).toEqual({ at: NOW_MS, text: `${"x".repeat(MAX_SAMPLE_TEXT - 1)}…` });
    expect(third?.text).toHaveLength(MAX_SAMPLE_TEXT);
    expect(third?.text).toMatch(/^(\\u0000)+.*…$/);
    // Half a character isn't shown.
    expect(fourth?.text.isWellFormed()).toBe(true);
    expect(lossLedgerSchema.safeParse(ledger.snapshot()).error).toBeUndefined();
  });
});

it("the log has the ledger while it grows, and only then", () => {
  const { clock, ledger } = opened();
  const lines: string[] = [];
  const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
  const lossLog = new LossLog(log, ledger);
  lossLog.write();
  ledger.add("queue_full", 5, "x");
  ledger.add("malformed", 1, "x");
  lossLog.write();
  lossLog.write();
  ledger.add("queue_full", 1, "x");
  lossLog.write();
  expect(lines.map((line) => line.slice(line.indexOf("t:")))).toEqual([
    "t: loss ledger malformed=1 queue_full=5\n",
    "t: loss ledger malformed=1 queue_full=6\n",
  ]);
});
