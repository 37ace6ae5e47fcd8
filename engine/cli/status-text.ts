import { plain } from "../base/log.ts";
import type { HealthAnswer, LossesAnswer } from "../contract/console-api.ts";
import { LOSS_CAUSES, LOSSES, type LossEntry } from "../contract/loss.ts";
import type { Paint } from "./alarm-lines.ts";

export interface Status {
  folder: string;
  url: string;
  health: HealthAnswer;
  losses: LossesAnswer;
}

/** A service tells of itself every 3 s: one that missed several of those may be gone. */
const SILENT_AFTER_SECONDS = 10;
/** Longest part of a sample that is shown. */
const SAMPLE_WIDTH = 140;

/** What `dsiem status` prints. Everything that came from elsewhere is escaped, for it goes to a terminal. */
export function statusText({ folder, url, health, losses }: Status, paint: Paint): string {
  const services = health.services.map((service) => [
    `${service.role} ${plain(service.node)}`,
    service.ageSeconds > SILENT_AFTER_SECONDS ? `silent for ${duration(service.ageSeconds)}` : "running",
    duration((health.at - service.startedAt) / 1000),
    figure(service.eps),
    `${service.bus.kind}, ${plain(service.bus.detail)}`,
  ]);
  const parts = [
    `${paint.bold("Dsiem Console")} at ${plain(url)}, data in ${plain(folder)}\n`,
    table(["SERVICE", "STATE", "UP", "EVENTS/S", "BUS"], services, [3], paint),
    ...flowTables(losses, paint),
    ...health.services.flatMap((service) => (service.role === "backend" ? [watchdogLine(service)] : [])),
    lossText(losses, paint),
  ];
  return parts.join("\n");
}

function flowTables({ services }: LossesAnswer, paint: Paint): string[] {
  const frontends: string[][] = [];
  const backends: string[][] = [];
  for (const service of services) {
    const { role, node, flow } = service;
    const name = `${role} ${plain(node)}`;
    if (role === "frontend") {
      const { requests, refused, accepted, dropped } = flow;
      frontends.push([name, ...[requests, refused, accepted, dropped].map(figure)]);
    } else {
      const { received, correlated, skipped, dropped, waiting } = flow;
      backends.push([name, ...[received, correlated, skipped, dropped, waiting].map(figure)]);
    }
  }
  const frontendHead = ["EVENTS IN", "REQUESTS", "REFUSED", "ACCEPTED", "DROPPED"];
  const backendHead = ["EVENTS THROUGH", "RECEIVED", "CORRELATED", "SKIPPED", "DROPPED", "WAITING"];
  const numbers = [1, 2, 3, 4, 5];
  return [
    table(frontendHead, frontends, numbers, paint),
    ...(backends.length > 0 ? [table(backendHead, backends, numbers, paint)] : []),
  ];
}

function watchdogLine({ node, watchdog }: Extract<HealthAnswer["services"][number], { role: "backend" }>): string {
  const { directives_ttl, directives_active, backlogs, queue_length, avg_proc_time_ms } = watchdog;
  const parts = [
    `${figure(directives_ttl)} directives, ${figure(directives_active)} active`,
    `${figure(backlogs)} backlogs`,
    `queue ${figure(queue_length)}`,
    `${avg_proc_time_ms} ms an event`,
  ];
  return `backend ${plain(node)}: ${parts.join(" · ")}\n`;
}

/** For each cause two lines: how often and why, and what was seen last. */
function lossText({ at, services }: LossesAnswer, paint: Paint): string {
  const losses = services.flatMap(({ role, node, ledger }) =>
    LOSS_CAUSES.flatMap((cause) => {
      const entry = ledger[cause];
      if (entry === undefined) return [];
      const { class: lossClass, meaning } = LOSSES[cause];
      const since = `${duration(Math.max(0, at - entry.lastAt) / 1000)} ago`;
      const cells = [`${lossClass} by ${role} ${plain(node)}`, figure(entry.count), since, `${meaning} (${cause})`];
      return [{ cells, sample: sampleText(entry) }];
    }),
  );
  if (losses.length === 0) return "Every event that came was correlated or is under way.\n";
  const cells = losses.map((loss) => loss.cells);
  const [head = "", ...lines] = table(["NOT CORRELATED", "COUNT", "LAST", "WHICH"], cells, [1, 2], paint).split("\n");
  const explained = losses.map(({ sample }, index) =>
    sample === "" ? lines[index] : `${lines[index]}\n${paint.dim(`    ${sample}`)}`,
  );
  return `${[head, ...explained].join("\n")}\n`;
}

function sampleText({ samples }: LossEntry): string {
  const last = samples.at(-1);
  if (last === undefined) return "";
  // Escaped where it was taken, and again here: it came over the bus.
  const text = plain(last.text);
  return text.length <= SAMPLE_WIDTH ? text : `${text.slice(0, SAMPLE_WIDTH - 1)}…`;
}

/** Columns two blanks apart, those in `right` aligned to the right. */
function table(head: readonly string[], rows: readonly string[][], right: readonly number[], paint: Paint): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => (cells[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return `${[paint.dim(line(head)), ...rows.map(line)].join("\n")}\n`;
}

function figure(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
