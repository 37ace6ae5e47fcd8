import { z } from "zod";
import { DsiemError, errorText } from "../base/errors.ts";
import { type RpcErrorCode, rpcRefusalSchema } from "../contract/rpc.ts";

/** A question to a backend (contract/rpc.ts). */
export type BackendRequest = { method: string } & Readonly<Record<string, unknown>>;

/** The backends of the fleet, as the console reaches them. */
export interface Backends {
  /** Those that were heard lately, in order of their names. */
  nodes(): string[];
  /**
   * The answer as it came, which may be a refusal; `askBackend` checks it.
   * @throws BackendSilentError when nobody answers in time, or answers what can't be read
   */
  ask(node: string, request: BackendRequest, options: { timeoutMs: number }): Promise<unknown>;
  /** Everything on a subject of theirs, until it is stopped. */
  listen(subject: string, handler: (payload: Uint8Array) => void): Promise<() => void>;
}

/** A backend that doesn't answer; the message says which. */
export class BackendSilentError extends DsiemError {
  constructor(node: string, cause: unknown) {
    super("BACKEND_SILENT", `backend ${node} doesn't answer: ${errorText(cause)}`, { cause });
  }
}

/** A backend that answers, and refuses. */
export class BackendRefusedError extends DsiemError {
  readonly reason: RpcErrorCode;

  constructor(node: string, reason: RpcErrorCode, message: string) {
    super("BACKEND_REFUSED", `backend ${node} refuses: ${message}`);
    this.reason = reason;
  }
}

/**
 * Asks a backend and reads the answer by the schema of its method.
 * @throws BackendSilentError, BackendRefusedError
 */
export async function askBackend<S extends z.ZodType>(
  backends: Backends,
  node: string,
  schema: S,
  request: BackendRequest,
  timeoutMs = 5000,
): Promise<z.output<S>> {
  const answer = await backends.ask(node, request, { timeoutMs });
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const refusal = rpcRefusalSchema.safeParse(answer).data;
  if (refusal !== undefined) throw new BackendRefusedError(node, refusal.code, refusal.message);
  throw new BackendSilentError(node, new Error(`its answer can't be read: ${z.prettifyError(read.error)}`));
}
