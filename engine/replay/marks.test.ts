import { expect, it } from "vitest";
import { type Mark, Marks } from "./marks.ts";

const mark = (step: number, kind: Mark["kind"] = "alarm", sentence = `s${step}`): Mark => ({
  ...{ step, at: step, kind, sentence },
});

it("keeps all marks while they are few, also several of one step", () => {
  const marks = new Marks();
  for (const each of [mark(1), mark(1, "alarm", "another"), mark(1, "stage"), mark(2)]) marks.add(each);
  expect(marks.all.map(({ step, sentence }) => `${step} ${sentence}`)).toEqual(["1 s1", "1 another", "1 s1", "2 s2"]);
  marks.forgetBehind(1);
  expect(marks.all.map(({ step }) => step)).toEqual([1, 1, 1]);
});

it("covers a long recording from its beginning to its end, and every kind in it", () => {
  const marks = new Marks();
  for (let step = 1; step <= 100_000; step++) marks.add(mark(step));
  marks.add(mark(70_000, "stage"));
  const { length } = marks.all;
  expect(length).toBeGreaterThan(150);
  expect(length).toBeLessThanOrEqual(400);
  const alarms = marks.all.filter(({ kind }) => kind === "alarm").map(({ step }) => step);
  expect(alarms[0]).toBe(1);
  expect(alarms.at(-1)).toBeGreaterThan(99_000);
  expect(Math.max(...alarms.map((step, i) => step - (alarms[i - 1] ?? 0)))).toBeLessThan(1_100);
  expect(marks.all.some(({ kind }) => kind === "stage")).toBe(true);
});

it("ends when very much happens in one step, and cuts long sentences", () => {
  const marks = new Marks();
  for (let i = 0; i < 5_000; i++) marks.add(mark(7, "expired", "x".repeat(10_000)));
  expect(marks.all.length).toBeLessThanOrEqual(400);
  expect(marks.all[0]?.sentence.length).toBeLessThan(400);
});
