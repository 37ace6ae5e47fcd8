import assert from "node:assert/strict";
import fc from "fast-check";
import { directive, event, rule, taxonomyRule } from "../../backlog/testing/builders.ts";
import { correlatorOf } from "../../backlog/testing/scenarios.ts";
import { ManualClock } from "../../base/clock.ts";
import { createLogger } from "../../base/log.ts";
import { type Property, property } from "../../base/testing/property.ts";
import { Inventory } from "../../inventory/inventory.ts";
import { LossLedger } from "../../telemetry/loss-ledger.ts";
import { EventIntake } from "../event-intake.ts";

const DIRECTIVES = [directive([rule(1), rule(2)]), directive([taxonomyRule(1), rule(9)], { id: 2 })];
const INVENTORY = new Inventory([
  { name: "lan", cidr: "10.0.0.0/8", value: 2 },
  { name: "scanner", cidr: "10.0.0.99", value: 2, whitelisted: true },
]);

type Kind = "correlated" | "uninteresting" | "whitelisted" | "invalid" | "malformed";

interface Payload {
  kind: Kind;
  bytes: Uint8Array;
}

/** As it is on the bus, where nothing says `seconds`. */
function wire(change: Parameters<typeof event>[2] & { sid?: number } = {}): string {
  const { sid = 1, ...rest } = change;
  const { seconds, carrier, ...fields } = event(sid, "e", rest);
  return JSON.stringify(fields);
}

const GOOD = wire();
const payload = (kind: Kind, text: fc.Arbitrary<string>): fc.Arbitrary<Payload> =>
  text.map((json) => ({ kind, bytes: Buffer.from(json) }));

const payloads: fc.Arbitrary<Payload> = fc.oneof(
  {
    weight: 6,
    arbitrary: payload(
      "correlated",
      fc.constantFrom(1, 2, 9).map((sid) => wire({ sid })),
    ),
  },
  payload("correlated", fc.constant(wire({ sid: 7, product: "p", category: "c" }))),
  payload("correlated", fc.constant(GOOD.replace("plugin_id", "plugin\\u005fid"))),
  payload("uninteresting", fc.constantFrom(wire({ sid: 3 }), wire({ plugin_id: 5 }), wire({ sid: 7, product: "p" }))),
  payload("uninteresting", fc.constant(wire({ sid: 3 }).replace("plugin_id", "plugin\\u005fid"))),
  payload("whitelisted", fc.constant(wire({ src_ip: "10.0.0.99" }))),
  payload("invalid", fc.constantFrom(wire({ event_id: "" } as object), wire({ title: "" }), wire({ sensor: "" }))),
  payload(
    "malformed",
    fc.constantFrom("", "hello", `[${GOOD}]`, `${GOOD.slice(0, -2)}}`, GOOD.replace("1000", "70000")),
  ),
);

/** What happens to the intake: events come, the sockets are read meanwhile, the disk refuses or takes lines again. */
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.array(payloads, { minLength: 1, maxLength: 12 }) },
    { weight: 2, arbitrary: fc.constant("turn" as const) },
    { weight: 1, arbitrary: fc.constantFrom("blocked" as const, "free" as const) },
  ),
  { minLength: 1, maxLength: 12 },
);

const accounted = property(
  {
    number: 14,
    name: "accounted",
    says: "accounts for every event: received = correlated + skipped + dropped, and what waits",
    cases: ["a dropped event", "a run without drops", "events that wait for the disk"],
  },
  (seen) =>
    fc.asyncProperty(steps, fc.constantFrom(1, 3, 8, 1000), async (all, maxQueue) => {
      let blocked = false;
      let given = 0;
      let acknowledged = 0;
      const kinds: Record<Kind, number> = { correlated: 0, uninteresting: 0, whitelisted: 0, invalid: 0, malformed: 0 };
      const clock = new ManualClock(1_700_000_000_000);
      const ledger = new LossLedger(clock);
      const intake = new EventIntake({
        correlator: correlatorOf(DIRECTIVES, [], { inventory: INVENTORY }),
        inventory: INVENTORY,
        clock,
        log: createLogger({ level: "ERROR", json: false, target: "t", clock, write: () => undefined }),
        ledger,
        redelivered: true,
        maxQueue,
        ack: (position) => {
          assert.ok(position > acknowledged && position <= given);
          acknowledged = position;
        },
        onDelay: () => undefined,
        isBlocked: () => blocked,
      });
      const addsUp = (): void => {
        const { received, dropped, correlated, malformed, invalid, whitelisted, uninteresting } = intake.counters;
        const skipped = malformed + invalid + whitelisted + uninteresting;
        assert.equal(received, given);
        assert.equal(received, correlated + skipped + dropped + intake.queueLength);
        assert.equal(skipped, ledger.total("skipped"));
        assert.equal(dropped, ledger.total("dropped"));
      };
      for (const step of all) {
        if (step === "turn") {
          await new Promise((resolve) => setImmediate(resolve));
          if (blocked && intake.queueLength > 0) seen.note("events that wait for the disk");
        } else if (typeof step === "string") {
          blocked = step === "blocked";
        } else {
          for (const { kind, bytes } of step) {
            given += 1;
            kinds[kind] += 1;
            intake.accept(bytes, given);
          }
        }
        addsUp();
      }
      blocked = false;
      assert.equal(intake.finish(1000), 0);
      addsUp();
      assert.equal(acknowledged, given);
      const { dropped, correlated, malformed, invalid, whitelisted, uninteresting } = intake.counters;
      if (dropped > 0) {
        seen.note("a dropped event");
      } else {
        seen.note("a run without drops");
        assert.deepEqual({ correlated, uninteresting, whitelisted, invalid, malformed }, kinds);
      }
    }),
);

export const INTAKE_PROPERTIES: readonly Property[] = [accounted];
