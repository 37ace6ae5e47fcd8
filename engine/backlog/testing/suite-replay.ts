import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { alarmRecordOf } from "../../alarm/alarm-record.ts";
import type { ConfigFile } from "../../base/config-file.ts";
import { isFault, readEvent } from "../../base/event.ts";
import type { AlarmRecord } from "../../contract/alarm.ts";
import type { Directive } from "../../contract/directive.ts";
import { type SavedBacklog, savedBacklogSchema } from "../../contract/saved-backlog.ts";
import { directiveFilesForNode } from "../../directive/config-check.ts";
import { loadDirectives } from "../../directive/load.ts";
import { Inventory } from "../../inventory/inventory.ts";
import { loadAssets } from "../../inventory/load.ts";
import { byText, caseRecord } from "../../replay/case-form.ts";
import { suiteTimestamp } from "../../replay/case-suite.ts";
import { Correlator } from "../correlator.ts";
import type { CorrelatorSink } from "../sink.ts";

/**
 * Plays a recorded conformance suite through the correlator, without services, bus or files, and brings what it does
 * into the words of the suite's `expected.json` (README.md of the suites). What look-ups add isn't looked at.
 */

const NODE = "conf-backend-0";
/** The suites' own zero of time: 2023-11-14T22:13:20Z. */
const BASE_SECONDS = 1_700_000_000;

/** The folder of the suites, or `undefined` where they aren't (`$DSIEM_SHARED`, else ../shared). */
export function suiteFolder(suite: string): string | undefined {
  const shared = process.env.DSIEM_SHARED ?? join(import.meta.dirname, "..", "..", "..", "..", "shared");
  const folder = join(shared, "conformance", suite);
  return existsSync(join(folder, "suite.json")) ? folder : undefined;
}

interface NormalRecord {
  rules: Record<string, unknown>[];
  [key: string]: unknown;
}

interface NormalAlarm {
  events: [number, string][];
  records: NormalRecord[];
  title?: string;
}

/** A case of `expected.json`. */
interface ExpectedCase {
  alarms: NormalAlarm[];
  /** Fields of rules that aren't compared: `start` and `end`. */
  ignore_rule_keys?: string[];
}

interface Alarm {
  directiveId: number;
  title: string;
  events: [number, string][];
  records: AlarmRecord[];
}

/** What a suite expects, or what came of it. */
export interface Outcomes {
  /** By the name of the directive, the alarms with records, in order of creation. */
  cases: Record<string, ExpectedCase>;
  /** Of the alarms that never reached a risk above 0: their stages and events, sorted. */
  unwritten: string[];
}

export function expectedOutcomes(folder: string): Outcomes {
  const { cases, orphans } = readJson(join(folder, "expected.json")) as {
    cases: Record<string, ExpectedCase>;
    orphans: NormalAlarm["events"][];
  };
  const unwritten = [...orphans];
  for (const each of Object.values(cases)) {
    unwritten.push(...each.alarms.filter(({ records }) => records.length === 0).map(({ events }) => events));
    each.alarms = each.alarms.filter(({ records }) => records.length > 0).sort(byFirstEvent);
    for (const record of each.alarms.flatMap((alarm) => alarm.records)) {
      delete record.intel;
      delete record.vulns;
      strip(record, each.ignore_rule_keys);
    }
  }
  return { cases, unwritten: unwritten.map((events) => JSON.stringify(events)).sort() };
}

/** Plays the suite. `refused` gets what of the saved backlogs can't be used. */
export function replaySuite(folder: string, refused: string[] = []): Outcomes {
  const suite = readJson(join(folder, "suite.json")) as { base_age_s?: number; min_wait_s?: number };
  const directives: Directive[] = [];
  loadDirectives(configs(folder, directiveFilesForNode(configNames(folder), NODE)), (each) => directives.push(each));
  const assets = configNames(folder).filter((name) => name.startsWith("assets_"));
  const inventory = new Inventory(loadAssets(configs(folder, assets)).assets);
  const alarms = new Map<string, Alarm>();
  let created = 0;
  const start = (): Correlator => {
    const correlator = new Correlator({
      inventory,
      sink: gathering(alarms),
      newAlarmId: () => `id${++created}`,
      medRiskMin: 3,
      medRiskMax: 6,
      status: "Open",
      tag: "Identified Threat",
      minAlarmLifetimeSeconds: 0,
      idleDirectivesMs: 600_000,
    });
    for (const directive of directives) correlator.addDirective(directive, () => directive);
    return correlator;
  };
  let correlator = start();
  const nowMs = (BASE_SECONDS + (suite.base_age_s ?? 300)) * 1000;
  for (const [id, backlogs] of savedBacklogs(folder)) refused.push(...correlator.restore(id, backlogs, nowMs));
  for (const line of readFileSync(join(folder, "events.jsonl"), "utf8").split("\n").filter(Boolean)) {
    const entry = JSON.parse(line);
    if (entry._control === "restart") {
      const saved = [...correlator.snapshot()];
      correlator = start();
      for (const [id, backlogs] of saved) {
        const file: unknown = JSON.parse(JSON.stringify(backlogs));
        refused.push(...correlator.restore(id, savedBacklogSchema.array().parse(file), nowMs));
      }
    }
    if (entry._control !== undefined) continue;
    for (const raw of Array.isArray(entry) ? entry : [entry]) {
      const event = readEvent({ ...raw, timestamp: suiteTimestamp(raw.timestamp) });
      if (isFault(event)) throw new Error(event.message);
      if (!inventory.facts(event.src_ip).whitelisted) correlator.process(event, nowMs);
    }
  }
  for (let waited = 0; waited <= (suite.min_wait_s ?? 0) * 1000; waited += 250) correlator.expire(nowMs + waited);
  return outcomes(directives, [...alarms.values()], expectedOutcomes(folder).cases);
}

