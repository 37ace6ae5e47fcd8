import type { DirectiveRow } from "../../contract/console/directives.ts";
import type { Attention } from "../../contract/console/overview.ts";
import type { SupervisorState } from "../../contract/console/supervisor.ts";
import { LOSSES, type LossCause } from "../../contract/loss.ts";
import type { knownDirectiveRows } from "../config/directive-rows.ts";
import type { DirectiveCounters } from "../config/match-history.ts";
import type { Heard } from "../fleet.ts";

/** Services tell of themselves every three seconds. */
const SILENT_AFTER_SECONDS = 10;
/** What was lost longer ago than this is in the ledger, and asks nobody to do anything now. */
const RECENT_MS = 24 * 3_600_000;
/** Sentences of one kind; what is more is counted in the last of them. */
const MOST_OF_A_KIND = 5;

export interface AttentionParts {
  nowMs: number;
  services: readonly Heard[];
  supervisor: SupervisorState;
  /** Why the console's database can't be used, if so. */
  storeTrouble: string | undefined;
  directives: Awaited<ReturnType<typeof knownDirectiveRows>>;
  /** Nodes that have directive files. */
  nodes: readonly string[];
  countersOf: (node: string) => DirectiveCounters | undefined;
}

/** What a person should look at, each with the place that shows it. */
export function attentionList(parts: AttentionParts): Attention[] {
  return [
    ...databaseDown(parts),
    ...downServices(parts),
    ...drops(parts),
    ...refusals(parts),
    ...nothingToRun(parts),
    ...configProblems(parts),
    ...risklessCompletions(parts),
    ...mute(parts),
    ...outdated(parts),
  ];
}

function databaseDown({ storeTrouble }: AttentionParts): Attention[] {
  if (storeTrouble === undefined) return [];
  const text = `${storeTrouble}. It is started again by itself; the alarms meanwhile come from the backends' journals.`;
  return [bad("database", "The console's database is down", text, "/health")];
}

function downServices({ services, supervisor, nodes }: AttentionParts): Attention[] {
  const items: Attention[] = [];
  const heard = new Set<string>();
  for (const { stats, ageSeconds } of services) {
    const name = `${stats.role} ${stats.node}`;
    heard.add(name);
    if (ageSeconds > SILENT_AFTER_SECONDS) {
      items.push(bad("service", `${name} is silent`, `It wasn't heard for ${durationText(ageSeconds)}.`, "/health"));
    } else if (stats.bus.state === "disconnected" || stats.bus.state === "closed") {
      items.push(bad("bus", `${name} has no bus`, `It is ${stats.bus.state}: ${stats.bus.detail}`, "/health"));
    }
  }
  if (supervisor.failedChange !== undefined) {
    const { profile, reason } = supervisor.failedChange;
    const title = `The profile ${profile} couldn't be started`;
    items.push(bad("profile", title, `${reason}. The one of before is in use again.`, "/settings"));
  }
  if (supervisor.damagedProfiles !== undefined) {
    items.push(bad("profile", "The list of profiles can't be read", supervisor.damagedProfiles, "/settings"));
  }
  for (const service of supervisor.services) {
    const name = `${service.role} ${service.node}`;
    if (service.state === "failed" || service.state === "waiting") {
      items.push(bad("service", `${name} is down`, service.reason ?? "Its log says why.", "/health"));
      heard.add(name);
    }
  }
  for (const node of nodes) {
    if (heard.has(`backend ${node}`)) continue;
    const text = `Directive files name the node ${node}, and no backend of that name was heard.`;
    items.push(bad("service", `No backend for node ${node}`, text, "/health"));
  }
  return items;
}

/** Events come in and nobody correlates them: the folder names no backend, and none of elsewhere has joined. */
function nothingToRun({ services, nodes }: AttentionParts): Attention[] {
  if (nodes.length > 0 || services.some(({ stats }) => stats.role === "backend")) return [];
  const text =
    "Without a directive file no backend runs: events are kept, and make no alarm. Write the first directive.";
  return [{ kind: "no-directive", level: "warn", title: "There is no directive yet", text, href: "/directives/new" }];
}

function drops({ services, nowMs }: AttentionParts): Attention[] {
  return recentLosses(services, nowMs, "dropped").map(({ cause, count }) =>
    bad("drops", `${count} events lost`, `${count} events ${LOSSES[cause].meaning}.`, `/health?cause=${cause}`, count),
  );
}

function refusals({ services, nowMs }: AttentionParts): Attention[] {
  const refused = recentLosses(services, nowMs, "refused");
  const count = refused.reduce((sum, each) => sum + each.count, 0);
  const [most] = refused.toSorted((a, b) => b.count - a.count);
  if (most === undefined) return [];
  const text = `Senders were told so. Most of them: ${most.count} ${LOSSES[most.cause].meaning}.`;
  return [
    {
      kind: "refusals",
      level: "warn",
      title: `${count} requests refused`,
      text,
      count,
      href: `/health?cause=${most.cause}`,
    },
  ];
}

