import type { Correlator } from "../backlog/correlator.ts";
import { isFault, readPublishedEvent } from "../base/event.ts";
import { explainRequestSchema } from "../contract/rpc.ts";
import { explainEvent } from "../explain/explain.ts";
import { checkDirective } from "./backlog-methods.ts";
import { answerOf, type RpcMethod, RpcRefusal, rpcMethod } from "./console-rpc.ts";

/** Directives and attempts of an answer: the first that the bus takes is sent. */
const SIZES = [
  [20, 5],
  [10, 3],
  [5, 2],
  [2, 1],
  [1, 1],
] as const;
/** The same of one directive that was asked for. */
const SIZES_OF_ONE = [
  [1, 50],
  [1, 10],
  [1, 3],
  [1, 1],
] as const;

/** `explain`: what an event would do here if it came now, and why not more. Changes nothing. */
export function explainMethod(correlator: Correlator): RpcMethod {
  return rpcMethod(explainRequestSchema, ({ event: raw, directive, backlog }, maxBytes) => {
    checkDirective(correlator, directive);
    const event = readPublishedEvent(raw);
    if (isFault(event)) throw new RpcRefusal("BAD_REQUEST", `event: ${event.message}`);
    if (backlog !== undefined) checkBacklog(correlator, backlog);
    const sizes = directive === undefined && backlog === undefined ? SIZES : SIZES_OF_ONE;
    for (const [mostDirectives, mostAttempts] of sizes) {
      const options = { directiveId: directive, backlogId: backlog, mostDirectives, mostAttempts };
      const answer = answerOf({ explanation: explainEvent(correlator, event, options) });
      if (Buffer.byteLength(answer) <= maxBytes) return answer;
    }
    throw new RpcRefusal("TOO_LARGE", "this explanation is too large for the bus to carry");
  });
}

function checkBacklog(correlator: Correlator, id: string): void {
  for (const backlog of correlator.backlogs()) {
    if (backlog.id === id) return;
  }
  throw new RpcRefusal("NO_SUCH_BACKLOG", "no such backlog lives here: it has ended, or is another node's");
}
