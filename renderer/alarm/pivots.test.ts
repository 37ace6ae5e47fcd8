import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../engine/contract/console/session.ts";
import { addressPivots, alarmPivots, isAddress } from "./pivots.ts";

test.each(["10.0.0.1", "::1", "fe80::1", "2001:db8::203.0.113.45"])("%s is an address", (text) => {
  expect(isAddress(text)).toBe(true);
});

test.each(["any", ":1", "HOME_NET", "10.0.0.0/8", "", "javascript:alert(1)", "22"])("%j is none", (text) => {
  expect(isAddress(text)).toBe(false);
  expect(addressPivots(text, DEFAULT_SETTINGS, {})).toEqual([]);
});

test("an address leads to its alarms, backlogs, events and assets", () => {
  expect(addressPivots("10.0.0.1", DEFAULT_SETTINGS, {}).map(({ href }) => href.split("?")[0])).toEqual([
    "#/alarms",
    "#/backlogs",
    "#/events",
    "#/assets",
  ]);
});

test("a log search is offered where one is set, and only over http", () => {
  const settings = (alarm: string) => ({ ...DEFAULT_SETTINGS, logSearch: { alarm, event: "", address: "" } });
  expect(alarmPivots(settings("https://logs.example/{alarm_id}"), { alarm_id: "k3V" })).toEqual([
    { text: "Look in the log search", icon: "external", href: "https://logs.example/k3V", external: true },
  ]);
  expect(alarmPivots(settings("javascript:alert('{alarm_id}')"), { alarm_id: "k3V" })).toEqual([]);
});
