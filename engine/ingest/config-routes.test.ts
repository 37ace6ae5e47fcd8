import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConfigFile } from "../base/config-file.ts";
import { ConfigFolder } from "./config-folder.ts";
import { checkedFile, printConfigFile } from "./config-work.ts";
import { rawExchange, startTestDoor, type TestDoor } from "./testing/door.ts";

const BAD_NAME = "Not a valid filename, should be in any_N4m3-that_you_want.json format\n";
const TYPE = { "content-type": "application/json" };

let door: TestDoor;
let configs: string;
let prints = 0;
let mostBytes: number | undefined;
let onPrint: (() => void) | undefined;

/** Refuses every file whose text says "bad". */
function check(file: ConfigFile) {
  const bad = Buffer.from(file.bytes).toString().includes("bad");
  return checkedFile(
    file,
    bad
      ? [
          { file: file.name, message: "is bad" },
          { file: file.name, message: "is worse" },
        ]
      : [],
  );
}

beforeEach(async () => {
  prints = 0;
  mostBytes = undefined;
  onPrint = undefined;
  door = await startTestDoor({
    writableConfig: true,
    configWork: {
      print: async (file) => {
        prints += 1;
        onPrint?.();
        return printConfigFile(file, mostBytes);
      },
      check: async (file) => check(file),
    },
  });
  configs = join(door.folder, "configs");
  mkdirSync(configs);
});

afterEach(() => door.close());

test("a file that goes while it is being served is answered as one that isn't there", async () => {
  writeFileSync(join(configs, "assets_a.json"), "{}");
  const folder = new ConfigFolder(configs);
  const found = await folder.find("assets_a.json");
  rmSync(join(configs, "assets_a.json"));
  expect(await found?.read()).toBeUndefined();
  // Not JSON: it is read once more to be served as it is, and the second time it isn't there.
  onPrint = () => rmSync(join(configs, "assets_b.json"));
  writeFileSync(join(configs, "assets_b.json"), "{");
  expect((await door.request("GET", "/config/assets_b.json")).status).toBe(404);
});

