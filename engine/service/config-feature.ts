import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { ConfigFile } from "../base/config-file.ts";
import { silentLogger } from "../base/log.ts";
import { stateFolder } from "../base/state-folder.ts";
import type { Backends } from "../console/backends.ts";
import { assetHandlers } from "../console/config/asset-handlers.ts";
import { ConfigDesk } from "../console/config/config-desk.ts";
import { type ConfigKeeper, ConfigSaver } from "../console/config/config-saver.ts";
import { directiveHandlers } from "../console/config/directive-handlers.ts";
import type { DirectiveRowsParts } from "../console/config/directive-rows.ts";
import { MatchHistory } from "../console/config/match-history.ts";
import { reloadNode } from "../console/config/node-reload.ts";
import { providerHandlers, type TestLookup, type TestResult } from "../console/config/provider-handlers.ts";
import { FleetHistory } from "../console/overview/fleet-history.ts";
import { overviewHandlers } from "../console/overview/overview-handlers.ts";
import type { Supervision } from "../console/supervision/supervision.ts";
import { loadProviders } from "../enrich/load.ts";
import { Lookups } from "../enrich/lookups.ts";
import { writeFileAtomically } from "../ingest/atomic-file.ts";
import { ConfigFolder } from "../ingest/config-folder.ts";
import { errorCode } from "../ingest/error-code.ts";
import { Inventory } from "../inventory/inventory.ts";
import { ThreadedConfigTools } from "./config-tools.ts";
import type { Feature, FeatureParts, SharedParts } from "./feature.ts";
import { isBrought, PRIVATE_FILE_MODE } from "./private-folder.ts";

/** Holds what directives matched, hour by hour; only the console reads it. */
const MATCHES_FILE = "console-matches.json";
/** Holds how many events came in over the last two days. */
const EVENTS_FILE = "console-events.json";

/** The files of the folder `configs/`, for every feature that reads them. */
export function openDesk({ frontend, supervision }: FeatureParts): Feature & { desk: ConfigDesk } {
  const tools = new ThreadedConfigTools();
  const fileMode = isBrought(supervision.facts().profile) ? undefined : PRIVATE_FILE_MODE;
  const desk = new ConfigDesk(new ConfigFolder(join(frontend.dataDir, "configs"), fileMode), tools);
  return { desk, close: () => tools.close() };
}

/** The configuration as the console shows and changes it, directives, assets, providers, and all of it in one look. */
export async function configFeature(parts: SharedParts): Promise<Feature> {
  const { frontend, backends, fleet, supervision, store, clock, log, desk, coverage } = parts;
  const now = (): number => clock.now();
  const state = stateFolder(frontend.dataDir);
  const history = new MatchHistory({
    ...{ backends, now, log },
    ...noteFile(join(state, MATCHES_FILE)),
  });
  const saver = new ConfigSaver(desk, keeperOf(supervision, history, backends), log.child("dsiem::config"));
  const fleetHistory = new FleetHistory({ fleet, clock, log, ...noteFile(join(state, EVENTS_FILE)) });
  await Promise.all([history.start(), fleetHistory.start()]);
  const alarmTallies: DirectiveRowsParts["alarmTallies"] = async (request) =>
    (await store.read("alarmsByDirective", request)) ?? [];
  return {
    handlers: {
      ...directiveHandlers({ desk, saver, history, now, alarmTallies, known: () => coverage.known() }),
      ...assetHandlers({ desk, saver, verdictOf: (assets, address) => new Inventory(assets).facts(address) }),
      ...overviewHandlers({ store, fleet, fleetHistory, supervision, desk, history, now }),
      ...providerHandlers({
        desk,
        backends,
        testLookup: (files, lookup) => testLookup(files, lookup, clock),
        monotonic: () => clock.monotonic(),
      }),
    },
    close: async () => {
      await Promise.all([history.close(), fleetHistory.close()]);
    },
  };
}

/** Backends reload, or the supervisor restarts them; a folder of somebody else's is only read until editing is turned on. */
function keeperOf(supervision: Supervision, history: MatchHistory, backends: Backends): ConfigKeeper {
  return {
    liveOf: (node, directiveId) => history.last(node)?.live.get(directiveId) ?? 0,
    readOnly: () => {
      const { profile } = supervision.facts();
      if (profile === undefined || profile.editable) return undefined;
      return `The files in ${profile.folder} are only read until editing is turned on in Settings.`;
    },
    reload: async (node, by) => {
      const reload = await reloadNode(backends, node, by);
      // What it runs with now is what the next look at the directives shows.
      if (reload.kind === "reloaded") await history.askOne(node).catch(() => undefined);
      return reload;
    },
    restart: async (nodes) => {
      if (!supervision.state().supervised || nodes.length === 0) return [];
      return (await supervision.ask("reload", { nodes: [...nodes] })).nodes;
    },
  };
}

/** Asks one source as a backend would, nothing cached and nothing left out. */
async function testLookup(
  files: readonly ConfigFile[],
  { kind, name, ip, port }: TestLookup,
  clock: Clock,
): Promise<TestResult> {
  const { intel, vuln } = loadProviders(files);
  const chosen = {
    intel: kind === "intel" ? intel.filter((source) => source.name === name).slice(0, 1) : [],
    vuln: kind === "vuln" ? vuln.filter((source) => source.name === name).slice(0, 1) : [],
  };
  if (chosen.intel.length + chosen.vuln.length === 0) return undefined;
  const lookups = new Lookups({ ...chosen, intelPrivateIp: true, cacheMinutes: 0, clock, logger: silentLogger(clock) });
  try {
    const findings = lookups.ask({ addresses: [ip], sockets: [{ ip, port }] });
    if (findings.outstanding > 0) await new Promise<void>((resolve) => findings.onComplete(resolve));
    const failure = lookups.stats().find(({ lastFailure }) => lastFailure !== "")?.lastFailure;
    const hits = [...findings.intel, ...findings.vulnerabilities];
    return failure === undefined ? { hits } : { hits, error: failure };
  } finally {
    lookups.close();
  }
}

/** A small file of the console's own, whole or as it was. */
function noteFile(path: string): { load: () => Promise<string | undefined>; save: (text: string) => Promise<void> } {
  return {
    load: () => readFile(path, "utf8").catch(unlessAbsent),
    save: async (text) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomically(path, text, PRIVATE_FILE_MODE);
    },
  };
}

function unlessAbsent(error: unknown): undefined {
  if (errorCode(error) === "ENOENT") return undefined;
  throw error;
}