function gathering(alarms: Map<string, Alarm>): CorrelatorSink {
  return {
    backlogCreated: () => undefined,
    eventRecorded: (backlog, stage, event) => {
      const { id, header, title } = backlog;
      const alarm = alarms.get(id) ?? { directiveId: header.directiveId, title, events: [], records: [] };
      alarms.set(id, alarm);
      alarm.events.push([stage, event.event_id]);
    },
    stickySeen: () => undefined,
    eventDiscarded: () => undefined,
    stageFinished: () => undefined,
    recordDue: (backlog) => {
      const record = alarmRecordOf(backlog);
      if (record !== undefined) alarms.get(backlog.id)?.records.push(record);
    },
    backlogRemoved: () => undefined,
  };
}

function outcomes(
  directives: readonly Directive[],
  alarms: readonly Alarm[],
  expected: Record<string, ExpectedCase>,
): Outcomes {
  const written = alarms.filter(({ records }) => records.length > 0);
  const cases: Record<string, ExpectedCase> = {};
  for (const directive of directives) {
    const ignored = expected[directive.name]?.ignore_rule_keys;
    const normal = written
      .filter((alarm) => alarm.directiveId === directive.id)
      .map(({ events, records, title }) => ({
        events,
        records: records.map((record) => normalRecord(record, directive, ignored)),
        ...(title !== directive.name && { title }),
      }));
    cases[directive.name] = { alarms: normal.sort(byFirstEvent) };
  }
  const unwritten = alarms.filter(({ records }) => records.length === 0);
  return { cases, unwritten: unwritten.map(({ events }) => JSON.stringify(events)).sort() };
}

function normalRecord(record: AlarmRecord, directive: Directive, ignored: string[] | undefined): NormalRecord {
  const normal: NormalRecord = {
    ...caseRecord(record, directive, BASE_SECONDS),
    ...(record.kingdom !== directive.kingdom && { kingdom: record.kingdom }),
    ...(record.category !== directive.category && { category: record.category }),
  };
  strip(normal, ignored);
  return normal;
}

function strip(record: NormalRecord, keys: readonly string[] | undefined): void {
  for (const rule of record.rules) {
    for (const key of keys ?? []) delete rule[key];
  }
}

/** Alarms that begin with the same event, as only reloaded ones do, have no order of their own. */
function byFirstEvent(a: NormalAlarm, b: NormalAlarm): number {
  return JSON.stringify(a.events[0]) === JSON.stringify(b.events[0]) ? byText(a.records, b.records) : 0;
}

/** What Dsiem-rs wrote, as our reader of such files would give it; a file that was cut off is left out. */
function savedBacklogs(folder: string): [number, SavedBacklog[]][] {
  const saved = join(folder, "saved_backlogs");
  if (!existsSync(saved)) return [];
  return readdirSync(saved).flatMap((name): [number, SavedBacklog[]][] => {
    const text = readFileSync(join(saved, name), "utf8");
    try {
      const whole = JSON.parse(text.replace(/"\+(\d+)"/g, (_, offset) => String(BASE_SECONDS + Number(offset))));
      return [[Number(name.replace(".json", "")), savedBacklogSchema.array().parse(whole)]];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
}

function configNames(folder: string): string[] {
  return readdirSync(join(folder, "configs"));
}

function configs(folder: string, names: readonly string[]): ConfigFile[] {
  return names.map((name) => ({ name, bytes: readFileSync(join(folder, "configs", name)) }));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
