import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { stateFolder } from "../base/state-folder.ts";
import { choosePort, Profile, ProfileError } from "./profile.ts";
import { serviceScript, until } from "./testing/services.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

const newFolder = () => join(mkdtempSync(join(tmpdir(), "dsiem-profile-")), "p");
const files = (...entries: [string, string][]) => new Map(entries);

describe("the folder of a profile", () => {
  test("is created for its owner only", () => {
    const dir = newFolder();
    new Profile(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, "configs")).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, "logs", "services")).isDirectory()).toBe(true);
  });

  test("remembers its port", () => {
    const dir = newFolder();
    new Profile(dir).rememberPort(8123);
    expect(new Profile(dir).port).toBe(8123);
    writeFileSync(join(stateFolder(dir), "profile.json"), "{torn");
    expect(new Profile(dir).port).toBeUndefined();
  });

  test("that can't be created or written to is one clear sentence", () => {
    expect(() => new Profile(join(import.meta.filename, "p"))).toThrow(ProfileError);
    const dir = newFolder();
    const profile = new Profile(dir);
    // Refused to everybody, whatever their rights.
    for (const name of ["supervisor.pid", "profile.json.new"]) mkdirSync(join(stateFolder(dir), name));
    expect(() => profile.lock()).toThrow(ProfileError);
    expect(() => profile.lock()).toThrow(`nothing can be written into the data folder ${dir} (EISDIR`);
    expect(() => profile.seed(files(["a_x.json", "1"]))).toThrow(ProfileError);
    profile.rememberPort(8123);
    expect(profile.port).toBe(8123);
  });
});

describe("files that came with the program", () => {
  test("go into a folder without configuration, and are renewed while nobody changed them", () => {
    const dir = newFolder();
    expect(new Profile(dir).seed(files(["a_x.json", "1"], ["b_x.json", "1"]))).toEqual(["a_x.json", "b_x.json"]);
    writeFileSync(join(dir, "configs", "b_x.json"), "mine");
    expect(new Profile(dir).seed(files(["a_x.json", "2"], ["b_x.json", "2"], ["c_x.json", "2"]))).toEqual([
      "a_x.json",
      "c_x.json",
    ]);
    const text = (name: string) => readFileSync(join(dir, "configs", name), "utf8");
    expect([text("a_x.json"), text("b_x.json"), text("c_x.json")]).toEqual(["2", "mine", "2"]);
  });

  test("never go into a folder with somebody's configuration", () => {
    const dir = newFolder();
    mkdirSync(join(dir, "configs"), { recursive: true });
    writeFileSync(join(dir, "configs", "dsiem_config.json"), "{}");
    writeFileSync(join(dir, "configs", "directives_a.json"), "{}");
    const profile = new Profile(dir);
    expect(profile.seed(files(["a_x.json", "1"]))).toEqual([]);
    expect(profile.configNames()).toEqual(["directives_a.json"]);
  });
});

describe("the lock", () => {
  test("keeps a second supervisor away, until the first is gone", async () => {
    const dir = newFolder();
    const profile = new Profile(dir);
    const script = serviceScript("setInterval(() => {}, 1000);");
    const other = spawn(process.execPath, [script, "start"], { argv0: "dsiem" });
    writeFileSync(join(stateFolder(dir), "supervisor.pid"), String(other.pid));
    expect(() => profile.lock()).toThrow(`is in use by process ${other.pid}`);
    other.kill("SIGKILL");
    await until("it is gone", () => other.exitCode !== null || other.signalCode !== null);
    profile.lock();
    expect(readFileSync(join(stateFolder(dir), "supervisor.pid"), "utf8")).toBe(String(process.pid));
    profile.unlock();
    profile.unlock();
  });
});

describe("the port", () => {
  test("is the remembered one, or else the next free one", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port: taken } = server.address() as AddressInfo;
    await expect(choosePort("127.0.0.1", taken, undefined)).rejects.toThrow(
      `port ${taken} can't be listened on (EADDRINUSE)`,
    );
    const next = await choosePort("127.0.0.1", undefined, taken);
    expect(next).toBeGreaterThanOrEqual(8080);
    await new Promise((resolve) => server.close(resolve));
    expect(await choosePort("127.0.0.1", undefined, taken)).toBe(taken);
    expect(await choosePort("127.0.0.1", taken, 1)).toBe(taken);
  });
});
