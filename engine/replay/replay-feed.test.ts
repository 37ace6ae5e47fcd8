import { expect, it } from "vitest";
import { event, rule } from "../backlog/testing/builders.ts";
import { eventJson } from "../base/event-json.ts";
import { DEFAULT_REPLAY_FLAGS, loadReplayConfig } from "./replay-config.ts";
import { ReplayFeed } from "./replay-feed.ts";
import { ReplayRun } from "./replay-run.ts";
import { directiveFile, START, settingOf } from "./testing/files.ts";

const TWO_STAGES = [rule(1), rule(2)];
const OTHERS_TIME = '"timestamp":"2035-01-01T00:00:00Z"';

it.each([
  ["is plain", (text: string) => text],
  ["has another time in an object before its own", (text: string) => text.replace("{", `{"host":{${OTHERS_TIME}},`)],
  ["has braces and quotes in a text before it", (text: string) => text.replace("{", '{"note":"\\"}{\\\\",')],
])("takes an event that concerns nobody for as old as it is when it %s", (_, change) => {
  const { assets } = settingOf();
  const config = loadReplayConfig({ directives: [directiveFile(...TWO_STAGES)], assets }, DEFAULT_REPLAY_FLAGS);
  const run = new ReplayRun(config);
  const feed = new ReplayFeed([run], [run.correlator.interest]);
  const text = eventJson(event(9, "a", { seconds: START }), 0, "0");
  expect(feed.push(Buffer.from(change(text)))).toBeUndefined();
  expect(run.clockMs).toBe(START * 1000);
});