/** The causes of a class that there were lately, with their counts over all services. */
function recentLosses(services: readonly Heard[], nowMs: number, wanted: "dropped" | "refused") {
  const counts = new Map<LossCause, number>();
  for (const { stats } of services) {
    for (const [cause, entry] of Object.entries(stats.ledger) as [LossCause, { count: number; lastAt: number }][]) {
      if (LOSSES[cause].class !== wanted || entry.lastAt < nowMs - RECENT_MS) continue;
      counts.set(cause, (counts.get(cause) ?? 0) + entry.count);
    }
  }
  return Array.from(counts, ([cause, count]) => ({ cause, count }));
}

function configProblems({ directives: { rows, problems } }: AttentionParts): Attention[] {
  const errors = [...problems, ...rows.flatMap((row) => row.problems)].filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return [];
  const place = first.line === undefined ? first.file : `${first.file}:${first.line}`;
  const more = errors.length > 1 ? ` And ${errors.length - 1} more.` : "";
  const text = `A backend that is started now refuses them. ${place}: ${first.text}.${more}`;
  const title =
    errors.length === 1 ? "A directive file has a problem" : `Directive files have ${errors.length} problems`;
  return [bad("config", title, text, hrefOf(first.directiveId), errors.length)];
}

function risklessCompletions({ directives: { rows }, countersOf }: AttentionParts): Attention[] {
  const found = rows.flatMap((row) => {
    const count = countersOf(row.node)?.riskless.get(row.id) ?? 0;
    return count === 0 ? [] : [{ row, count }];
  });
  return firstOf(
    found.toSorted((a, b) => b.count - a.count),
    ({ row, count }) => ({
      kind: "risk0",
      level: "warn",
      title: `${row.name}: complete with risk 0`,
      text: `${count} of its backlogs became complete without an alarm since ${row.node} started: ${whyNoRisk(row)}.${lastOf(row, countersOf)}`,
      count,
      href: hrefOf(row.id),
    }),
    (more) => ({
      kind: "risk0",
      level: "warn",
      title: `${more} more directives`,
      text: "They, too, became complete with risk 0.",
      count: more,
      href: "/directives",
    }),
  );
}

/** Which one it was last, where that is still known. */
function lastOf({ id, node }: DirectiveRow, countersOf: AttentionParts["countersOf"]): string {
  const last = countersOf(node)?.risklessSamples.findLast(({ directiveId }) => directiveId === id);
  return last === undefined ? "" : ` The last was “${last.title}” at ${new Date(last.at).toISOString()}.`;
}

function whyNoRisk({ highestRisk }: DirectiveRow): string {
  if (highestRisk === 0) return "its risk stays below 1 whatever the assets are worth";
  return "no address in them has an asset value that is high enough";
}

/** Directives that can never raise an alarm. */
function mute({ directives: { rows } }: AttentionParts): Attention[] {
  const items: Attention[] = [];
  const enabled = rows.filter((row) => row.enabled && row.highestRisk === 0);
  const [first] = enabled;
  if (first !== undefined) {
    const names = enabled
      .slice(0, 3)
      .map((row) => row.name)
      .join(", ");
    const text = `Priority × reliability × the highest asset value ÷ 25 is below 1: ${names}${enabled.length > 3 ? ", …" : ""}.`;
    const title = enabled.length === 1 ? "A directive can never alarm" : `${enabled.length} directives can never alarm`;
    items.push({
      kind: "mute",
      level: "warn",
      title,
      text,
      count: enabled.length,
      href: hrefOf(enabled.length === 1 ? first.id : undefined),
    });
  }
  const disabled = rows.filter((row) => !row.enabled);
  if (disabled.length > 0) {
    const title = disabled.length === 1 ? "A directive is disabled" : `${disabled.length} directives are disabled`;
    const text = `They begin no backlogs: ${disabled
      .slice(0, 3)
      .map((row) => row.name)
      .join(", ")}${disabled.length > 3 ? ", …" : ""}.`;
    items.push({ kind: "disabled", level: "note", title, text, count: disabled.length, href: "/directives" });
  }
  return items;
}

function outdated({ directives }: AttentionParts): Attention[] {
  return directives.outdated.map((node) => ({
    kind: "outdated",
    level: "warn",
    title: `backend ${node} runs with older files`,
    text: "The folder's files have changed since it loaded them. Directives can have it take them in; else it does when it is restarted.",
    href: "/health",
  }));
}

function firstOf<T>(all: readonly T[], item: (each: T) => Attention, rest: (more: number) => Attention): Attention[] {
  const shown = all.slice(0, MOST_OF_A_KIND).map(item);
  return all.length > MOST_OF_A_KIND ? [...shown, rest(all.length - MOST_OF_A_KIND)] : shown;
}

function bad(kind: string, title: string, text: string, href: string, count?: number): Attention {
  return { kind, level: "bad", title, text, href, ...(count !== undefined && { count }) };
}

function hrefOf(directiveId: number | undefined): string {
  return directiveId === undefined ? "/directives" : `/directives?directive=${directiveId}`;
}

function durationText(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`;
}
