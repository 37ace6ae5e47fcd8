import { errorText } from "../../base/errors.ts";
import { type ReloadAnswer, reloadAnswerSchema } from "../../contract/rpc.ts";
import { askBackend, BackendRefusedError, type Backends } from "../backends.ts";

/** A file of 100 MB takes a backend a while to fetch and check, in milliseconds. */
const RELOAD_WITHIN_MS = 60_000;

/** What came of asking a backend to take in the files as they are now. */
export type NodeReload =
  | { kind: "reloaded"; answer: ReloadAnswer }
  /** It can't, or not all of it: it is another engine, an older version, or starts meanwhile. */
  | { kind: "needs restart"; why: string }
  /** It won't, and would not start with these files either. */
  | { kind: "refused"; why: string };

/** Asks one backend to reload. */
export async function reloadNode(backends: Backends, node: string, by: string): Promise<NodeReload> {
  try {
    const request = { method: "reload", by };
    const answer = await askBackend(backends, node, reloadAnswerSchema, request, RELOAD_WITHIN_MS);
    if (answer.restart.length === 0) return { kind: "reloaded", answer };
    const why = `backend ${node} takes in ${answer.restart.join(", ")} only when it starts`;
    return { kind: "needs restart", why };
  } catch (error) {
    const why = errorText(error);
    if (!(error instanceof BackendRefusedError)) return { kind: "needs restart", why };
    switch (error.reason) {
      case "UNKNOWN_METHOD":
        return { kind: "needs restart", why: `backend ${node} is of a version that can't take in files while it runs` };
      case "FAILED":
        return { kind: "needs restart", why };
      default:
        return { kind: "refused", why };
    }
  }
}
