// `npm run test:props`: the properties of the engine, each against thousands of random cases.

import { BenchError } from "../bench/lib/failure.ts";
import { RECORDER_PROPERTIES } from "../engine/alarm/testing/recorder-property.ts";
import { ALARM_PROPERTIES } from "../engine/backlog/testing/alarm-properties.ts";
import { CORRELATOR_PROPERTIES } from "../engine/backlog/testing/correlator-properties.ts";
import { SAVED_PROPERTIES } from "../engine/backlog/testing/saved-properties.ts";
import { SPELLING_PROPERTIES } from "../engine/backlog/testing/spelling-property.ts";
import type { Property, Verdict } from "../engine/base/testing/property.ts";
import { RESUME_PROPERTIES } from "../engine/bus/testing/resume-property.ts";
import { DOOR_PROPERTIES } from "../engine/ingest/testing/door-properties.ts";
import { MATCH_PROPERTIES } from "../engine/match/testing/match-properties.ts";
import { INTAKE_PROPERTIES } from "../engine/service/testing/intake-property.ts";
import { RCVD_TIME_PROPERTIES } from "../engine/service/testing/rcvd-time-property.ts";
import { RELOAD_PROPERTIES } from "../engine/service/testing/reload-property.ts";
import { STATE_PROPERTIES } from "../engine/service/testing/state-properties.ts";
import { readOptions } from "./lib/options.ts";
import type { Proof, Report } from "./lib/report.ts";

const PROPERTIES: readonly Property[] = [
  ...CORRELATOR_PROPERTIES,
  ...ALARM_PROPERTIES,
  ...RECORDER_PROPERTIES,
  ...SAVED_PROPERTIES,
  ...SPELLING_PROPERTIES,
  ...DOOR_PROPERTIES,
  ...MATCH_PROPERTIES,
  ...INTAKE_PROPERTIES,
  ...RCVD_TIME_PROPERTIES,
  ...STATE_PROPERTIES,
  ...RELOAD_PROPERTIES,
  ...RESUME_PROPERTIES,
].toSorted((a, b) => a.number - b.number);

/** Seeds are of 31 bits: what a person has to type again is a whole number without a sign. */
const MAX_SEED = 0x7fff_ffff;

/** In so many runs every case that a property is about comes up. */
const RUNS_THAT_MEET_ALL = 100;
/** Of a failure; all of it is shown when it is looked at again. */
const MAX_SHOWN_CHARACTERS = 3000;

export const proof: Proof = {
  usage: [
    "npm run test:props -- [--runs 10000] [--seed N] [--only NAME] [--seconds 1200] [--path PATH]",
    "",
    "  --runs     random cases for each property; those whose case is a session with files or sockets get a part of it",
    "  --seed     the same seed draws the same cases; without it the seed is a new one, and is printed",
    "  --only     a property by its name, or by its number in the specification",
    "  --seconds  for all of it: a property that there was no time left for has failed",
    "  --path     one single case: a failure prints the command that shows it again",
    "",
    ...PROPERTIES.map(({ number, name, says }) => `  ${String(number).padStart(2)} ${name.padEnd(17)} it ${says}`),
  ].join("\n"),
  run: async (args, report) => {
    const options = readOptions(args, { runs: 10_000, seed: MAX_SEED + 1, only: "", seconds: 1200, path: "" });
    const chosen = PROPERTIES.filter(({ name, number }) => {
      return options.only === "" || options.only === name || options.only === String(number);
    });
    if (chosen.length === 0) throw new BenchError(`there is no property ${options.only}; --help lists them`);
    if (options.path !== "" && chosen.length > 1) throw new BenchError("--path is of one property: add --only NAME");
    const seed = options.seed > MAX_SEED ? Math.floor(Math.random() * MAX_SEED) : options.seed;
    report.say(`properties: ${chosen.length}, runs: ${options.runs}, seed: ${seed}`);
    const started = performance.now();
    const deadline = started + options.seconds * 1000;
    for (const property of chosen) {
      const limitMs = Math.max(1, deadline - performance.now());
      await hold(property, { ...options, seed, limitMs }, report);
    }
    report.say(`all in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  },
};

async function hold(
  property: Property,
  { runs, seed, limitMs, path }: { runs: number; seed: number; limitMs: number; path: string },
  report: Report,
): Promise<void> {
  const what = `${property.number} ${property.name}: it ${property.says}`;
  const due = Math.max(1, Math.ceil(runs * property.share));
  const started = performance.now();
  const replaying = path !== "";
  const verdict = await property.check({
    runs: due,
    seed,
    limitMs,
    ...(replaying && { path }),
  });
  const took = `${verdict.runs} runs in ${((performance.now() - started) / 1000).toFixed(1)} s${casesOf(verdict)}`;
  if (verdict.failure !== undefined) {
    const { failure } = verdict;
    report.check(what, false, `not in run ${verdict.runs}`);
    report.say(replaying ? failure.message : shortened(failure.message));
    report.say(`smallest case found: ${replaying ? failure.counterexample : shortened(failure.counterexample)}`);
    report.say(`again: npm run test:props -- --only ${property.name} --seed ${seed} --path ${failure.path}`);
    return;
  }
  const never = [...verdict.seen].filter(([, count]) => count === 0).map(([each]) => each);
  if (!replaying && verdict.runs < due) report.check(what, false, `${took}; there was no time for ${due}`);
  else if (due >= RUNS_THAT_MEET_ALL && !replaying && never.length > 0)
    report.check(what, false, `${took}; never came up: ${never.join(", ")}`);
  else report.check(what, true, took);
}

function shortened(text: string): string {
  if (text.length <= MAX_SHOWN_CHARACTERS) return text;
  return `${text.slice(0, MAX_SHOWN_CHARACTERS)}… and ${text.length - MAX_SHOWN_CHARACTERS} more characters, see below`;
}

function casesOf({ seen }: Verdict): string {
  return seen.size === 0 ? "" : ` (${[...seen].map(([what, count]) => `${what}: ${count}`).join(", ")})`;
}