describe("GET /config", () => {
  test("lists *.json, sorted, pretty-printed, without hidden files, folders and other names", async () => {
    for (const name of ["b.json", "a.json", "B.json", "notes.txt", "a.json.bak", ".hidden.json", ".json"]) {
      writeFileSync(join(configs, name), "{}");
    }
    mkdirSync(join(configs, "folder.json"));
    symlinkSync(join(configs, "a.json"), join(configs, "link.json"));
    symlinkSync(join(configs, "nothing"), join(configs, "dangling.json"));
    for (const path of ["/config", "/config/", "/config?x=1"]) {
      const answer = await door.request("GET", path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(answer.text).toContain("\n  ");
      const names = JSON.parse(answer.text).files.map((file: { filename: string }) => file.filename);
      expect(names).toEqual(["B.json", "a.json", "b.json", "link.json"]);
    }
  });

  test("lists nothing where there is no folder", async () => {
    rmSync(configs, { recursive: true });
    expect(JSON.parse((await door.request("GET", "/config")).text)).toEqual({ files: [] });
    expect((await door.request("GET", "/config/a.json")).status).toBe(404);
  });

  test("answers HEAD, and 405 to what isn't allowed", async () => {
    const head = await door.request("HEAD", "/config/");
    expect([head.status, head.text]).toEqual([200, ""]);
    for (const [method, path, allow] of [
      ["POST", "/config", "GET, HEAD"],
      ["PUT", "/config/", "GET, HEAD"],
      ["PATCH", "/config/a.json", "GET, HEAD, POST, DELETE"],
      ["PROPFIND", "/config/a.json", "GET, HEAD, POST, DELETE"],
      ["POST", "/ui/index.html", "GET, HEAD"],
    ] as const) {
      const answer = await door.request(method, path);
      expect([answer.status, answer.headers.get("allow")], `${method} ${path}`).toEqual([405, allow]);
    }
  });
});

describe("GET /config/:filename", () => {
  test("answers the file pretty-printed, its numbers as they are spelled", async () => {
    writeFileSync(join(configs, "a.json"), '\ufeff{"z":[1,{"y":null}],"big":12345678901234567890}');
    const answer = await door.request("GET", "/config/a.json");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.text).toBe(
      '{\n  "z": [\n    1,\n    {\n      "y": null\n    }\n  ],\n  "big": 12345678901234567890\n}',
    );
    expect((await door.request("HEAD", "/config/a.json")).headers.get("content-length")).toBe(
      String(answer.text.length),
    );
  });

  test("tells whoever has a file already that it is the same, whatever its size, until it changes", async () => {
    const again = (tag: string) => door.request("GET", "/config/a.json", undefined, { "if-none-match": tag });
    for (const name of ["few", "x".repeat(300_000)]) {
      writeFileSync(join(configs, "a.json"), JSON.stringify({ name }));
      const first = await door.request("GET", "/config/a.json");
      const tag = first.headers.get("etag") ?? "";
      expect(tag).toBe(`"${createHash("sha256").update(first.text).digest("hex")}"`);
      expect(await again(tag)).toMatchObject({ status: 304, text: "" });
      expect(await again('"another"')).toMatchObject({ status: 200, text: first.text });
      // The same content under another time.
      writeFileSync(join(configs, "a.json"), JSON.stringify({ name }, undefined, 1));
      expect((await again(tag)).status).toBe(304);
      writeFileSync(join(configs, "a.json"), JSON.stringify({ name: `${name} more` }));
      expect((await again(tag)).status).toBe(200);
    }
  });

  test("follows a symbolic link, as in a Kubernetes ConfigMap", async () => {
    mkdirSync(join(configs, "..data"));
    writeFileSync(join(configs, "..data", "a.json"), "{}");
    symlinkSync(join("..data", "a.json"), join(configs, "a.json"));
    expect((await door.request("GET", "/config/a.json")).text).toBe("{}");
  });

  test("answers 404 for an absent file, and serves one that isn't JSON as it is, for the backend to report", async () => {
    const absent = await door.request("GET", "/config/a.json");
    expect([absent.status, absent.headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
    expect((await door.request("GET", `/config/${"a".repeat(3000)}.json`)).status).toBe(404);
    mkdirSync(join(configs, "folder.json"));
    expect((await door.request("GET", "/config/folder.json")).status).toBe(404);
    writeFileSync(join(configs, "b.json"), '{\n  "a": oops\n}');
    const broken = await door.request("GET", "/config/b.json");
    expect([broken.status, broken.text]).toEqual([200, '{\n  "a": oops\n}']);
    expect(broken.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(door.logLines.join("")).toMatch(/WARN .*a configuration file isn't JSON file=b\.json reason="b\.json:2: /);
    writeFileSync(join(configs, "c.json"), "");
    const empty = await door.request("GET", "/config/c.json");
    expect([empty.status, empty.text]).toEqual([200, ""]);
  });

  test("serves a file as it is stored when printing would make too much of it", async () => {
    mostBytes = 20;
    const text = "[1,2,3,4,5,6,7,8,9]";
    writeFileSync(join(configs, "a.json"), text);
    expect((await door.request("GET", "/config/a.json")).text).toBe(text);
  });

  test("says only the code of what went wrong on its side, and the rest in its log", async () => {
    rmSync(configs, { recursive: true });
    symlinkSync("configs", configs);
    const answer = await door.request("GET", "/config/");
    expect([answer.status, answer.text]).toEqual([500, "The request failed (ELOOP); the frontend's log says why.\n"]);
    expect(door.logLines.join("")).toContain(`GET /config/ failed: ELOOP`);
    expect(door.logLines.join("")).toContain(configs);
  });

  test("says of bad names no more than so many times a second", async () => {
    const lines = (): number => door.logLines.filter((line) => line.includes("l337 or epic fail")).length;
    for (let i = 0; i < 3; i++) {
      await Promise.all(Array.from({ length: 150 }, () => door.request("GET", "/config/backdoor.exe")));
    }
    // The requests may have come in two seconds, hardly in four.
    expect(lines()).toBeGreaterThanOrEqual(100);
    expect(lines()).toBeLessThan(450);
  });

  test("refuses a bad name and logs who asked for it", async () => {
    writeFileSync(join(door.folder, "secret.json"), "{}");
    const names = [
      "backdoor.exe",
      "a.b.json",
      "_x.json",
      ".json",
      "a%20b.json",
      "..%2Fsecret.json",
      "a%00.json",
      "%2e%2e%2fsecret.json",
    ];
    for (const method of ["GET", "POST", "DELETE"]) {
      for (const name of names) {
        const answer = await door.request(method, `/config/${name}`, method === "POST" ? "{}" : undefined, TYPE);
        expect([answer.status, answer.text], `${method} ${name}`).toEqual([418, BAD_NAME]);
      }
    }
    expect(
      door.logLines.filter((line) => /l337 or epic fail attempt from 127\.0\.0\.1:\d+ detected/.test(line)),
    ).toHaveLength(24);
    const raw = await rawExchange(
      door.port,
      "GET /config/../secret.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    expect(raw).toMatch(/^HTTP\/1\.1 404 /);
    const spelled = await rawExchange(
      door.port,
      "GET /config/%zz.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    expect(spelled).toMatch(/^HTTP\/1\.1 400 [\s\S]*text\/plain/);
  });

  test("prints a large file once for all who ask, and anew when it changed", async () => {
    const path = join(configs, "a.json");
    writeFileSync(path, JSON.stringify({ a: "x".repeat(300_000) }));
    const answers = await Promise.all([1, 2, 3].map(() => door.request("GET", "/config/a.json")));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    await door.request("GET", "/config/a.json");
    expect(prints).toBe(1);
    writeFileSync(path, JSON.stringify({ b: "x".repeat(300_000) }));
    expect((await door.request("GET", "/config/a.json")).text).toContain('"b"');
    expect(prints).toBe(2);
  });
});

describe("POST and DELETE /config/:filename", () => {
  test("stores what was sent, as it was sent, and leaves nothing else behind", async () => {
    const sent = '{"assets": [1.0], "unknown": 12345678901234567890}';
    const answer = await door.request("POST", "/config/assets_a.json", sent, TYPE);
    expect([answer.status, answer.text]).toEqual([201, ""]);
    expect(readFileSync(join(configs, "assets_a.json"), "utf8")).toBe(sent);
    expect(readdirSync(configs)).toEqual(["assets_a.json"]);
    expect((await door.request("POST", "/config/assets_a.json", '{"b":1}', TYPE)).status).toBe(201);
    expect(readFileSync(join(configs, "assets_a.json"), "utf8")).toBe('{"b":1}');
  });

  test("refuses bad content with every problem, and keeps the file as it was", async () => {
    writeFileSync(join(configs, "assets_a.json"), "{}");
    const answer = await door.request("POST", "/config/assets_a.json", '{"bad":1}', TYPE);
    expect(answer.status).toBe(418);
    expect(answer.text).toBe(
      "Invalid content detected, parsing error message is: assets_a.json: is bad\nassets_a.json: is worse\n",
    );
    expect(readFileSync(join(configs, "assets_a.json"), "utf8")).toBe("{}");
  });

  test("replaces a symbolic link instead of following it", async () => {
    const outside = join(door.folder, "outside.json");
    writeFileSync(outside, "{}");
    symlinkSync(outside, join(configs, "assets_a.json"));
    expect((await door.request("POST", "/config/assets_a.json", '{"a":1}', TYPE)).status).toBe(201);
    expect(readFileSync(outside, "utf8")).toBe("{}");
    expect(lstatSync(join(configs, "assets_a.json")).isFile()).toBe(true);
  });

  test("makes the folder when it is missing, and says so when it can't write", async () => {
    rmSync(configs, { recursive: true });
    expect((await door.request("POST", "/config/assets_a.json", "{}", TYPE)).status).toBe(201);
    mkdirSync(join(configs, "assets_b.json"));
    const answer = await door.request("POST", "/config/assets_b.json", "{}", TYPE);
    expect(answer.status).toBe(500);
    expect(answer.text).toMatch(/^assets_b\.json can't be stored \([A-Z]+\); the frontend's log says why\.\n$/);
    expect(door.logLines.join("")).toMatch(/ERROR .*configuration file assets_b\.json can't be stored: /);
    expect(readdirSync(configs).sort()).toEqual(["assets_a.json", "assets_b.json"]);
  });

  test("checks type, encoding and announced size first", async () => {
    expect((await door.request("POST", "/config/assets_a.json", "{}", { "content-type": "text/plain" })).status).toBe(
      415,
    );
    expect(
      (await door.request("POST", "/config/assets_a.json", "{}", { ...TYPE, "content-encoding": "gzip" })).status,
    ).toBe(415);
    const head = `POST /config/assets_a.json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    expect(await rawExchange(door.port, `${head}Expect: 100-continue\r\nContent-Length: 104857601\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect(await rawExchange(door.port, `${head}Content-Length: 10\r\n\r\n{`, { end: true })).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  test("takes a body larger than an event's may be", async () => {
    const body = JSON.stringify({ a: "x".repeat(20 * 1024 * 1024) });
    expect((await door.request("POST", "/config/assets_a.json", body, TYPE)).status).toBe(201);
  });

  test("deletes", async () => {
    writeFileSync(join(configs, "a.json"), "{}");
    const answer = await door.request("DELETE", "/config/a.json");
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(existsSync(join(configs, "a.json"))).toBe(false);
    expect((await door.request("DELETE", "/config/a.json")).status).toBe(404);
  });
});

test("nothing can be written unless it is allowed", async () => {
  const readOnly = await startTestDoor();
  try {
    for (const method of ["POST", "DELETE"]) {
      const answer = await readOnly.request(method, "/config/assets_a.json", "{}", TYPE);
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  } finally {
    await readOnly.close();
  }
});
