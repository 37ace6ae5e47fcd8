import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DsiemError } from "../base/errors.ts";

/** A folder with this file is a suite that was recorded from running services. */
const SUITE_FILE = "suite.json";
/** The suites' own zero of time: 2023-11-14T22:13:20Z. Their events say how many seconds later they are. */
const BASE_SECONDS = 1_700_000_000;
const DEFAULT_AGE_SECONDS = 300;

/** A suite that can't be replayed; the message says why. */
export class UnfitSuiteError extends DsiemError {
  constructor(why: string) {
    super("UNFIT_SUITE", why);
  }
}

const suiteSchema = z.object({
  kind: z.string(),
  base_age_s: z.number().optional(),
  min_wait_s: z.number().optional(),
});

/** A recorded suite as a case: its events with times that can be read, and the one moment at which all of them came. */
export interface SuiteCase {
  events: Buffer;
  /** From which its expected times are counted. */
  baseSeconds: number;
  /** The wall clock while they came in, which was within seconds however far apart their times are, and how long was waited. */
  held: { atMs: number; waitMs: number };
}

/**
 * The suite in a folder, or `undefined` when it holds none.
 * @throws UnfitSuiteError for a suite of another kind, or one that has services with a past
 */
export function readSuite(folder: string): SuiteCase | undefined {
  if (!isSuite(folder)) return undefined;
  const suite = suiteSchema.parse(JSON.parse(readFileSync(join(folder, SUITE_FILE), "utf8")));
  if (suite.kind !== "correlation") throw new UnfitSuiteError(`it is a suite of ${suite.kind}`);
  if (existsSync(join(folder, "saved_backlogs"))) throw new UnfitSuiteError("it begins with saved backlogs");
  const lines = readFileSync(join(folder, "events.jsonl"), "utf8").split("\n").filter(Boolean);
  return {
    events: Buffer.from(lines.map(withTimes).join("\n")),
    baseSeconds: BASE_SECONDS,
    held: {
      atMs: (BASE_SECONDS + (suite.base_age_s ?? DEFAULT_AGE_SECONDS)) * 1000,
      waitMs: (suite.min_wait_s ?? 0) * 1000,
    },
  };
}

/** Whether the folder holds a suite, whose expected.json was recorded and isn't ours to write. */
export function isSuite(folder: string): boolean {
  return existsSync(join(folder, SUITE_FILE));
}

/** A line of one event, or of an array. */
function withTimes(line: string): string {
  const entry: unknown = JSON.parse(line);
  const events = (Array.isArray(entry) ? entry : [entry]) as Record<string, unknown>[];
  if (events.some(({ _control: control }) => control !== undefined)) {
    throw new UnfitSuiteError("it restarts services on its way");
  }
  return events
    .map((event) => JSON.stringify({ ...event, timestamp: suiteTimestamp(String(event.timestamp)) }))
    .join("\n");
}

/** `+12.5` and `+12.5@+07:00` are the same instant, base + 12.5 s, written in different offsets. */
export function suiteTimestamp(text: string): string {
  const [offset = "", zone = ""] = text.replace(/^\+/, "").split("@");
  const sign = zone.startsWith("-") ? -1 : 1;
  const [hours = 0, minutes = 0] = zone.slice(1).split(":").map(Number);
  const shift = sign * (hours * 60 + minutes) * 60_000;
  const local = new Date(Math.round(BASE_SECONDS * 1000 + Number(offset) * 1000) + shift).toISOString();
  return zone === "" ? local : local.replace("Z", zone);
}
