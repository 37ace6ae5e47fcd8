import type { Attempt, DirectiveExplanation, Explanation } from "../../../engine/contract/explain.ts";

/* Of all that a step says, what is looked at: one directive, one of its backlogs. */

export interface Focus {
  directive: DirectiveExplanation | undefined;
  attempt: Attempt | undefined;
  /** The other directives that have something to say of this event. */
  others: readonly DirectiveExplanation[];
}

export interface FocusWish {
  directive: number | undefined;
  backlog: string | undefined;
}

/** What is wished for, where it is there; else what came nearest. */
export function focusOf(explanation: Explanation | undefined, wish: FocusWish): Focus {
  if (explanation === undefined) return { directive: undefined, attempt: undefined, others: [] };
  const { directives } = explanation;
  const ofBacklog = directives.find(({ attempts }) => attempts.some(({ backlog }) => backlog?.id === wish.backlog));
  const directive =
    (wish.backlog === undefined ? undefined : ofBacklog) ??
    directives.find(({ directiveId }) => directiveId === wish.directive) ??
    directives[0];
  const attempt =
    (wish.backlog === undefined
      ? undefined
      : directive?.attempts.find(({ backlog }) => backlog?.id === wish.backlog)) ?? directive?.attempts[0];
  return {
    directive,
    attempt,
    others: directives.filter((each) => each !== directive),
  };
}
