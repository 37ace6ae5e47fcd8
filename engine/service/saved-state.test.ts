import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChangeWriter } from "../backlog/changes.ts";
import { Correlator } from "../backlog/correlator.ts";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { correlatorOf, HOME } from "../backlog/testing/scenarios.ts";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import type { Directive } from "../contract/directive.ts";
import { StateStore } from "../store/state-store.ts";
import { AlarmSink } from "./alarm-sink.ts";
import type { BackendConfig } from "./config.ts";
import { restoreState, type StateParts, saveBacklogs } from "./saved-state.ts";

const NOW_MS = 1_700_000_000_000;
const DIRECTIVES = [1, 2].map((id) => directive([rule(1), rule(2)], { id, name: `directive ${id}` }));

let dataDir = "";
let folder = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "saved-state-"));
  folder = join(dataDir, "logs", "backlogs");
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** The parts of a backend without a state database: what is saved is in the compatible files alone. */
async function withParts(correlator: Correlator, reload: boolean, work: (parts: StateParts) => Promise<unknown>) {
  const store = await StateStore.start({
    folder: join(dataDir, "elsewhere"),
    databasePath: undefined,
    clock,
    logger: log,
    onDefect: (error) => {
      throw error;
    },
  });
  const recorder = { resubmit: () => undefined };
  await work({ config: config(reload), correlator, recorder, store, changes: undefined, clock, log });
  await store.close(1000);
}

const lines: string[] = [];
const clock = new ManualClock(NOW_MS);
const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
beforeEach(() => {
  lines.splice(0);
  clock.set(NOW_MS);
});

function config(reloadBacklogs = true): BackendConfig {
  // Only these of the backend's flags concern its saved backlogs.
  return { dataDir, reloadBacklogs } as BackendConfig;
}

/** Saves one live backlog of each directive. */
async function save(): Promise<void> {
  const correlator = correlatorOf(DIRECTIVES, []);
  correlator.process(event(1, "a"), NOW_MS);
  await withParts(correlator, true, saveBacklogs);
}

async function restored(reload = true): Promise<Correlator> {
  const correlator = correlatorOf(DIRECTIVES, []);
  await withParts(correlator, reload, restoreState);
  return correlator;
}

/** A store that keeps state, and of which only this matters. */
function storeThat(flush: () => Promise<void>): StateParts["store"] {
  return { takeStored: () => undefined, flush, keepsState: true, noteSavedFiles: () => undefined, savedFiles: [] };
}

