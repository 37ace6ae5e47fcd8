import type { CoverageAnswer, EventKind, KnownAnswer } from "../../contract/console/coverage.ts";
import { ApiFault } from "../api-fault.ts";
import type { ConfigDesk } from "../config/config-desk.ts";
import type { Handlers } from "../route-table.ts";
import { coverageCsv } from "./coverage-csv.ts";

/** What the retained events of a range say; the work is done in a thread. */
export interface CoverageWork {
  coverage(range: CoverageRange, all: boolean): Promise<CoverageAnswer>;
  known(): Promise<KnownAnswer>;
  draft(parts: { is: EventKind; title: string; id: number }): string;
}

/** Milliseconds since the epoch, both ends included. */
export interface CoverageRange {
  from?: number | undefined;
  to?: number | undefined;
}

export interface CoverageHandlerParts {
  work: CoverageWork;
  desk: ConfigDesk;
}

/** `/coverage` and `/known`: what events and directives have to do with each other (console.md §2). */
export function coverageHandlers({ work, desk }: CoverageHandlerParts): Handlers {
  return {
    "GET /coverage": ({ query }) => work.coverage(query, false),
    "GET /coverage/export": async ({ query: { format, ...range } }) => {
      const answer = await work.coverage(range, true);
      return format === "json"
        ? { contentType: "application/json", fileName: "coverage.json", content: JSON.stringify(answer, undefined, 2) }
        : { contentType: "text/csv; charset=utf-8", fileName: "coverage.csv", content: coverageCsv(answer) };
    },
    "POST /coverage/draft": async ({ body: { is, node } }) => {
      const nodes = await desk.directives();
      const file = fileFor(await desk.namesByNode(), node);
      const taken = new Set(nodes.flatMap(({ directives }) => directives.map(({ id }) => id)));
      let id = 1 + Math.max(0, ...nodes.flatMap(({ directives }) => directives.map((each) => each.id)));
      while (taken.has(id)) id += 1;
      const { plugins } = await work.known();
      const title = titleOf(is, plugins);
      return { text: work.draft({ is, title, id }), id, file };
    },
    "GET /known": () => work.known(),
  };
}

/** The first directive file of the node that is wanted, or of any. */
function fileFor(namesByNode: ReadonlyMap<string, readonly string[]>, node: string | undefined): string {
  if (node !== undefined) {
    const [name] = namesByNode.get(node) ?? [];
    if (name !== undefined) return name;
    throw new ApiFault(
      404,
      `No directive file of the node ${JSON.stringify(node.slice(0, 100))} is in the folder configs.`,
    );
  }
  const [[name] = []] = namesByNode.values();
  if (name !== undefined) return name;
  throw new ApiFault(404, "There is no directive file in the folder configs to put a directive into.");
}

function titleOf(is: EventKind, plugins: KnownAnswer["plugins"]): string {
  if (is.kind === "taxonomy") return [is.product, is.subcategory || is.category].join(": ");
  const sids = plugins.find(({ id }) => id === is.pluginId)?.sids;
  return sids?.find(({ sid }) => sid === is.pluginSid)?.title ?? "";
}
