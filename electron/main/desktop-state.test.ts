import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DesktopState } from "./desktop-state.ts";

const newFile = () => join(mkdtempSync(join(tmpdir(), "dsiem-desktop-")), "user", "desktop.json");

it("remembers from one start to the next, in a file of its owner only", () => {
  const file = newFile();
  const bounds = { x: -5, y: 0, width: 800, height: 600, maximized: true };
  new DesktopState(file).change({ window: bounds });
  const second = new DesktopState(file);
  second.change({ confirmedHosts: ["a.example"] });
  expect(new DesktopState(file).value).toEqual({ window: bounds, confirmedHosts: ["a.example"] });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it.each(["{torn", "[]", '{"window":{"x":"0"}}', '{"window":{"x":0,"y":0,"width":-1,"height":1,"maximized":false}}'])(
  "a file that holds %s is a first start",
  (text) => {
    const file = newFile();
    new DesktopState(file).change({});
    writeFileSync(file, text);
    expect(new DesktopState(file).value).toEqual({});
  },
);

it("a disk that takes nothing costs the memory of it only", () => {
  const file = join(import.meta.filename, "desktop.json");
  const state = new DesktopState(file);
  state.change({ toldOfTray: true });
  expect(state.value.toldOfTray).toBe(true);
  expect(() => readFileSync(file)).toThrow();
});
