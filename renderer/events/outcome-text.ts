import type { Verdict } from "../../engine/contract/console/events.ts";

type Matched = Extract<Verdict, { kind: "matched" }>;
export type DirectiveSaid = Matched["directives"][number];
type Effect = DirectiveSaid["effects"][number];

export type OutcomeTone = "hit" | "idle" | "bad" | "pending";

/** What a row's cell says: a few words, and the backlog when it was one. */
export interface OutcomeCell {
  tone: OutcomeTone;
  text: string;
  /** What the words mean, where they don't say it themselves. */
  hint?: string;
  directiveId?: number;
  backlog?: { node: string; id: string };
}

const NOT_SAID = "Not every backend has told what it did with the event.";
const UNWATCHED =
  "It came in while nobody looked at the live tail. It was correlated like any other, but backends tell what becomes of an event only while somebody looks.";

export function outcomeCell(verdict: Verdict | undefined): OutcomeCell {
  if (verdict === undefined) return { tone: "pending", text: "not said yet", hint: NOT_SAID };
  switch (verdict.kind) {
    case "unknown":
      return verdict.unwatched === true
        ? { tone: "idle", text: "came unwatched", hint: UNWATCHED }
        : { tone: "pending", text: "not said yet", hint: NOT_SAID };
    case "no directive":
      return { tone: "idle", text: "no directive" };
    case "not matched":
      return { tone: "idle", text: "no rule matched" };
    case "skipped":
      return skippedCell(verdict.cause);
    case "matched":
      return matchedCell(verdict);
  }
}

function skippedCell(cause: string): OutcomeCell {
  switch (cause) {
    case "whitelisted":
      return { tone: "idle", text: "source whitelisted" };
    case "uninteresting":
      return { tone: "idle", text: "no directive" };
    case "queue_full":
      return { tone: "bad", text: "dropped, queue full" };
    default:
      return { tone: "bad", text: `rejected, ${spaced(cause)}` };
  }
}

function matchedCell({ directives, more = 0 }: Matched): OutcomeCell {
  const [only] = directives;
  const count = directives.length + more;
  if (count !== 1 || only === undefined) return { tone: "hit", text: `matched ${count} directives` };
  const { directiveId } = only;
  const touched = backlogsOf(only);
  const [backlog] = touched;
  if (touched.length + (only.moreEffects ?? 0) !== 1 || backlog === undefined) {
    return { tone: "hit", text: `${touched.length + (only.moreEffects ?? 0)} backlogs`, directiveId };
  }
  return {
    tone: consumed(only) ? "hit" : "idle",
    text: only.createdBacklogId === backlog ? "new backlog" : cellWord(only),
    directiveId,
    backlog: { node: only.node, id: backlog },
  };
}

/** The backlogs that a directive's outcome names, each once, in the order in which they are named. */
function backlogsOf({ effects, createdBacklogId }: DirectiveSaid): string[] {
  const ids = effects.map((effect) => effect.backlogId);
  return [...new Set(createdBacklogId === undefined ? ids : [...ids, createdBacklogId])];
}

function consumed({ effects, createdBacklogId }: DirectiveSaid): boolean {
  return createdBacklogId !== undefined || effects.some(({ kind }) => kind === "recorded" || kind === "stage finished");
}

function cellWord({ effects }: DirectiveSaid): string {
  const [effect] = effects;
  switch (effect?.kind) {
    case "recorded earlier":
      return "known to backlog";
    case "out of order":
      return "too old for backlog";
    case "sticky value seen":
      return "same value, backlog";
    default:
      return "backlog";
  }
}

export interface OutcomeSentence {
  tone: OutcomeTone;
  directiveId?: number;
  backlog?: { node: string; id: string };
  /** What happened, in a few words, and why. */
  what: string;
  why: string;
}

/** The outcome in sentences: one for each backlog that had anything to do with the event, or one saying why none had. */
export function outcomeSentences(verdict: Verdict | undefined): OutcomeSentence[] {
  if (verdict === undefined) {
    return [
      {
        tone: "pending",
        what: "Not said yet.",
        why: NOT_SAID,
      },
    ];
  }
  switch (verdict.kind) {
    case "unknown":
      return verdict.unwatched === true
        ? [{ tone: "idle", what: "Came unwatched.", why: UNWATCHED }]
        : [{ tone: "pending", what: "Not said yet.", why: NOT_SAID }];
    case "no directive":
      return [
        {
          tone: "idle",
          what: "No directive.",
          why: "No directive of any backend names its plugin, sid, product or category.",
        },
      ];
    case "not matched":
      return [
        {
          tone: "idle",
          what: "No rule matched.",
          why: "At least one directive looks at such events, but no rule's addresses, ports, protocol and other conditions fit, and no live backlog waited for it.",
        },
      ];
    case "skipped":
      return [skippedSentence(verdict.cause)];
    case "matched":
      return matchedSentences(verdict);
  }
}

