import type { z } from "zod";
import { DsiemError } from "../../base/errors.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import type { DoorVerdict, Explanation } from "../../contract/explain.ts";
import { explainAnswerSchema } from "../../contract/rpc.ts";
import { ApiFault } from "../api-fault.ts";
import { askBackend, BackendRefusedError, BackendSilentError, type Backends } from "../backends.ts";
import type { Handlers, RouteInput } from "../route-table.ts";

/** A backend that doesn't explain within so long is silent. */
const EXPLAIN_MS = 3_000;

/** What is said of the moment at which a retained event came. */
export interface ExplainedThen {
  explanation: Explanation;
  /** Retained events that were replayed. */
  replayed: number;
  /** Why it may differ from what happened. */
  caveat?: string;
}

/** Replays what came before a retained event; `undefined` when that can't be done. */
export type ExplainThen = (
  retained: number,
  directive: number | undefined,
  signal: AbortSignal,
) => Promise<ExplainedThen | undefined>;

export interface ExplainHandlersParts {
  backends: Backends;
  /** The event as the door writes it, or its refusal. */
  readAtDoor: (raw: unknown) => NormalizedEvent | Extract<DoorVerdict, { kind: "refused" }>;
  /** Makes one explanation of those of several backends, at least one. */
  join: (answers: readonly { node: string; explanation: Explanation }[]) => Explanation;
  explainThen: ExplainThen;
}

type Answer = z.output<typeof explainAnswerSchema>["explanation"];

const ONLY_NOW = "this is said of now, as if the event came once more to the backlogs that live.";

/** `POST /explain`: why an event does or doesn't do something, by the door and by every backend. */
export function explainHandlers(parts: ExplainHandlersParts): Handlers {
  const { backends, readAtDoor, join, explainThen } = parts;
  return {
    "POST /explain": async ({ body, signal }) => {
      let caveat: { caveat?: string } = {};
      if (body.retained !== undefined) {
        try {
          const then = await explainThen(body.retained, body.directive, signal);
          if (then !== undefined) return { ...then, basis: "then", silent: [] };
          caveat = { caveat: `What came before it isn't retained any more, or can't be replayed: ${ONLY_NOW}` };
        } catch (error) {
          if (!(error instanceof DsiemError)) throw error;
          caveat = { caveat: `What came before it couldn't be replayed (${error.message}): ${ONLY_NOW}` };
        }
      }
      const event = readAtDoor(body.event);
      if ("kind" in event) {
        return { explanation: alone(event, event.sentence), basis: "now", silent: [], ...caveat };
      }
      const nodes = body.backlog === undefined ? backends.nodes() : [body.backlog.node];
      const asked = await Promise.all(nodes.map((node) => ask(backends, node, event, body)));
      const answers = asked.flatMap((answer, i) =>
        typeof answer === "object" ? [{ node: nodes[i] ?? "", explanation: answer }] : [],
      );
      const silent = nodes.filter((_, i) => asked[i] === "silent");
      const explanation =
        answers.length > 0 ? join(answers) : alone({ kind: "passes" }, nobodyAnswers(nodes, silent, body.directive));
      // Where there is nobody to look at it, it doesn't matter of which moment that is said.
      return { explanation, basis: "now", silent, ...(nodes.length > 0 && caveat) };
    },
  };
}

function alone(door: DoorVerdict, sentence: string): Explanation {
  return { door, sentence, directives: [], others: [] };
}

/** "not here" when the backend hasn't the directive that is asked about. */
async function ask(
  backends: Backends,
  node: string,
  event: NormalizedEvent,
  { directive, backlog }: RouteInput<"POST /explain">["body"],
): Promise<Answer | "not here" | "silent"> {
  const request = {
    ...{ method: "explain", event },
    ...(directive !== undefined && { directive }),
    ...(backlog !== undefined && { backlog: backlog.id }),
  };
  try {
    return (await askBackend(backends, node, explainAnswerSchema, request, EXPLAIN_MS)).explanation;
  } catch (error) {
    if (error instanceof BackendSilentError) return "silent";
    if (!(error instanceof BackendRefusedError)) throw error;
    if (error.reason === "NO_SUCH_DIRECTIVE") return "not here";
    if (error.reason === "NO_SUCH_BACKLOG") {
      throw new ApiFault(
        404,
        `Backlog ${backlog?.id} doesn't live on ${node}: it is complete, has expired or was closed.`,
      );
    }
    // One of another version doesn't know the method.
    if (error.reason === "UNKNOWN_METHOD" || error.reason === "BUSY") return "silent";
    throw new ApiFault(502, `${error.message}.`);
  }
}

function nobodyAnswers(nodes: readonly string[], silent: readonly string[], directive: number | undefined): string {
  if (nodes.length === 0) {
    return "No backend is there, so that no directive looks at the event: the first directive that is saved starts one.";
  }
  if (silent.length === nodes.length) return `No backend answers, so that it can't be said what becomes of the event.`;
  return `Directive ${directive} isn't loaded by any backend that answers: it is disabled, new, or of another node.`;
}
