import type { Backlog } from "../backlog/backlog.ts";
import type { DirectiveExplanation, Explanation } from "../contract/explain.ts";
import { explainEnd } from "../explain/end.ts";
import type { ReplayEnd } from "./replay-run.ts";

export type Fate = NonNullable<DirectiveExplanation["fate"]>;

/** How a backlog ended, for whoever asks of an event that it had counted. */
export function fateOf({ backlog, why, atMs }: ReplayEnd): Fate {
  const complete = backlog.risk > 0 ? "complete" : "complete without risk";
  return {
    kind: why === "complete" ? complete : "expired",
    at: Math.max(0, Math.floor(atMs / 1000)),
    sentence: explainEnd(backlog, why, atMs),
  };
}

/** Says of each directive what became later of the backlog that counted the event, where that is known. */
export function withFates(
  explanation: Explanation,
  counted: readonly Pick<Backlog, "id" | "header">[],
  fateById: (backlogId: string) => Fate | undefined,
): Explanation {
  const directives = explanation.directives.map((directive) => {
    const backlog = counted.find(({ header }) => header.directiveId === directive.directiveId);
    const fate = backlog === undefined ? undefined : fateById(backlog.id);
    return fate === undefined ? directive : { ...directive, fate };
  });
  return { ...explanation, directives };
}
