import type { ExpectedAlarm, ExpectedFile, ExpectedRecord } from "../contract/test-case.ts";
import type { CaseOutcome } from "./case-run.ts";

/** Lines that a difference has at most; one wrong rule can change every record. */
const MAX_LINES = 40;
/** Characters of a value that are shown. */
const SHOWN_TEXT = 200;

/** What is different, a line for each place: the directive, the alarm, the record, the field, and both values. */
export function differencesOf(expected: ExpectedFile, outcome: CaseOutcome): string[] {
  const lines: string[] = [];
  for (const name of new Set([...Object.keys(expected.cases), ...Object.keys(outcome.raised)])) {
    const wanted = expected.cases[name]?.alarms ?? [];
    const raised = outcome.raised[name]?.alarms ?? [];
    const ignored = new Set(expected.cases[name]?.ignore_rule_keys);
    const place = `directive ${JSON.stringify(name)}`;
    const written = wanted.filter(({ records }) => records.length > 0);
    if (written.length !== raised.length) lines.push(`${place}: expected ${alarms(written)}, got ${alarms(raised)}`);
    for (let i = 0; i < Math.min(written.length, raised.length); i++) {
      const [a, b] = [written[i], raised[i]];
      if (a !== undefined && b !== undefined) lines.push(...ofAlarm(`${place}, alarm ${i + 1}`, a, b, ignored));
    }
    const unwritten = (outcome.unwritten.get(name) ?? []).map(({ events }) => JSON.stringify(events));
    for (const { events } of wanted.filter(({ records }) => records.length === 0)) {
      if (unwritten.includes(JSON.stringify(events))) continue;
      lines.push(
        `${place}: expected a backlog without an alarm that has the events ${shown(events)}, and there is none`,
      );
    }
  }
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more differences`];
}

function ofAlarm(place: string, wanted: ExpectedAlarm, got: ExpectedAlarm, ignored: ReadonlySet<string>): string[] {
  const lines: string[] = [];
  if (wanted.title !== got.title) lines.push(`${place}, title: ${values(wanted.title, got.title)}`);
  lines.push(...ofEvents(place, wanted.events, got.events));
  if (wanted.records.length !== got.records.length) {
    lines.push(`${place}: ${values(wanted.records.length, got.records.length)} records`);
  }
  for (let i = 0; i < Math.min(wanted.records.length, got.records.length); i++) {
    const [a, b] = [wanted.records[i], got.records[i]];
    if (a !== undefined && b !== undefined) lines.push(...ofRecord(`${place}, record ${i + 1}`, a, b, ignored));
  }
  return lines;
}

function ofEvents(place: string, wanted: ExpectedAlarm["events"], got: ExpectedAlarm["events"]): string[] {
  for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
    const [a, b] = [wanted[i], got[i]];
    if (JSON.stringify(a) !== JSON.stringify(b)) return [`${place}, event ${i + 1}: ${values(a, b)}`];
  }
  return [];
}

function ofRecord(place: string, wanted: ExpectedRecord, got: ExpectedRecord, ignored: ReadonlySet<string>): string[] {
  const lines: string[] = [];
  for (const field of ["status", "tag", "risk", "class"] as const) {
    if (wanted[field] !== undefined && wanted[field] !== got[field]) {
      lines.push(`${place}, ${field}: ${values(wanted[field], got[field])}`);
    }
  }
  for (const field of ["src", "dst", "nets", "custom"] as const) {
    const list = wanted[field];
    if (list !== undefined) lines.push(...ofList(`${place}, ${field}`, list, got[field] ?? []));
  }
  for (let i = 0; i < Math.max(wanted.rules.length, got.rules.length); i++) {
    lines.push(...ofRule(`${place}, rule ${i + 1}`, wanted.rules[i] ?? {}, got.rules[i] ?? {}, ignored));
  }
  return lines;
}

function ofRule(place: string, wanted: RuleFields, got: RuleFields, ignored: ReadonlySet<string>): string[] {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(got)]);
  return [...keys]
    .filter((key) => !ignored.has(key) && JSON.stringify(wanted[key]) !== JSON.stringify(got[key]))
    .map((key) => `${place}, ${key}: ${values(wanted[key], got[key])}`);
}

type RuleFields = Readonly<Record<string, unknown>>;

/** Lists whose order says nothing. */
function ofList(place: string, wanted: readonly unknown[], got: readonly unknown[]): string[] {
  const have = new Set(got.map((each) => JSON.stringify(each)));
  const want = new Set(wanted.map((each) => JSON.stringify(each)));
  const missing = [...want].filter((each) => !have.has(each));
  const more = [...have].filter((each) => !want.has(each));
  if (missing.length + more.length === 0) return [];
  const parts = [
    ...(missing.length > 0 ? [`without ${cut(missing.join(", "))}`] : []),
    ...(more.length > 0 ? [`with ${cut(more.join(", "))}, which isn't expected`] : []),
  ];
  return [`${place}: ${parts.join(", and ")}`];
}

function alarms(list: readonly ExpectedAlarm[]): string {
  return list.length === 1 ? "1 alarm" : `${list.length} alarms`;
}

function values(wanted: unknown, got: unknown): string {
  return `expected ${shown(wanted)}, got ${shown(got)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length <= SHOWN_TEXT ? text : `${text.slice(0, SHOWN_TEXT).toWellFormed()}…`;
}
