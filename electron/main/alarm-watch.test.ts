import { expect, it } from "vitest";
import { alarmRow } from "../testing/alarm-rows.ts";
import { AlarmWatch } from "./alarm-watch.ts";

const told = (news: readonly { kind: string; id: string; risk: number }[]) =>
  news.map(({ kind, id, risk }) => `${kind} ${id} ${risk}`);

it("what is there at first is no news; what comes then is, once", () => {
  const watch = new AlarmWatch(() => 1000);
  expect(watch.snapshot([alarmRow("a", { created: 500 })])).toEqual([]);
  expect(watch.changed([alarmRow("a", { created: 500 })])).toEqual([]);
  expect(told(watch.changed([alarmRow("b")]))).toEqual(["new b 8"]);
  expect(watch.changed([alarmRow("b", { updated: 9000 })])).toEqual([]);
});

it("a higher risk is news, a lower one and its way back aren't", () => {
  const watch = new AlarmWatch(() => 1000);
  watch.snapshot([alarmRow("a", { risk: 7 })]);
  expect(told(watch.changed([alarmRow("a", { risk: 9 })]))).toEqual(["escalated a 9"]);
  expect(watch.changed([alarmRow("a", { risk: 8 })])).toEqual([]);
  expect(watch.changed([alarmRow("a", { risk: 9 })])).toEqual([]);
});

it("an older alarm that rises above the threshold wasn't known, and is escalated", () => {
  const watch = new AlarmWatch(() => 1000);
  watch.snapshot([]);
  expect(told(watch.changed([alarmRow("a", { created: 10, risk: 7 })]))).toEqual(["escalated a 7"]);
});

it("what came while the connection was away is in the next snapshot", () => {
  const watch = new AlarmWatch(() => 1000);
  watch.snapshot([alarmRow("a")]);
  expect(told(watch.snapshot([alarmRow("a"), alarmRow("b"), alarmRow("c", { risk: 10 })]))).toEqual([
    "new b 8",
    "new c 10",
  ]);
});
