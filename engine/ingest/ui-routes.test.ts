import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawExchange, startTestDoor, type TestDoor } from "./testing/door.ts";

let door: TestDoor;

beforeEach(async () => {
  door = await startTestDoor();
});

afterEach(() => door.close());

function addPages(): void {
  const web = join(door.folder, "web", "dist");
  mkdirSync(join(web, "assets", "config"), { recursive: true });
  writeFileSync(join(web, "index.html"), "<p>hello</p>");
  writeFileSync(join(web, ".secret"), "x");
  writeFileSync(join(web, "a.wasm"), "0123456789");
  writeFileSync(join(web, "assets", "config", "esconfig.json"), '{"elasticsearch":"http://x:9200"}');
  writeFileSync(join(door.folder, "secret.txt"), "x");
}

test("answers index.html for /ui and /ui/, without a redirect", async () => {
  addPages();
  for (const path of ["/ui", "/ui/", "/ui/index.html", "/ui/?a=1", "/ui?a=1"]) {
    const answer = await door.request("GET", path);
    expect([answer.status, answer.text], path).toEqual([200, "<p>hello</p>"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    expect(answer.headers.get("last-modified")).toBeTruthy();
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  }
  expect((await door.request("HEAD", "/ui/")).status).toBe(200);
  expect((await door.request("HEAD", "/ui")).status).toBe(200);
});

test("knows WebAssembly, ranges and files in folders", async () => {
  addPages();
  const wasm = await door.request("GET", "/ui/a.wasm", undefined, { range: "bytes=2-4" });
  expect([wasm.status, wasm.text, wasm.headers.get("content-type")]).toEqual([206, "234", "application/wasm"]);
  expect(JSON.parse((await door.request("GET", "/ui/assets/config/esconfig.json")).text)).toHaveProperty(
    "elasticsearch",
  );
});

test("answers 404 for everything that isn't there, and never leaves the folder", async () => {
  addPages();
  for (const path of [
    "/ui/none.js",
    "/ui/assets",
    "/ui/assets/",
    "/ui/.secret",
    "/uix",
    "/ui/data/alarm-list",
    "/",
    "/api/x",
    "/index.html",
  ]) {
    const answer = await door.request("GET", path);
    expect([answer.status, answer.headers.get("content-type")], path).toEqual([404, "text/plain; charset=utf-8"]);
    expect(answer.text).toMatch(/^[^\n]+\.\n$/);
  }
  for (const path of [
    "/ui/..%2f..%2fsecret.txt",
    "/ui/../../secret.txt",
    "/ui/%2e%2e/%2e%2e/secret.txt",
    "/ui/..\\..\\secret.txt",
    "/ui//etc/passwd",
    "/ui/%00",
  ]) {
    const answer = await rawExchange(door.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer, path).toMatch(/^HTTP\/1\.1 (400|403|404) /);
    expect(answer, path).toContain("text/plain");
  }
});

test("says so when the data folder has no web page, and finds one that comes later", async () => {
  for (const path of ["/ui", "/ui/"]) {
    const answer = await door.request("GET", path);
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining("web/dist")]);
  }
  addPages();
  expect((await door.request("GET", "/ui/")).status).toBe(200);
});
