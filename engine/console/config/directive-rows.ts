import type { ConfigProblem, DirectiveRow, DirectivesAnswer } from "../../contract/console/directives.ts";
import type { ConfigDesk, NodeDirectives } from "./config-desk.ts";
import type { DirectiveCounters, MatchHistory } from "./match-history.ts";

const DAY_MS = 24 * 3_600_000;
/** What fired last is looked for among the alarms of so long. */
const LAST_FIRED_MS = 30 * DAY_MS;
/** A backend that doesn't tell its counters within so long is left out of them this time. */
const COUNTERS_MS = 2_000;
/** Problems of one directive that a list names. */
const MOST_PROBLEMS = 20;

/** Alarms of one directive of one node. */
export interface AlarmTally {
  node: string;
  directiveId: number;
  /** Updated since `since`. */
  alarms: number;
  /** The last update of any, milliseconds since the epoch. */
  lastAt: number;
}

export interface DirectiveRowsParts {
  desk: ConfigDesk;
  history: MatchHistory;
  /** Alarms by directive that were updated since `since`, and the last among those since `from`. */
  alarmTallies: (request: { from: number; since: number }) => Promise<AlarmTally[]>;
  now: () => number;
}

type Listing = Pick<DirectivesAnswer, "rows" | "problems" | "outdated">;

/** All directives of the folder, with what the backends and the console's store know of them. */
export async function directiveRows({ desk, history, alarmTallies, now }: DirectiveRowsParts): Promise<Listing> {
  const nodes = await desk.directives();
  const [{ highestValue }, tallies, digests] = await Promise.all([
    desk.assets(),
    alarmTallies({ from: now() - LAST_FIRED_MS, since: now() - DAY_MS }),
    desk.digests(),
    Promise.all(nodes.map(({ node }) => history.askOne(node, COUNTERS_MS).catch(() => undefined))),
  ]);
  return listing(nodes, { highestValue, tallies, digests, desk, history });
}

/** The same without asking anybody: as the backends said it last, and without the alarms. */
export async function knownDirectiveRows({
  desk,
  history,
}: Pick<DirectiveRowsParts, "desk" | "history">): Promise<Listing> {
  const [nodes, { highestValue }, digests] = await Promise.all([desk.directives(), desk.assets(), desk.digests()]);
  return listing(nodes, { highestValue, tallies: [], digests, desk, history });
}

interface Known extends Pick<DirectiveRowsParts, "desk" | "history"> {
  highestValue: number;
  tallies: readonly AlarmTally[];
  digests: Readonly<Record<string, string>>;
}

function listing(nodes: readonly NodeDirectives[], known: Known): Listing {
  const { highestValue, tallies, digests, desk, history } = known;
  const byDirective = new Map(tallies.map((tally) => [`${tally.node} ${tally.directiveId}`, tally]));
  const rows: DirectiveRow[] = [];
  const problems: ConfigProblem[] = [];
  for (const each of nodes) {
    const own = problemsById(each);
    problems.push(...own.others);
    const counters = history.last(each.node);
    const matched24h = history.matched24h(each.node);
    for (const directive of each.directives) {
      const { reliability, line, ...listed } = directive;
      const highestRisk = desk.tools.riskOf(directive.priority, reliability, highestValue);
      const tally = byDirective.get(`${each.node} ${directive.id}`);
      rows.push({
        ...listed,
        node: each.node,
        highestRisk,
        live: counters?.live.get(directive.id) ?? 0,
        matched24h: matched24h.get(directive.id) ?? 0,
        alarms24h: tally?.alarms ?? 0,
        ...(tally !== undefined && { lastFired: tally.lastAt }),
        problems: (own.byId.get(directive.id) ?? []).slice(0, MOST_PROBLEMS),
      });
    }
  }
  const outdated = nodes.flatMap(({ node }) => (isOutdated(history.last(node), node, digests, desk) ? [node] : []));
  return { rows, problems, outdated };
}

function problemsById({ problems, lint }: NodeDirectives): {
  byId: Map<number, ConfigProblem[]>;
  others: ConfigProblem[];
} {
  const byId = new Map<number, ConfigProblem[]>();
  const others: ConfigProblem[] = [];
  // What keeps the backend from starting comes first.
  for (const problem of [...problems, ...lint]) {
    if (problem.directiveId === undefined) others.push(problem);
    else byId.set(problem.directiveId, [...(byId.get(problem.directiveId) ?? []), problem]);
  }
  return { byId, others };
}

/** Whether a backend runs with other files than it would load now. */
function isOutdated(
  counters: DirectiveCounters | undefined,
  node: string,
  digests: Readonly<Record<string, string>>,
  { tools }: ConfigDesk,
): boolean {
  if (counters === undefined) return false;
  const wanted = Object.entries(digests).filter(
    ([name]) => !name.startsWith("directives_") || tools.nodeOf(name) === node,
  );
  return wanted.length !== counters.config.size || wanted.some(([name, hash]) => counters.config.get(name) !== hash);
}
