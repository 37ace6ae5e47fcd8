import { beforeEach, describe, expect, it } from "vitest";
import { AlarmNotifier, DIGEST_MS, type Notice } from "./alarm-notifier.ts";
import type { AlarmNews } from "./alarm-watch.ts";

let now: number;
let timers: { at: number; call: () => void }[];
let shown: Notice[];
let notifier: AlarmNotifier;

const RULES = { enabled: true, minRisk: 7, mutedDirectives: [4711] };

beforeEach(() => {
  now = 1_000_000;
  timers = [];
  shown = [];
  const clock = {
    now: () => now,
    after: (ms: number, call: () => void) => {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  };
  notifier = new AlarmNotifier((notice) => shown.push(notice), clock, RULES);
});

function pass(ms: number): void {
  now += ms;
  for (const timer of timers.filter((each) => each.at <= now)) {
    timers.splice(timers.indexOf(timer), 1);
    timer.call();
  }
}

const alarm = (id: string, more: Partial<AlarmNews> = {}): AlarmNews => ({
  kind: "new",
  id,
  title: `Alarm ${id}`,
  risk: 8,
  directiveId: 1,
  ...more,
});

describe("what is told", () => {
  it("the first at once, and a click leads to it", () => {
    notifier.take([alarm("a")]);
    expect(shown).toEqual([{ title: "New alarm: risk 8", body: "Alarm a", route: "/alarms/a" }]);
  });

  it("then one digest for 30 s, with the highest risks named", () => {
    notifier.take([alarm("a")]);
    notifier.take([alarm("b"), alarm("c", { risk: 10 })]);
    pass(10_000);
    notifier.take([alarm("d", { kind: "escalated", risk: 9 }), alarm("e"), alarm("b", { risk: 7 })]);
    expect(shown).toHaveLength(1);
    pass(DIGEST_MS - 10_000);
    expect(shown[1]).toEqual({
      title: "4 alarms (3 new, 1 escalated), highest risk 10",
      body: "10  Alarm c\n9  Alarm d\n8  Alarm e\nand 1 more",
      route: "/alarms?q=b%2Cc%2Cd%2Ce",
    });
  });

  it("after a quiet half minute the next one is told at once again", () => {
    notifier.take([alarm("a")]);
    pass(DIGEST_MS);
    expect(shown).toHaveLength(1);
    notifier.take([alarm("b", { kind: "escalated" })]);
    expect(shown[1]?.title).toBe("Risk rose: risk 8");
  });

  it("a storm is two notifications a minute", () => {
    for (let second = 0; second < 60; second++) {
      notifier.take(Array.from({ length: 100 }, (_, i) => alarm(`${second}-${i}`)));
      pass(1000);
    }
    expect(shown).toHaveLength(3);
    expect(shown[1]?.title).toBe("2900 alarms (2900 new), highest risk 8");
    expect(shown[1]?.route).toBe("/alarms");
  });

  it("a title of an attacker's is one short line", () => {
    notifier.take([alarm("a", { title: `x\u0000\n\u202ey${"z".repeat(500)}` })]);
    expect(shown[0]?.body).toMatch(/^x yz{117}…$/);
  });
});

describe("what isn't told", () => {
  it("below the threshold, of a muted directive, or while it is turned off", () => {
    notifier.take([alarm("a", { risk: 6 }), alarm("b", { directiveId: 4711 })]);
    notifier.setRules({ ...RULES, enabled: false });
    notifier.take([alarm("c")]);
    expect(shown).toEqual([]);
    notifier.setRules(RULES);
    notifier.take([alarm("d", { directiveId: undefined })]);
    expect(shown).toHaveLength(1);
  });

  it("what a directive that is muted meanwhile had waiting", () => {
    notifier.take([alarm("a"), alarm("b")]);
    notifier.take([alarm("c", { directiveId: 5 })]);
    notifier.setRules({ ...RULES, mutedDirectives: [5] });
    pass(DIGEST_MS);
    expect(shown).toHaveLength(1);
  });

  it("during a pause, and not later either", () => {
    notifier.take([alarm("a")]);
    notifier.take([alarm("b")]);
    notifier.pause(30);
    expect(notifier.pausedUntil).toBe(now + 30 * 60_000);
    pass(DIGEST_MS);
    notifier.take([alarm("c")]);
    pass(30 * 60_000);
    expect(notifier.pausedUntil).toBe(0);
    expect(shown).toHaveLength(1);
    notifier.take([alarm("d")]);
    expect(shown).toHaveLength(2);
    notifier.pause(30);
    notifier.pause(0);
    pass(DIGEST_MS);
    notifier.take([alarm("e")]);
    expect(shown).toHaveLength(3);
  });

  it("after its end", () => {
    notifier.take([alarm("a")]);
    notifier.take([alarm("b")]);
    notifier.close();
    expect(timers).toEqual([]);
  });
});
