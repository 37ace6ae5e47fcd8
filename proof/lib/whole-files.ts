import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALARM_EVENTS_FILE, ALARMS_FILE } from "../../engine/store/open-state.ts";
import { type AlarmFindings, checkAlarms } from "./alarm-check.ts";
import type { Group } from "./groups.ts";

/** Most text of a kind of fault that is told. */
const MOST_TEXT = 300;

/** The parts of an alarm file that was rotated, oldest first: `NAME.1`, `NAME.2`, … and at last `NAME`. */
export function partsOf(logs: string, name: string): string[] {
  const numberOf = (part: string): number => Number(part.slice(name.length + 1));
  const rotated = readdirSync(logs)
    .filter((part) => part.startsWith(`${name}.`) && numberOf(part) > 0)
    .sort((a, b) => numberOf(a) - numberOf(b));
  return [...rotated, name].map((part) => join(logs, part)).filter((part) => existsSync(part));
}

/** Holds the alarm files below a data folder, put together from their parts, against what the groups make necessary. */
async function checkWholeFiles(folder: string, groups: readonly Group[]): Promise<AlarmFindings> {
  const [alarmEvents, alarms] = [ALARM_EVENTS_FILE, ALARMS_FILE].map((name) => {
    const whole = join(folder, `whole-${name}`);
    writeFileSync(whole, Buffer.concat(partsOf(join(folder, "logs"), name).map((part) => readFileSync(part))));
    return whole;
  }) as [string, string];
  return checkAlarms({ alarmEvents, alarms }, groups);
}

/** What is wrong with them, each kind in a sentence. */
export async function faultsOfAlarms(folder: string, groups: readonly Group[]): Promise<string[]> {
  const { faults, lost } = await checkWholeFiles(folder, groups);
  const said = faults.kinds.map(
    (kind) => `${faults.count(kind)} × ${kind}: ${faults.examples(kind).slice(0, MOST_TEXT)}`,
  );
  const [first] = lost;
  if (first !== undefined) said.push(`${lost.length} × lost: event ${first.step} of group ${first.group.number}`);
  return said;
}
