import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { DsiemError, errorText } from "../base/errors.ts";
import { stateFolder } from "../base/state-folder.ts";

/** What the supervisor remembers of a profile, in `profile.json` of its state folder. */
interface Remembered {
  port?: number;
  /** The files that came with the program, with the hash of what was written: an edited one is left alone. */
  seeded?: Record<string, string>;
}

/** The profile can't be used: taken by another process, or not writable. */
export class ProfileError extends DsiemError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("PROFILE", message, options);
  }
}

const FIRST_PORT = 8080;
const PORTS_TRIED = 200;
const UI_CONFIG = "dsiem_config.json";

/** The data folder of a supervised system (operation.md §2). */
export class Profile {
  readonly dataDir: string;
  readonly configs: string;
  readonly alarmFile: string;
  readonly #file: string;
  readonly #lockFile: string;
  #remembered: Remembered;
  #locked = false;

  /** Creates what is missing of the folder, readable by its owner only; `logs/` follows the umask (operation.md §2). */
  constructor(dataDir: string) {
    this.dataDir = dataDir;
    this.configs = join(dataDir, "configs");
    this.alarmFile = join(dataDir, "logs", "siem_alarms.json");
    this.#file = join(stateFolder(dataDir), "profile.json");
    this.#lockFile = join(stateFolder(dataDir), "supervisor.pid");
    try {
      mkdirSync(this.configs, { recursive: true, mode: 0o700 });
      mkdirSync(join(dataDir, "logs", "services"), { recursive: true });
      mkdirSync(stateFolder(dataDir), { recursive: true });
    } catch (error) {
      throw new ProfileError(cantWrite(dataDir, error), { cause: error });
    }
    this.#remembered = readRemembered(this.#file);
  }

  get port(): number | undefined {
    return this.#remembered.port;
  }

  /** On a full disk it is forgotten: that costs a bookmark, not the console. */
  rememberPort(port: number): void {
    if (this.#remembered.port === port) return;
    this.#remembered.port = port;
    try {
      this.#save();
    } catch {
      // As it says above.
    }
  }

  /**
   * Keeps a second supervisor away from this folder.
   * @throws ProfileError when one is at work here, or nothing can be written
   */
  lock(): void {
    const other = Number(readText(this.#lockFile));
    if (Number.isSafeInteger(other) && other > 0 && other !== process.pid && isSupervisor(other)) {
      throw new ProfileError(
        `${this.dataDir} is in use by process ${other}: stop that one, or choose another --profile`,
      );
    }
    try {
      writeFileSync(this.#lockFile, String(process.pid), { mode: 0o600 });
    } catch (error) {
      throw new ProfileError(cantWrite(this.dataDir, error), { cause: error });
    }
    this.#locked = true;
  }

  unlock(): void {
    if (this.#locked) rmSync(this.#lockFile, { force: true });
    this.#locked = false;
  }

  /**
   * Puts files that came with the program into `configs/`: all of them into a folder without configuration, and later
   * on only those that nobody has changed since.
   * @returns the names of those files that are in place as they came
   */
  seed(files: ReadonlyMap<string, string>): string[] {
    try {
      return this.#seed(files);
    } catch (error) {
      throw new ProfileError(cantWrite(this.dataDir, error), { cause: error });
    }
  }

  #seed(files: ReadonlyMap<string, string>): string[] {
    const known = new Map(Object.entries(this.#remembered.seeded ?? {}));
    if (known.size === 0 && this.configNames().length > 0) return [];
    const inPlace: string[] = [];
    for (const [name, text] of files) {
      const path = join(this.configs, name);
      const present = readText(path);
      const knownHash = known.get(name);
      const untouched =
        knownHash === undefined ? present === undefined : present !== undefined && hash(present) === knownHash;
      if (!untouched) continue;
      if (present !== text) writeWhole(path, text);
      known.set(name, hash(text));
      inPlace.push(name);
    }
    this.#remembered.seeded = Object.fromEntries(known);
    this.#save();
    return inPlace;
  }

  /** Names of the configuration files, without the one that the frontend writes itself. */
  configNames(): string[] {
    return readdirSync(this.configs).filter((name) => name.endsWith(".json") && name !== UI_CONFIG);
  }

  #save(): void {
    writeWhole(this.#file, `${JSON.stringify(this.#remembered, undefined, 2)}\n`);
  }
}

/** The console's database and the logs are kept in the folder, also while its configuration is only read. */
function cantWrite(dataDir: string, error: unknown): string {
  return (
    `nothing can be written into the data folder ${dataDir} (${errorText(error)}): make room there and let this user ` +
    "write, or use another folder, such as a copy of it"
  );
}

/**
 * The port to listen on: the one that was asked for, else the remembered one, else the first free one from 8080 on.
 * @throws ProfileError when the one that was asked for is taken
 */
export async function choosePort(
  address: string,
  asked: number | undefined,
  remembered: number | undefined,
): Promise<number> {
  if (asked !== undefined) {
    const problem = await listenProblem(address, asked);
    if (problem === undefined) return asked;
    throw new ProfileError(`${address} port ${asked} can't be listened on (${problem}): choose another with --port`);
  }
  let problem: string | undefined;
  for (const port of [remembered ?? FIRST_PORT, ...Array.from({ length: PORTS_TRIED }, (_, i) => FIRST_PORT + i)]) {
    problem = await listenProblem(address, port);
    if (problem === undefined) return port;
  }
  throw new ProfileError(
    `no port from ${FIRST_PORT} on can be listened on at ${address} (${problem}): choose one with --port`,
  );
}

async function listenProblem(address: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}

/** The desktop's program, packaged or not. */
const DESKTOP = /^(?:electron|dsiem[ -]console)(?:\.exe)?$/i;

/** Whether this process id is alive and, where that can be seen, a supervisor: after a reboot it may be anybody. */
export function isSupervisor(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const commandLine = readText(`/proc/${pid}/cmdline`);
  if (commandLine === undefined) return true;
  const [program = "", ...args] = commandLine.split("\0");
  return DESKTOP.test(basename(program)) || (commandLine.includes("dsiem") && args.includes("start"));
}

function readRemembered(file: string): Remembered {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value !== "object" || value === null) return {};
    const { port, seeded } = value as Record<string, unknown>;
    return {
      ...(typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536 ? { port } : {}),
      ...(typeof seeded === "object" && seeded !== null ? { seeded: seeded as Record<string, string> } : {}),
    };
  } catch {
    // It is missing at the first start; one that can't be read costs no more than the port's number.
    return {};
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Replaced as a whole, so that no reader and no power cut sees half of it. */
function writeWhole(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
