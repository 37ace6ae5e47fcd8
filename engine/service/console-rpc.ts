import type { z } from "zod";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Bus, Subscription } from "../bus/bus.ts";
import { type RpcErrorCode, rpcRequestSchema } from "../contract/rpc.ts";
import { rpcSubject } from "../contract/subjects.ts";

/** Requests that are being answered at once: a console has a few, and each may hold a page of a megabyte. */
const MAX_UNDER_WAY = 32;
/** Longest explanation of what is wrong with a request. */
const MAX_MESSAGE_LENGTH = 300;

/** Why a request gets no answer, for the one who asked. */
export class RpcRefusal extends Error {
  readonly code: RpcErrorCode;

  constructor(code: RpcErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One method: takes the whole request, unread, and gives the JSON text of the whole answer or throws a refusal. */
export type RpcMethod = (request: unknown, maxBytes: number) => string | Promise<string>;

/** A method whose request has this shape. `maxBytes` is what the bus takes: longer answers are refused. */
export function rpcMethod<S extends z.ZodType>(
  schema: S,
  answer: (request: z.output<S>, maxBytes: number) => string | Promise<string>,
): RpcMethod {
  return (request, maxBytes) => {
    const read = schema.safeParse(request);
    if (!read.success) throw new RpcRefusal("BAD_REQUEST", whatIsWrong(read.error));
    return answer(read.data, maxBytes);
  };
}

/** An answer that says yes. */
export function answerOf(fields: object): string {
  return JSON.stringify({ ok: true, ...fields });
}

export interface ConsoleRpcOptions {
  bus: Pick<Bus, "respond" | "maxPayload">;
  node: string;
  log: Logger;
  methods: ReadonlyMap<string, RpcMethod>;
}

/**
 * Answers the console's questions (operation.md §7): one JSON request, one JSON answer, whatever was asked. A question
 * that can't be answered costs nobody anything but a refusal.
 */
export function serveConsoleRpc({ bus, node, log, methods }: ConsoleRpcOptions): Subscription {
  let underWay = 0;
  const answered = async (payload: Uint8Array): Promise<string> => {
    if (underWay >= MAX_UNDER_WAY) return refusalOf("BUSY", `${underWay} requests are being answered; ask again`);
    underWay += 1;
    try {
      return await answerTo(payload, methods, bus.maxPayload);
    } catch (error) {
      if (error instanceof RpcRefusal) return refusalOf(error.code, error.message);
      log.error(`a question of the console could not be answered: ${errorText(error)}`);
      return refusalOf("FAILED", "the backend failed to answer; its log says why");
    } finally {
      underWay -= 1;
    }
  };
  return bus.respond(rpcSubject(node), async (payload) => {
    const answer = Buffer.from(await answered(payload));
    const limit = bus.maxPayload;
    if (answer.length <= limit) return answer;
    return Buffer.from(refusalOf("TOO_LARGE", `the answer takes ${answer.length} bytes; the bus takes ${limit}`));
  });
}

async function answerTo(
  payload: Uint8Array,
  methods: ReadonlyMap<string, RpcMethod>,
  maxBytes: number,
): Promise<string> {
  let request: unknown;
  try {
    request = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch (error) {
    throw new RpcRefusal("BAD_REQUEST", short(`the request isn't JSON: ${errorText(error)}`));
  }
  const read = rpcRequestSchema.safeParse(request);
  if (!read.success) throw new RpcRefusal("BAD_REQUEST", whatIsWrong(read.error));
  const method = methods.get(read.data.method);
  if (method === undefined) {
    const known = [...methods.keys()].join(", ");
    throw new RpcRefusal(
      "UNKNOWN_METHOD",
      `there is no method ${JSON.stringify(read.data.method)}; there are ${known}`,
    );
  }
  return method(request, maxBytes);
}

function refusalOf(code: RpcErrorCode, message: string): string {
  return JSON.stringify({ ok: false, code, message });
}

/** The first thing that is wrong, with its place. */
function whatIsWrong({ issues }: z.ZodError): string {
  const first = issues[0];
  const place = first === undefined || first.path.length === 0 ? "the request" : first.path.map(String).join(".");
  return short(`${place}: ${first?.message ?? "it can't be read"}`);
}

function short(text: string): string {
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, MAX_MESSAGE_LENGTH).toWellFormed()}…`;
}
