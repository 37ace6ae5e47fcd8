import { appendFileSync, mkdtempSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AlarmFollower } from "./alarm-follower.ts";

const record = (id: string) =>
  `${JSON.stringify({
    alarm_id: id,
    title: "t",
    status: "Open",
    risk: 1,
    risk_class: "Low",
    update_time: 1,
    src_ips: [],
    dst_ips: [],
  })}\n`;

function follow(existing?: string): { path: string; seen: string[]; follower: AlarmFollower } {
  const path = join(mkdtempSync(join(tmpdir(), "dsiem-follow-")), "siem_alarms.json");
  if (existing !== undefined) writeFileSync(path, existing);
  const seen: string[] = [];
  return { path, seen, follower: new AlarmFollower(path, (alarm) => seen.push(alarm.alarm_id)) };
}

test("starts at the end and hands on whole records only", () => {
  const { path, seen, follower } = follow(record("old"));
  follower.poll();
  const [first, second] = [record("é1"), record("é2")].map((text) => Buffer.from(text));
  if (first === undefined || second === undefined) throw new Error("broken test");
  for (const byte of first) {
    appendFileSync(path, Buffer.of(byte));
    follower.poll();
  }
  appendFileSync(path, Buffer.concat([second, Buffer.from("{torn\n[]\n"), first.subarray(0, 10)]));
  follower.poll();
  expect(seen).toEqual(["é1", "é2"]);
});

test("waits for the file, and follows it across rotation and truncation", () => {
  const { path, seen, follower } = follow();
  follower.poll();
  writeFileSync(path, record("1"));
  follower.poll();
  renameSync(path, `${path}.1`);
  follower.poll();
  writeFileSync(path, record("2") + record("3"));
  follower.poll();
  truncateSync(path);
  appendFileSync(path, record("4"));
  follower.poll();
  expect(seen).toEqual(["1", "2", "3", "4"]);
});

test("looks once more when it is stopped", () => {
  const { path, seen, follower } = follow("");
  follower.start(100_000);
  appendFileSync(path, record("1"));
  follower.stop();
  expect(seen).toEqual(["1"]);
});
