import { z } from "zod";
import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { CONFIG_FILE_NAME, MAX_CONFIG_BODY_BYTES } from "../contract/limits.ts";
import { directiveFilesForNode } from "../directive/config-check.ts";

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
/** The frontend has to begin its answer within this time: printing a file of 50 MB takes it a while. */
const ANSWER_TIMEOUT_MS = 30_000;

const listingSchema = z.object({ files: z.array(z.object({ filename: z.string() })) });

class FrontendUnavailableError extends DsiemError {
  constructor(message: string, cause?: unknown) {
    super("FRONTEND_UNAVAILABLE", message, { cause });
  }
}

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
      if (lastReason !== "") log.info(`the frontend at ${redacted(frontend)} answers now`);
      return config;
    } catch (error) {
      signal.throwIfAborted();
      const reason = errorText(error);
      if (reason !== lastReason) log.warn(`${reason}; trying again until it answers`);
      lastReason = reason;
    }
    await pauseFor(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function downloadOnce(options: DownloadOptions): Promise<DownloadedConfig> {
  const { frontend, node, signal } = options;
  const listing = listingSchema.safeParse(parseJson(await get(`${frontend}/config/`, signal)));
  if (!listing.success)
    throw new FrontendUnavailableError(`${redacted(frontend)}/config/ doesn't answer with a list of files`);
  const names = listing.data.files
    .map((file) => file.filename)
    .filter((name) => CONFIG_FILE_NAME.test(name))
    .sort();
  const fetchAll = async (wanted: readonly string[]): Promise<ConfigFile[]> => {
    const files: ConfigFile[] = [];
    for (const name of wanted) files.push({ name, bytes: await get(`${frontend}/config/${name}`, signal) });
    return files;
  };
  return {
    assets: await fetchAll(names.filter((name) => name.startsWith("assets_"))),
    directives: await fetchAll(directiveFilesForNode(names, node)),
    intel: await fetchAll(names.filter((name) => name.startsWith("intel_"))),
    vuln: await fetchAll(names.filter((name) => name.startsWith("vuln_"))),
  };
}

async function get(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const answerInTime = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  let bytes: ArrayBuffer;
  let status: number;
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, answerInTime]), redirect: "error" });
    status = response.status;
    bytes = await response.arrayBuffer();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : errorText(error);
    throw new FrontendUnavailableError(`the frontend can't be reached at ${redacted(url)} (${cause})`, error);
  }
  if (status !== 200) throw new FrontendUnavailableError(`the frontend answers ${redacted(url)} with status ${status}`);
  if (bytes.byteLength > MAX_CONFIG_BODY_BYTES * 2) throw new FrontendUnavailableError(`${redacted(url)} is too large`);
  return new Uint8Array(bytes);
}

/** The URL without what may be a password. */
function redacted(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = "";
    parsed.password = "";
    return parsed.href.replace(/\/$/, "");
  } catch {
    return url;
  }
}

function parseJson(bytes: Uint8Array): unknown {
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
