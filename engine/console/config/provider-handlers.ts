import type { z } from "zod";
import type { ConfigFile } from "../../base/config-file.ts";
import { canonicalAddress } from "../../base/ip.ts";
import type { Hit } from "../../contract/alarm.ts";
import type { ProviderRow } from "../../contract/console/directives.ts";
import { providersAnswerSchema, providersRequestSchema } from "../../contract/rpc.ts";
import { ApiFault } from "../api-fault.ts";
import { askBackend, type Backends } from "../backends.ts";
import type { Handlers } from "../route-table.ts";
import type { ConfigDesk } from "./config-desk.ts";
import { configProblem, type ListedProvider } from "./config-tools.ts";

/** A backend that doesn't tell its counters within so long is left out of them. */
const COUNTERS_MS = 2_000;
/** Port that is asked about unless the request names one. */
const DEFAULT_PORT = 80;

/** A look-up that is tried now. */
export interface TestLookup {
  kind: "intel" | "vuln";
  name: string;
  ip: string;
  port: number;
}
export type TestResult = { hits: readonly Hit[]; error?: string } | undefined;

export interface ProviderHandlerParts {
  desk: ConfigDesk;
  backends: Backends;
  /** Asks one source of these files as a backend would; `undefined` when there is no such enabled source. */
  testLookup: (files: readonly ConfigFile[], lookup: TestLookup) => Promise<TestResult>;
  /** Milliseconds of a clock that only goes forward. */
  monotonic: () => number;
}

type Counters = z.infer<typeof providersAnswerSchema>["providers"][number];

/** `/providers`: the sources of look-ups, how they do, and a look-up to try one. */
export function providerHandlers({ desk, backends, testLookup, monotonic }: ProviderHandlerParts): Handlers {
  return {
    "GET /providers": async () => {
      const [{ providers, problems }, counters] = await Promise.all([desk.providers(), countersOf(backends)]);
      return { rows: providers.map((each) => rowOf(each, counters)), problems: problems.map(configProblem) };
    },
    "POST /providers/test": async ({ body }) => {
      const ip = canonicalAddress(body.ip.trim());
      if (ip === undefined) throw new ApiFault(400, `${JSON.stringify(body.ip)} is no address.`, { field: "ip" });
      const port = body.port ?? DEFAULT_PORT;
      if (port > 65_535) throw new ApiFault(400, `${port} is no port.`, { field: "port" });
      const names = [...(await desk.names("intel")), ...(await desk.names("vuln"))];
      const files = (await Promise.all(names.map((name) => desk.read(name)))).filter((file) => file !== undefined);
      const began = monotonic();
      const result = await testLookup(files, { kind: body.kind, name: body.name, ip, port });
      if (result === undefined) {
        const text = `No enabled source ${JSON.stringify(body.name)} of a plugin that is known is in the provider files.`;
        throw new ApiFault(404, text, { field: "name" });
      }
      const { hits, error } = result;
      const latencyMs = Math.round(monotonic() - began);
      return { ok: error === undefined, latencyMs, hits: [...hits], ...(error !== undefined && { error }) };
    },
  };
}

/** What the sources did in all backends that answer. */
async function countersOf(backends: Backends): Promise<Counters[]> {
  const request = { method: "providers", ...providersRequestSchema.parse({}) };
  const answers = await Promise.all(
    backends.nodes().map((node) =>
      askBackend(backends, node, providersAnswerSchema, request, COUNTERS_MS).then(
        ({ providers }) => providers,
        () => [],
      ),
    ),
  );
  return answers.flat();
}

function rowOf(provider: ListedProvider, counters: readonly Counters[]): ProviderRow {
  const own = counters.filter(({ name, plugin }) => name === provider.name && plugin === provider.plugin);
  const sum = (field: "requests" | "failures" | "cacheHits" | "latencyMsTotal"): number =>
    own.reduce((total, each) => total + each[field], 0);
  const requests = sum("requests");
  const failure = own.find(({ lastFailure }) => lastFailure !== "")?.lastFailure;
  const problem = provider.problem ?? (failure === undefined ? undefined : `it failed last with: ${failure}`);
  return {
    ...provider,
    ...(problem !== undefined && { problem }),
    lookups: requests + sum("cacheHits"),
    errors: sum("failures"),
    cacheHits: sum("cacheHits"),
    ...(requests > 0 && { latencyMs: Math.round((sum("latencyMsTotal") / requests) * 10) / 10 }),
  };
}
