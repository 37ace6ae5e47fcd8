import { zipSync } from "fflate";
import { errorText } from "../../base/errors.ts";
import type { Settings } from "../../contract/console/session.ts";
import type { Fleet } from "../fleet.ts";
import { healthAnswer, lossesAnswer } from "../health-routes.ts";
import type { Handlers } from "../route-table.ts";
import type { Supervision } from "../supervision/supervision.ts";
import { Redaction } from "./redaction.ts";

const LOG_LINES = 2000;

export interface DiagnosticsParts {
  fleet: Fleet;
  supervision: Supervision;
  version: string;
  commit: string;
  settings: () => Promise<Settings>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Why the console's database can't be used, if so. */
  database: () => string | undefined;
}

/** `GET /api/diagnostics`: what somebody who helps needs, without secrets, addresses and the texts of events. */
export function diagnosticsHandlers(parts: DiagnosticsParts): Handlers {
  return {
    "GET /diagnostics": async () => ({
      contentType: "application/zip",
      fileName: `dsiem-console-diagnostics-${new Date(parts.now()).toISOString().slice(0, 10)}.zip`,
      content: await archive(parts),
    }),
  };
}

async function archive(parts: DiagnosticsParts): Promise<Uint8Array> {
  const { fleet, supervision, version, commit, settings, now, database } = parts;
  const redaction = new Redaction();
  const { desktop, firstRun, profile } = supervision.facts();
  const { versions, platform, arch } = process;
  const about = {
    ...{ product: "Dsiem Console", version, commit, platform, arch, node: versions.node, sqlite: versions.sqlite },
    ...{
      at: new Date(now()).toISOString(),
      uptimeSeconds: Math.floor(process.uptime()),
      memory: process.memoryUsage(),
    },
    console: { desktop, firstRun, profile: profile && { kind: profile.kind, editable: profile.editable } },
  };
  const services = supervision.state().services.map((service) => ({
    ...service,
    lastLines: service.lastLines.map((line) => redaction.line(line)),
  }));
  const { services: ledgers } = lossesAnswer(fleet, now());
  const losses = ledgers.map(({ ledger, ...rest }) => ({
    ...rest,
    // Samples quote events.
    ledger: Object.fromEntries(Object.entries(ledger).map(([cause, entry]) => [cause, { count: entry.count }])),
  }));
  const lines = await supervision.lines({}, LOG_LINES).catch(() => []);
  const log = lines.map(({ at, level, service, text }) => {
    return `${new Date(at).toISOString()} ${level.padEnd(5)} ${service}: ${redaction.line(text)}\n`;
  });
  const chosen = await settings().catch((error: unknown) => ({ problem: errorText(error) }));
  const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(redaction.value(value), undefined, 2)}\n`);
  return zipSync({
    "about.json": json(about),
    "services.json": json(services),
    "health.json": json(healthAnswer(fleet, now(), database())),
    "losses.json": json(losses),
    "settings.json": json("logSearch" in chosen ? { ...chosen, logSearch: "left out" } : chosen),
    "services.log": Buffer.from(log.join("")),
  });
}
