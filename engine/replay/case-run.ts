import type { AlarmRecord } from "../contract/alarm.ts";
import type { RecordingProblem } from "../contract/console/replay.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { ExpectedAlarm, ExpectedFile } from "../contract/test-case.ts";
import { caseRecord } from "./case-form.ts";
import type { SuiteCase } from "./case-suite.ts";
import { EventReader } from "./event-reader.ts";
import type { ReplayConfig } from "./replay-config.ts";
import { ReplayRun } from "./replay-run.ts";

/** What came of the events of a case. */
export interface CaseOutcome {
  /** By the name of the directive: every one that began a backlog. */
  raised: ExpectedFile["cases"];
  /** Backlogs that never came to a risk above 0, by the name of the directive. */
  unwritten: ReadonlyMap<string, readonly ExpectedAlarm[]>;
  events: number;
  problems: RecordingProblem[];
}

interface Gathered {
  directive: Directive;
  title: string;
  events: [number, string][];
  records: AlarmRecord[];
}

/**
 * Replays the events of a case from beginning to end, and on until no backlog lives. Its expected times are counted from the
 * first event, and the clock is the events' own, unless a suite says otherwise.
 * @throws ReplayLimitError when more would be live than a replay may hold
 */
export function runCase(
  config: ReplayConfig,
  pieces: Iterable<Uint8Array>,
  { held, baseSeconds }: Pick<SuiteCase, "held" | "baseSeconds"> | { held?: undefined; baseSeconds?: undefined } = {},
): CaseOutcome {
  const directives = new Map(config.directives.map(({ directive }) => [directive.id, directive]));
  const gathered = new Map<number, Gathered>();
  const run = new ReplayRun(config, { keeps: false, held });
  run.listener = {
    recorded: ({ ordinal, header, title }, stage, { event_id }) => {
      const directive = directives.get(header.directiveId);
      if (directive === undefined) throw new Error(`broken invariant: there is no directive ${header.directiveId}`);
      const alarm = gathered.get(ordinal) ?? { directive, title, events: [], records: [] };
      gathered.set(ordinal, alarm);
      alarm.events.push([stage, event_id]);
    },
    alarm: (record, { ordinal }) => gathered.get(ordinal)?.records.push(record),
  };
  const problems: RecordingProblem[] = [];
  let first: NormalizedEvent | undefined;
  let events = 0;
  const reader = new EventReader({
    event: (event) => {
      first ??= event;
      events += 1;
      run.step(event);
    },
    problem: (line, text) => problems.push({ line, text }),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  run.settle();
  return { ...outcomeOf([...gathered.values()], baseSeconds ?? first?.seconds ?? 0), events, problems };
}

function outcomeOf(alarms: readonly Gathered[], baseSeconds: number): Pick<CaseOutcome, "raised" | "unwritten"> {
  // A directive may be called "constructor".
  const raised = new Map<string, ExpectedFile["cases"][string]>();
  const unwritten = new Map<string, ExpectedAlarm[]>();
  for (const { directive, title, events, records } of alarms) {
    const { name } = directive;
    const alarm: ExpectedAlarm = {
      ...(title !== name && { title }),
      events,
      records: records.map((record) => caseRecord(record, directive, baseSeconds)),
    };
    const ofName = raised.get(name) ?? { alarms: [] };
    raised.set(name, ofName);
    if (records.length > 0) ofName.alarms.push(alarm);
    else unwritten.set(name, [...(unwritten.get(name) ?? []), alarm]);
  }
  return { raised: Object.fromEntries(raised), unwritten };
}