function skippedSentence(cause: string): OutcomeSentence {
  switch (cause) {
    case "malformed":
      return { tone: "bad", what: "Rejected.", why: "It isn't JSON, or not an event." };
    case "invalid":
      return {
        tone: "bad",
        what: "Rejected.",
        why: "Its id, sensor or title is empty, or it has only half of a pair such as plugin_id and plugin_sid.",
      };
    case "whitelisted":
      return { tone: "idle", what: "Skipped.", why: "Its source address is whitelisted in the assets." };
    case "uninteresting":
      return { tone: "idle", what: "No directive.", why: "No directive names its plugin, sid, product or category." };
    case "queue_full":
      return {
        tone: "bad",
        what: "Dropped.",
        why: "The backend's queue was full: it couldn't keep up with the events.",
      };
    default:
      return { tone: "bad", what: "Not correlated.", why: `The loss ledger counts it under “${spaced(cause)}”.` };
  }
}

function matchedSentences({ directives, more = 0 }: Matched): OutcomeSentence[] {
  const sentences = directives.flatMap((said) => directiveSentences(said));
  if (more > 0) {
    sentences.push({
      tone: "hit",
      what: more === 1 ? "One more directive." : `${more} more directives.`,
      why: "They matched too, and are left out here because there are so many.",
    });
  }
  return sentences;
}

function directiveSentences(said: DirectiveSaid): OutcomeSentence[] {
  const { directiveId, node, effects, createdBacklogId, moreEffects = 0 } = said;
  const sentences = effects.map((effect): OutcomeSentence => {
    return { directiveId, backlog: { node, id: effect.backlogId }, ...effectWords(effect, createdBacklogId) };
  });
  if (createdBacklogId !== undefined && !effects.some(({ backlogId }) => backlogId === createdBacklogId)) {
    sentences.unshift({
      tone: "hit",
      directiveId,
      backlog: { node, id: createdBacklogId },
      what: "Began a backlog.",
      why: "It matches stage 1, and no live backlog took it.",
    });
  }
  if (moreEffects > 0) {
    const backlogs = moreEffects === 1 ? "1 more backlog" : `${moreEffects} more backlogs`;
    sentences.push({
      tone: "hit",
      directiveId,
      what: `${backlogs}.`,
      why: "They are left out here because there are so many.",
    });
  }
  return sentences;
}

function effectWords(effect: Effect, created: string | undefined): Pick<OutcomeSentence, "tone" | "what" | "why"> {
  const { stage } = effect;
  switch (effect.kind) {
    case "recorded":
      return effect.backlogId === created
        ? { tone: "hit", what: "Began a backlog.", why: `It counts in stage ${stage}, which waits for more.` }
        : { tone: "hit", what: "Consumed.", why: `It counts in stage ${stage}, which waits for more.` };
    case "stage finished":
      return { tone: "hit", ...finishedWords(effect, created) };
    case "recorded earlier":
      return {
        tone: "idle",
        what: "Known already.",
        why: `Stage ${stage} has an event with this id, and counts it once.`,
      };
    case "out of order":
      return {
        tone: "idle",
        what: "Too old.",
        why: `It happened before the stage ahead of stage ${stage} was finished: discarded as out of order.`,
      };
    case "sticky value seen":
      return {
        tone: "idle",
        what: "Same value.",
        why: `Stage ${stage} counts only events that differ in one field, and this value it has seen.`,
      };
  }
}

function finishedWords(
  effect: Extract<Effect, { kind: "stage finished" }>,
  created: string | undefined,
): Pick<OutcomeSentence, "what" | "why"> {
  const { stage, complete, risk } = effect;
  const written = risk === 0 ? "The risk is 0, so no alarm is written." : `The risk is ${risk}, an alarm is written.`;
  const what = effect.backlogId === created ? "Began a backlog." : "Consumed.";
  if (complete) return { what, why: `It finished stage ${stage}, the last: the backlog is complete. ${written}` };
  return { what, why: `It finished stage ${stage}. ${written}` };
}

function spaced(cause: string): string {
  return cause.replaceAll("_", " ");
}