/** One run of a backend with a state database: what it restores, what it does, and whether it stops or is killed. */
async function run(
  work: (correlator: Correlator) => void,
  end: "stop" | "kill",
  directives: readonly Directive[] = DIRECTIVES,
): Promise<{ before: number; after: string[] }> {
  const store = await StateStore.start({
    folder: join(dataDir, "logs"),
    databasePath: join(dataDir, "logs", ".state", "be1.db"),
    clock,
    logger: log,
    onDefect: (error) => {
      throw error;
    },
  });
  const changes = new ChangeWriter(store, (text) => text);
  let ids = 0;
  const correlator = new Correlator({
    inventory: HOME,
    sink: new AlarmSink({
      recorder: { submit: () => undefined },
      appendEventLine: () => undefined,
      looksUp: false,
      changes,
      log,
    }),
    newAlarmId: () => `${clock.now()}-${++ids}`,
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "t",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  for (const each of directives) correlator.addDirective(each, () => each);
  const parts: StateParts = {
    config: config(),
    correlator,
    recorder: { resubmit: () => undefined },
    store,
    changes,
    clock,
    log,
  };
  await restoreState(parts);
  const before = correlator.liveBacklogs;
  clock.advance(1);
  work(correlator);
  await store.flush();
  if (end === "stop") await saveBacklogs(parts);
  await store.close(2000);
  const after = [...correlator.backlogs()]
    .map(({ id, stage, header }) => `${header.directiveId} ${id} ${stage}`)
    .sort();
  return { before, after };
}

const nothing = (): void => undefined;
const begins = (correlator: Correlator): void => void correlator.process(event(1, "a"), clock.now());
const advances = (correlator: Correlator): void => void correlator.process(event(2, "b"), clock.now());

describe("with a state database, backlogs", () => {
  const THREE_STAGES = [1, 2].map((id) => directive([rule(1), rule(2), rule(3)], { id, name: `directive ${id}` }));

  it("go on after a kill, and after a stop, as they were", async () => {
    const first = await run(begins, "kill", THREE_STAGES);
    const second = await run(advances, "kill", THREE_STAGES);
    expect(second.before).toBe(2);
    expect(second.after.map((line) => line.slice(0, -1))).toEqual(first.after.map((line) => line.slice(0, -1)));
    const third = await run(nothing, "stop", THREE_STAGES);
    expect(third.after).toEqual(second.after);
    const fourth = await run(nothing, "kill", THREE_STAGES);
    expect(fourth.after).toEqual(second.after);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  it("come from a file that another engine wrote since, and not from the state", async () => {
    await run(begins, "stop");
    const content: { alarm_id: string }[] = JSON.parse(readFileSync(join(folder, "1.json"), "utf8"));
    writeFileSync(join(folder, "1.json"), JSON.stringify(content.map((each) => ({ ...each, alarm_id: "theirs" }))));
    const { after } = await run(nothing, "kill");
    expect(after.map((line) => line.split(" ")[1]).filter((id) => id === "theirs")).toHaveLength(1);
    expect(after).toHaveLength(2);
    // And once taken over they are the state's.
    expect((await run(nothing, "kill")).after).toEqual(after);
  });

  it("are gone where another engine took their file and left none", async () => {
    await run(begins, "stop");
    rmSync(join(folder, "1.json"));
    const { after } = await run(nothing, "kill");
    expect(after.map((line) => line[0])).toEqual(["2"]);
  });

  it("go on from the state where the folder of the files can't be read, or a file is damaged", async () => {
    const { after } = await run(begins, "stop");
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, "a file");
    expect((await run(nothing, "kill")).after).toEqual(after);
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
    writeFileSync(join(folder, "1.json"), "[{");
    expect((await run(nothing, "kill")).after).toEqual(after);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("go on from the state, though a file that was taken over could not be removed", async () => {
    await run(begins, "stop");
    const old = readFileSync(join(folder, "1.json"));
    const ended = await run((correlator) => {
      advances(correlator);
    }, "kill");
    expect(ended.after).toEqual([]);
    writeFileSync(join(folder, "1.json"), old);
    expect((await run(nothing, "stop")).before).toBe(0);
    writeFileSync(join(folder, "1.json"), old);
    expect((await run(nothing, "kill")).before).toBe(0);
  });

  it("of a directive that isn't loaded any more, or is called otherwise, are left with a line each", async () => {
    await run(begins, "kill");
    const renamed = directive([rule(1), rule(2)], { id: 2, name: "another" });
    const { before } = await run(nothing, "kill", [renamed]);
    expect(before).toBe(0);
    expect(lines.filter((line) => line.includes("backlogs of before can't go on"))).toHaveLength(2);
    expect((await run(nothing, "kill")).before).toBe(0);
  });

  it("keep the rules they began with when the directive has others after a kill", async () => {
    await run(begins, "kill", THREE_STAGES);
    const changed = THREE_STAGES.map((each) => ({ ...each, rules: [rule(1), rule(2, { plugin_sid: [9] }), rule(3)] }));
    const { after } = await run(advances, "kill", changed);
    expect(after.map((line) => line.slice(-1))).toEqual(["3", "3"]);
    const { after: later } = await run(
      (correlator) => void correlator.process(event(3, "c"), clock.now()),
      "kill",
      changed,
    );
    expect(later).toEqual([]);
  });
});

describe("saved backlogs", () => {
  it("are pretty-printed lists by directive, read once and then gone", async () => {
    await save();
    expect(readdirSync(folder).sort()).toEqual(["1.json", "2.json"]);
    expect(readFileSync(join(folder, "2.json"), "utf8")).toMatch(/^\[\n {2}\{\n {4}"alarm_id": "id2",\n/);
    expect((await restored()).liveBacklogs).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
    expect((await restored()).liveBacklogs).toBe(0);
  });

  it("are no file where a directive has none", async () => {
    await withParts(correlatorOf(DIRECTIVES, []), true, saveBacklogs);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  it("are written only once the state is as far, so that a kill right then finds neither ahead of the other", async () => {
    const correlator = correlatorOf(DIRECTIVES, []);
    correlator.process(event(1, "a"), NOW_MS);
    const filesAtFlush: string[][] = [];
    await withParts(correlator, true, async (parts) => {
      const flush = () => {
        filesAtFlush.push(existsSync(folder) ? readdirSync(folder) : []);
        return Promise.resolve();
      };
      const store = storeThat(flush);
      expect(await saveBacklogs({ ...parts, store })).toBe(true);
    });
    expect(filesAtFlush).toEqual([[]]);
    expect(readdirSync(folder).sort()).toEqual(["1.json", "2.json"]);
  });

  it("are not written while the disk refuses the state: what they held would be ahead of the alarm files", async () => {
    const correlator = correlatorOf(DIRECTIVES, []);
    correlator.process(event(1, "a"), NOW_MS);
    await withParts(correlator, true, async (parts) => {
      const store = storeThat(() => new Promise(() => undefined));
      expect(await saveBacklogs({ ...parts, store }, 10)).toBe(false);
    });
    expect(existsSync(folder)).toBe(false);
    expect(lines.join("")).toContain("the saved backlogs are left out");
  });

  it("of other directives and names stay untouched: another node may share the folder", async () => {
    await save();
    for (const name of ["3.json", "01.json", "x.json", "1.json.bak"]) writeFileSync(join(folder, name), "[]");
    await restored();
    expect(readdirSync(folder).sort()).toEqual(["01.json", "1.json.bak", "3.json", "x.json"]);
  });

  it("are neither read nor removed when they aren't to be reloaded", async () => {
    await save();
    expect((await restored(false)).liveBacklogs).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(["1.json", "2.json"]);
  });

  it("that can't be used are set aside with a line each, and the others go on", async () => {
    await save();
    const good: object[] = JSON.parse(readFileSync(join(folder, "1.json"), "utf8"));
    const bad = [{ ...good[0], title: "another name" }, { ...good[0], risk: "1" }, 7];
    writeFileSync(join(folder, "1.json"), JSON.stringify([...bad, ...good]));
    writeFileSync(join(folder, "2.json"), "[{");
    const correlator = await restored();
    expect(correlator.liveBacklogs).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(join(dataDir, "logs", ".state", "quarantine")).sort()).toEqual([
      `1.${NOW_MS}.json`,
      `2.${NOW_MS}.json`,
    ]);
    const warnings = lines.filter((line) => line.includes(" WARN "));
    expect(warnings).toHaveLength(4);
    expect(warnings.every((line) => line.includes("a saved backlog can't be used and is set aside"))).toBe(true);
    expect(warnings.join("")).toContain('its title \\"another name\\" isn\'t the name of directive 1');
  });

  it("keep neither a start nor a stop from going on where their folder is no folder", async () => {
    mkdirSync(join(dataDir, "logs"));
    writeFileSync(folder, "a file");
    expect((await restored()).liveBacklogs).toBe(0);
    await save();
    const errors = lines.filter((line) => line.includes("ERROR"));
    expect(errors).toHaveLength(2);
    expect(errors[0]).toContain("the saved backlogs can't be read");
    expect(errors[1]).toContain("backlogs could not be saved");
  });
});
