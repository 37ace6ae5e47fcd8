import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectFolder, wholePath } from "./folder-inspection.ts";
import { Profiles } from "./profiles.ts";
import { planStart, type Wish } from "./start-plan.ts";

const newRoot = () => mkdtempSync(join(tmpdir(), "dsiem-plan-"));
const NO_WISH: Wish = { demo: false, profile: undefined, dataDir: undefined };

function folderWith(...names: string[]): string {
  const folder = newRoot();
  fill(folder, ...names);
  return folder;
}

function fill(folder: string, ...names: string[]): void {
  mkdirSync(join(folder, "configs"), { recursive: true });
  for (const name of names) writeFileSync(join(folder, "configs", name), '{"directives":[{},{}],"assets":[{}]}');
}

describe("where a start begins", () => {
  test("at the first run, while nothing was chosen and nothing is there", () => {
    const root = newRoot();
    expect(planStart(new Profiles(root), NO_WISH)).toMatchObject({ entry: undefined, seed: false, play: false });
    // What a frontend writes itself is nobody's choice.
    fill(join(root, "demo"), "dsiem_config.json");
    expect(planStart(new Profiles(root), NO_WISH).entry).toBeUndefined();
  });

  test("in the folder of an earlier version, which knew no choice", () => {
    const root = newRoot();
    fill(join(root, "demo"), "directives_mine.json");
    expect(planStart(new Profiles(root), NO_WISH)).toMatchObject({
      ...{ dataDir: join(root, "demo"), play: false, entry: { name: "demo", kind: "own" } },
    });
  });

  test("in what was chosen last, also in the next process", () => {
    const root = newRoot();
    const folder = folderWith("directives_a.json");
    const profiles = new Profiles(root);
    profiles.use(profiles.folder(folder));
    expect(planStart(new Profiles(root), NO_WISH)).toMatchObject({ dataDir: folder, seed: false, play: false });
    profiles.use(profiles.demo());
    expect(planStart(new Profiles(root), NO_WISH)).toMatchObject({
      dataDir: join(root, "demo"),
      seed: true,
      play: true,
    });
  });

  test("where somebody wishes", () => {
    const profiles = new Profiles(newRoot());
    const folder = folderWith("directives_a.json");
    expect(planStart(profiles, { ...NO_WISH, demo: true })).toMatchObject({ entry: { kind: "demo" }, play: true });
    expect(planStart(profiles, { ...NO_WISH, profile: "lab" })).toMatchObject({ dataDir: join(profiles.root, "lab") });
    expect(planStart(profiles, { ...NO_WISH, dataDir: folder })).toMatchObject({ entry: { editable: false } });
    expect(profiles.current).toBeUndefined();
  });
});

describe("a folder of somebody's", () => {
  test("gets a name of its own, once, and keeps whether it may be edited", () => {
    const root = newRoot();
    const profiles = new Profiles(root);
    const names = ["x/lab files", "y/lab files", "z/demo"].map((path) => profiles.folder(join(root, path)).name);
    expect(names).toEqual(["lab-files", "lab-files-2", "demo-2"]);
    profiles.setEditable(profiles.folder(join(root, "x/lab files")), true);
    expect(new Profiles(root).folder(join(root, "x/lab files"))).toMatchObject({ name: "lab-files", editable: true });
  });

  test("is looked at before it is used", () => {
    const folder = folderWith("directives_b_x.json", "directives_a.json", "assets_x.json", "directives_.json");
    expect(inspectFolder(folder)).toEqual({
      ...{ ok: true, nodes: ["a", "b"], directives: 4, assets: 1 },
      text: "4 directives and 1 network. 2 backends will be started: a, b.",
    });
    expect(inspectFolder(folderWith("assets_x.json")).text).toMatch(/names no node: expected is .*directives_NODE/);
    expect(inspectFolder(join(folder, "configs", "assets_x.json")).text).toMatch(/is a file, not a folder/);
    expect(inspectFolder("configs").text).toMatch(/isn't a whole path/);
    expect(wholePath(` ${folder}/ `)).toBe(folder);
  });
});
