import { canonicalAddress } from "../../base/ip.ts";
import type { BacklogRow } from "../../contract/console/backlogs.ts";
import { backlogAnswerSchema, endAnswerSchema, liveAnswerSchema, MAX_LIVE_BACKLOGS } from "../../contract/rpc.ts";
import { ApiFault } from "../api-fault.ts";
import { askBackend, BackendRefusedError, BackendSilentError, type Backends } from "../backends.ts";
import type { Handlers } from "../route-table.ts";
import { nameOf } from "../user-name.ts";

const DEFAULT_ROWS = 200;
/** A backend that doesn't answer a listing for so long is silent. */
const LISTING_MS = 3_000;

/** `/backlogs`: what lives in all backends, one of it in full, and its end by hand. */
export function backlogHandlers(backends: Backends, now: () => number): Handlers {
  return {
    "GET /backlogs": async ({ query }) => {
      const { directive, limit = DEFAULT_ROWS } = query;
      const ip = query.ip === undefined ? undefined : canonical(query.ip);
      const most = Math.min(Math.max(limit, 1), MAX_LIVE_BACKLOGS);
      const filter = { ...(directive !== undefined && { directive }), ...(ip !== undefined && { ip }) };
      const nodes = backends.nodes();
      const answers = await Promise.all(nodes.map((node) => listing(backends, node, { ...filter, limit: most })));
      const rows = answers.flatMap((answer) => answer?.rows ?? []).sort((a, b) => a.deadline - b.deadline);
      return {
        rows: rows.slice(0, most),
        total: answers.reduce((sum, answer) => sum + (answer?.total ?? 0), 0),
        silent: nodes.filter((_, i) => answers[i] === undefined),
        at: now(),
      };
    },
    "GET /backlogs/:node/:id": async ({ params }) => {
      const request = { method: "backlog", id: params.id };
      const { backlog, shortened } = await asked(params, () =>
        askBackend(backends, params.node, backlogAnswerSchema, request),
      );
      return { node: params.node, backlog, ...(shortened !== undefined && { shortened }) };
    },
    "DELETE /backlogs/:node/:id": async ({ params, user }) => {
      const request = { method: "close", id: params.id, by: nameOf(user) };
      await asked(params, () => askBackend(backends, params.node, endAnswerSchema, request));
      return { ok: true };
    },
  };
}

/** `undefined` when the backend doesn't answer. */
async function listing(
  backends: Backends,
  node: string,
  filter: object,
): Promise<{ rows: BacklogRow[]; total: number } | undefined> {
  try {
    const answer = await askBackend(backends, node, liveAnswerSchema, { method: "live", ...filter }, LISTING_MS);
    return { rows: answer.backlogs.map((backlog) => ({ ...backlog, node })), total: answer.total };
  } catch (error) {
    const refused = error instanceof BackendRefusedError && error.reason === "NO_SUCH_DIRECTIVE";
    return refused ? { rows: [], total: 0 } : undefined;
  }
}

/** One backlog's backend was asked: what it says when it can't do it, for people. */
async function asked<T>({ node, id }: { node: string; id: string }, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BackendSilentError) throw new ApiFault(503, `${error.message}; try again once it is back.`);
    if (!(error instanceof BackendRefusedError)) throw error;
    if (error.reason !== "NO_SUCH_BACKLOG") throw new ApiFault(502, `${error.message}.`);
    throw new ApiFault(404, `Backlog ${id} doesn't live on ${node}: it is complete, has expired or was closed.`);
  }
}

function canonical(ip: string): string {
  const address = canonicalAddress(ip.trim());
  if (address !== undefined) return address;
  throw new ApiFault(400, `${JSON.stringify(ip)} is no address; expected one such as 10.0.0.1 or 2001:db8::1.`, {
    field: "ip",
  });
}
