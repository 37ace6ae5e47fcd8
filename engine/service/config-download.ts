import { z } from "zod";
import type { ConfigFile } from "../base/config-file.ts";
import { entityTag } from "../base/entity-tag.ts";
import type { Logger } from "../base/log.ts";
import { CONFIG_FILE_NAME } from "../contract/limits.ts";
import { directiveFilesForNode } from "../directive/config-check.ts";
import { FrontendUnavailableError, type GetOptions, getFile, withoutPassword } from "./config-get.ts";

/** The backend's configuration as the frontend serves it: these files and no others, in alphabetical order. */
export interface DownloadedConfig {
  assets: ConfigFile[];
  directives: ConfigFile[];
  intel: ConfigFile[];
  vuln: ConfigFile[];
}

export interface DownloadOptions {
  /** Base URL of the frontend. */
  frontend: string;
  node: string;
  log: Logger;
  /** Ends the retrying; the promise then rejects. */
  signal: AbortSignal;
}

/** First and longest pause between two tries, in milliseconds. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** The frontend is given up when nothing comes for this long: printing a file of 50 MB takes it a while. */
const SILENCE_MS = 30_000;
/** A file is printed prettily, in which a list of numbers takes several times the bytes that the frontend was sent. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
/** Files that are asked for at the same time once most of them are known: nearly every answer is a short one. */
const ASKED_AT_ONCE = 8;
const MAX_LISTING_BYTES = 16 * 1024 * 1024;

const listingSchema = z.object({ files: z.array(z.object({ filename: z.string() })) });

/**
 * Fetches the node's configuration from the frontend, trying for ever while the frontend isn't up, with a log line for
 * each change of state (engine.md §10; MUST DIFFER: Dsiem-rs exits, and mixes in stale local files).
 */
export async function downloadConfig(options: DownloadOptions): Promise<DownloadedConfig> {
  const { log, signal, frontend } = options;
  let pause = FIRST_PAUSE_MS;
  let lastReason = "";
  for (;;) {
    try {
      const config = await downloadOnce(options);
      if (lastReason !== "") log.info(`the frontend at ${withoutPassword(frontend)} answers now`);
      return config;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FrontendUnavailableError)) throw error;
      const reason = error.message;
      if (reason !== lastReason) log.warn(`${reason}; trying again until it answers`);
      lastReason = reason;
    }
    await pauseFor(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function downloadOnce(options: DownloadOptions): Promise<DownloadedConfig> {
  const get = getterOf(options);
  const names = await listedNames(options, get);
  const fetchAll = async (wanted: readonly string[]): Promise<ConfigFile[]> => {
    const files: ConfigFile[] = [];
    for (const name of wanted) files.push({ name, bytes: (await get(name, MAX_FILE_BYTES)) ?? new Uint8Array() });
    return files;
  };
  return {
    assets: await fetchAll(names.assets),
    directives: await fetchAll(names.directives),
    intel: await fetchAll(names.intel),
    vuln: await fetchAll(names.vuln),
  };
}

/** A file of the frontend's; without bytes it is the one that is known already. */
export interface FetchedFile {
  name: string;
  bytes: Uint8Array | undefined;
}

/**
 * Fetches the node's configuration once more, all but what the frontend says is the same: `known` has the files that the
 * backend runs with, by name, and the SHA-256 of each. A frontend that knows no such question sends everything.
 * @throws FrontendUnavailableError
 */
export async function fetchChanged(
  options: DownloadOptions,
  known: ReadonlyMap<string, string>,
): Promise<Record<keyof DownloadedConfig, FetchedFile[]>> {
  const get = getterOf(options);
  const names = await listedNames(options, get);
  const wanted = Object.values(names).flat();
  const fetched = new Map<string, FetchedFile>();
  const queue = wanted.values();
  const fetchSome = async (): Promise<void> => {
    for (const name of queue) {
      const sha256 = known.get(name);
      const bytes = await get(name, MAX_FILE_BYTES, sha256 === undefined ? undefined : entityTag(sha256));
      fetched.set(name, { name, bytes });
    }
  };
  await Promise.all(Array.from({ length: Math.min(ASKED_AT_ONCE, wanted.length) }, fetchSome));
  const filesOf = (kind: readonly string[]): FetchedFile[] => kind.flatMap((name) => fetched.get(name) ?? []);
  return {
    assets: filesOf(names.assets),
    directives: filesOf(names.directives),
    intel: filesOf(names.intel),
    vuln: filesOf(names.vuln),
  };
}

type Getter = (path: string, mostBytes: number, ifNoneMatch?: string) => Promise<Uint8Array | undefined>;

function getterOf({ frontend, signal }: DownloadOptions): Getter {
  return (path, mostBytes, ifNoneMatch) => {
    const options: GetOptions = { signal, silenceMs: SILENCE_MS, mostBytes, ifNoneMatch };
    return getFile(new URL(`${frontend}/config/${path}`), options);
  };
}

async function listedNames(
  { frontend, node, log }: DownloadOptions,
  get: Getter,
): Promise<Record<keyof DownloadedConfig, string[]>> {
  const listing = listingSchema.safeParse(parseJson(await get("", MAX_LISTING_BYTES)));
  if (!listing.success)
    throw new FrontendUnavailableError(`${withoutPassword(frontend)}/config/ doesn't answer with a list of files`);
  const filenames = listing.data.files.map((file) => file.filename);
  for (const name of filenames) {
    if (!CONFIG_FILE_NAME.test(name) && /^(assets|directives|intel|vuln)_/.test(name)) {
      log.warn("a configuration file isn't used, because its name may hold only letters, digits, - and _", {
        file: name,
      });
    }
  }
  const names = [...new Set(filenames.filter((name) => CONFIG_FILE_NAME.test(name)))].sort();
  return {
    assets: names.filter((name) => name.startsWith("assets_")),
    directives: directiveFilesForNode(names, node),
    intel: names.filter((name) => name.startsWith("intel_")),
    vuln: names.filter((name) => name.startsWith("vuln_")),
  };
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
