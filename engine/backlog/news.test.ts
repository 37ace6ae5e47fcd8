import { expect, it } from "vitest";
import { BacklogNews } from "./news.ts";
import { directive, event, rule } from "./testing/builders.ts";
import { correlatorOf, EPOCH } from "./testing/scenarios.ts";

const TWO_STAGES = directive([rule(1), rule(2, { from: ":1", occurrence: 2 })], { id: 7 });

function watched() {
  const trace: string[] = [];
  const correlator = correlatorOf([TWO_STAGES], trace);
  const news = new BacklogNews();
  correlator.watcher = news;
  let events = 0;
  const process = (sid: number, host: string): void => {
    events += 1;
    correlator.process(event(sid, `e${events}`, { src_ip: host, seconds: EPOCH }), EPOCH * 1000);
  };
  const told = (since: number) => {
    const told = news.since(since);
    return told && [told.changed.map(({ id }) => id), told.ended.map(({ id, why }) => `${id} ${why}`)];
  };
  return { correlator, news, process, told, trace };
}

it("tells each reader what changed and what ended since it asked", () => {
  const { correlator, news, process, told } = watched();
  process(1, "10.0.0.1");
  process(1, "10.0.0.2");
  process(1, "10.0.0.3");
  const first = news.last;
  expect(told(0)).toEqual([["id1", "id2", "id3"], []]);
  expect(told(first)).toEqual([[], []]);
  process(2, "10.0.0.2");
  process(2, "10.0.0.1");
  process(2, "10.0.0.1");
  const [third] = [...correlator.backlogs()].filter(({ id }) => id === "id3");
  if (third === undefined) throw new Error("it lives");
  expect(correlator.close(third, EPOCH * 1000)).toBe(true);
  expect(told(first)).toEqual([["id2"], ["id1 complete", "id3 closed"]]);
  correlator.expire((EPOCH + 3_600_000) * 1000);
  expect(told(first)).toEqual([[], ["id1 complete", "id3 closed", "id2 timeout"]]);
});

it("says so when it doesn't know any more, or never knew", () => {
  const { news, process, told } = watched();
  for (let i = 0; i < 9000; i++) process(1, `10.1.${i >> 8}.${i & 255}`);
  expect(told(1)).toBeUndefined();
  expect(told(news.last - 10)?.[0]).toHaveLength(10);
  expect(told(news.last + 1)).toBeUndefined();
  const before = news.last;
  news.begin();
  expect(told(before)).toBeUndefined();
  expect(told(news.last)).toEqual([[], []]);
});

it("a closed backlog ends as an expired one does, once", () => {
  const { correlator, process, trace } = watched();
  process(1, "10.0.0.1");
  const [backlog] = correlator.backlogs();
  if (backlog === undefined) throw new Error("it lives");
  trace.length = 0;
  expect(correlator.close(backlog, EPOCH * 1000)).toBe(true);
  expect(backlog.state(2).status).toBe("timeout");
  expect(trace).toEqual([`record id1 risk ${backlog.risk} without look-ups`, "removed id1: closed"]);
  expect([correlator.liveBacklogs, correlator.liveBacklogsOf(7), [...correlator.soonest()]]).toEqual([0, 0, []]);
  expect(correlator.close(backlog, EPOCH * 1000)).toBe(false);
  correlator.expire((EPOCH + 3_600_000) * 1000);
  expect(trace).toHaveLength(2);
  process(2, "10.0.0.1");
  expect(trace).toHaveLength(2);
});
