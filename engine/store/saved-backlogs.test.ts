import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SavedBacklog } from "../contract/saved-backlog.ts";
import { readSavedBacklogs, removeSavedBacklogs, writeSavedBacklogs } from "./saved-backlogs.ts";

let folder = "";
let quarantine = "";
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "saved-backlogs-"));
  folder = join(root, "backlogs");
  quarantine = join(root, ".state", "quarantine");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const ANY = (): boolean => true;

/** As Dsiem-rs 1.5.2 writes one. */
const BACKLOG: SavedBacklog = {
  alarm_id: "YyCDu2Xpd",
  title: "half a stage before, half after",
  status: "Open",
  tag: "Identified Threat",
  kingdom: "Testing",
  category: "Conformance",
  created_time: 590,
  update_time: 591,
  risk: 1,
  risk_class: "Low",
  rules: [
    {
      name: "rule 1",
      stage: 1,
      occurrence: 1,
      from: "ANY",
      to: "ANY",
      plugin_id: 10501,
      plugin_sid: [1],
      type: "PluginRule",
      port_from: "ANY",
      port_to: "ANY",
      protocol: "ANY",
      reliability: 1,
      timeout: 360000,
      start_time: 1,
      end_time: 1,
      status: "finished",
      saved_event_ids: ["d501-1", "line\nbreak"],
      saved_sticky_diffdata: { sdiff_string: ["10.0.0.1"], sdiff_int: [7] },
    },
  ],
  src_ips: ["44.1.1.1"],
  dst_ips: ["172.20.0.9"],
  networks: ["172.16.0.0/12"],
  saved_src_socketaddr: ["44.1.1.1:40000"],
  saved_dst_socketaddr: ["172.20.0.9:443"],
};

function put(name: string, content: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
}

describe("saved backlogs", () => {
  it("come back as they were written", async () => {
    const many = Array.from({ length: 1500 }, (_, n) => ({ ...BACKLOG, alarm_id: `a${n}` }));
    const saved = new Map([
      [501, [BACKLOG]],
      [7, many],
      [8, []],
    ]);
    const { failures, hashes } = await writeSavedBacklogs(folder, saved);
    expect(failures).toEqual([]);
    expect([...hashes.keys()].sort()).toEqual([501, 7]);
    expect(readdirSync(folder).sort()).toEqual(["501.json", "7.json"]);
    expect(readFileSync(join(folder, "501.json"), "utf8")).toBe(`${JSON.stringify([BACKLOG], undefined, 2)}\n`);
    const files = await readSavedBacklogs(folder, ANY);
    expect(files).toEqual([
      { directiveId: 7, hash: hashes.get(7), backlogs: many, unusable: [] },
      { directiveId: 501, hash: hashes.get(501), backlogs: [BACKLOG], unusable: [] },
    ]);
    expect(await removeSavedBacklogs(folder, files, quarantine, 1)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(quarantine)).toBe(false);
  });

  it("of other directives and files of other names are left alone", async () => {
    for (const name of ["501.json", "502.json", "0501.json", "x.json", "501.json.bak", "99999999999999999999.json"]) {
      put(name, [BACKLOG]);
    }
    const files = await readSavedBacklogs(folder, (id) => id !== 502);
    expect(files.map(({ directiveId }) => directiveId)).toEqual([501]);
    await removeSavedBacklogs(folder, files, quarantine, 1);
    expect(readdirSync(folder)).toHaveLength(5);
  });

  it("aren't there when the folder isn't, and none are written for nothing", async () => {
    expect(await readSavedBacklogs(folder, ANY)).toEqual([]);
    expect(await writeSavedBacklogs(folder, new Map())).toEqual({ hashes: new Map(), failures: [] });
    expect(existsSync(folder)).toBe(false);
  });

  it("that can't be used cost only themselves, and go to the quarantine", async () => {
    const { alarm_id: _, ...nameless } = BACKLOG;
    put("1.json", '[{"alarm_id": "cut of');
    put("2.json", { not: "a list" });
    put("3.json", [BACKLOG, nameless, 7, { ...BACKLOG, rules: [{}] }, { ...BACKLOG, unknown: 1 }]);
    put("4.json", "");
    mkdirSync(join(folder, "5.json"));
    symlinkSync(join(folder, "3.json"), join(folder, "6.json"));
    const files = await readSavedBacklogs(folder, ANY);
    expect(files.map(({ directiveId, backlogs, unusable }) => [directiveId, backlogs.length, unusable.length])).toEqual(
      [
        [1, 0, 1],
        [2, 0, 1],
        [3, 2, 3],
        [4, 0, 1],
        [5, 0, 1],
        [6, 0, 1],
      ],
    );
    expect(files[2]?.unusable).toEqual([
      "backlog number 2 can't be used: its alarm_id is missing or not of the right kind",
      "backlog number 3 can't be used: it is missing or not of the right kind",
      "backlog number 4 can't be used: its rules.0.name is missing or not of the right kind",
    ]);
    expect(await removeSavedBacklogs(folder, files, quarantine, 123.4)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(quarantine).sort()).toEqual([1, 2, 3, 4, 5, 6].map((id) => `${id}.123.json`));
  });

  it("replace a symbolic link and never follow it, and what an earlier process left half-written", async () => {
    const precious = join(folder, "..", "precious");
    writeFileSync(precious, "precious");
    put(".501.json.tmp", "half");
    symlinkSync(precious, join(folder, "501.json"));
    symlinkSync(precious, join(folder, ".502.json.tmp"));
    await writeSavedBacklogs(
      folder,
      new Map([
        [501, [BACKLOG]],
        [502, [BACKLOG]],
      ]),
    );
    expect(readFileSync(precious, "utf8")).toBe("precious");
    expect(lstatSync(join(folder, "501.json")).isFile()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["501.json", "502.json"]);
  });

  it("that can't be written or removed are named, and the others are", async () => {
    mkdirSync(join(folder, "501.json", "in the way"), { recursive: true });
    const { failures } = await writeSavedBacklogs(
      folder,
      new Map([
        [501, [BACKLOG]],
        [502, [BACKLOG]],
      ]),
    );
    expect(failures.map(({ directiveId }) => directiveId)).toEqual([501]);
    expect(existsSync(join(folder, "502.json"))).toBe(true);
    const gone = await removeSavedBacklogs(
      folder,
      [{ directiveId: 9, hash: "", backlogs: [], unusable: [] }],
      quarantine,
      1,
    );
    expect(gone.map(({ directiveId }) => directiveId)).toEqual([9]);
  });
});
