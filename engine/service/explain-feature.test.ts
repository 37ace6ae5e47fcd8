import { afterEach, beforeEach, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import type { ConsoleEvent } from "../contract/console/events.ts";
import type { Explanation } from "../contract/explain.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { ConsoleFleet } from "./testing/console-fleet.ts";

const START = Date.UTC(2026, 0, 1);
interface Explained {
  explanation: Explanation;
  basis: "now" | "then";
  caveat?: string;
}

let fleet: ConsoleFleet;
beforeEach(async () => {
  fleet = new ConsoleFleet();
  fleet.write("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  const rules = [rule(1), rule(2, { from: ":1", occurrence: 2, timeout: 60 })];
  fleet.write("directives_be1.json", { directives: [directive(rules, { id: 7, name: "Scan" })] });
  fleet.write("directives_be2.json", { directives: [directive([rule(1), rule(2)], { id: 8, name: "Other" })] });
  // No backend is at the other end, so nothing has to be drained to it.
  await fleet.startFrontend({ openBus: () => new MemoryBus(silentLogger(new SystemClock()), 10_000) });
});
afterEach(() => fleet.end());

const event = (sid: number, seconds: number, src = "10.0.0.1") => {
  const timestamp = new Date(START + seconds * 1000).toISOString();
  return anEvent({
    event_id: `e${seconds}`,
    timestamp,
    plugin_id: 1,
    plugin_sid: sid,
    src_ip: src,
    dst_ip: "10.0.0.9",
  });
};

/** What is said of a retained event, by its `event_id`. */
async function explain(id: string, directiveId?: number): Promise<Explained> {
  const { events } = (await fleet.api<{ events: ConsoleEvent[] }>("GET", "/events?limit=100")).body;
  const found = events.find((each) => each.event.event_id === id);
  const request = {
    event: found?.event,
    retained: found?.id,
    ...(directiveId !== undefined && { directive: directiveId }),
  };
  return (await fleet.api<Explained>("POST", "/explain", request)).body;
}

it("names the stage that expired before the event came", async () => {
  for (const each of [event(1, 0), event(2, 1), event(2, 200)]) await fleet.post(each);
  const { explanation, basis } = await explain("e200", 7);
  expect(basis).toBe("then");
  expect(explanation.sentence).toMatch(
    /^Directive 7 begins no backlog because the event is one for stage 2, "rule 2", and backlog \w+ expired at 00:01:10 UTC with 1 of 2/,
  );
});
