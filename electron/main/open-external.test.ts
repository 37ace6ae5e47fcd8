import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { standIn } from "../testing/electron.ts";
import { DesktopState } from "./desktop-state.ts";
import { ExternalGate } from "./open-external.ts";

let state: DesktopState;
let gate: ExternalGate;
beforeEach(() => {
  standIn.reset();
  state = new DesktopState(join(mkdtempSync(join(tmpdir(), "dsiem-gate-")), "desktop.json"));
  gate = new ExternalGate(state);
});

it.each([
  "file:///etc/passwd",
  "javascript:alert(1)",
  "smb://host/share",
  "ms-msdt:/id",
  "dsiem://alarm/a",
  "//host/path",
  "not a url",
  "https://user:pass@host.example/",
])("%s is never opened, nor asked about", async (url) => {
  const answer = await gate.open(url);
  expect(answer.ok).toBe(false);
  expect(answer.text).toMatch(/^[A-Z].+\.$/);
  expect([standIn.boxes, standIn.openedOutside]).toEqual([[], []]);
});

it("a host that nobody confirmed is asked about, with the whole address and Cancel as the default", async () => {
  expect(await gate.open("https://kibana.example/app?id=1")).toEqual({ ok: false, text: "" });
  expect(standIn.boxes[0]).toMatchObject({
    message: "Open a page of kibana.example in the browser?",
    detail: "https://kibana.example/app?id=1",
    defaultId: 1,
    cancelId: 1,
  });
  expect(standIn.openedOutside).toEqual([]);
});

it("a host is remembered when a person says so, with its port, and no other", async () => {
  standIn.boxAnswers = [{ response: 0 }, { response: 0, checkboxChecked: true }];
  await gate.open("https://a.example:5601/1");
  await gate.open("https://a.example:5601/2");
  await new ExternalGate(state).open("https://a.example:5601/3");
  expect(standIn.openedOutside).toHaveLength(3);
  expect(standIn.boxes).toHaveLength(2);
  await gate.open("https://a.example/4");
  expect(standIn.boxes).toHaveLength(3);
});

it("a refusal with the box checked remembers nothing", async () => {
  standIn.boxAnswers = [{ response: 1, checkboxChecked: true }];
  await gate.open("http://a.example/");
  expect(state.value.confirmedHosts).toBeUndefined();
});
