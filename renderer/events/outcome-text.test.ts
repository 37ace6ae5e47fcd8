import { expect, test } from "vitest";
import type { Verdict } from "../../engine/contract/console/events.ts";
import { type DirectiveSaid, outcomeCell, outcomeSentences } from "./outcome-text.ts";

function matched(...directives: Partial<DirectiveSaid>[]): Verdict {
  return {
    kind: "matched",
    directives: directives.map((said, index) => ({ directiveId: 10063 + index, node: "be-0", effects: [], ...said })),
  };
}

test("one directive with one backlog is named in the cell", () => {
  const verdict = matched({ effects: [{ kind: "recorded", backlogId: "p7Lw", stage: 2 }] });
  expect(outcomeCell(verdict)).toEqual({
    tone: "hit",
    text: "backlog",
    directiveId: 10063,
    backlog: { node: "be-0", id: "p7Lw" },
  });
});

test("several directives are counted, those left out too", () => {
  const verdict = matched({ createdBacklogId: "a" }, { createdBacklogId: "b" });
  expect(outcomeCell(verdict).text).toBe("matched 2 directives");
  expect(outcomeCell({ ...verdict, more: 3 } as Verdict).text).toBe("matched 5 directives");
});

test("a value that was seen isn't shown as a hit, and says why", () => {
  const verdict = matched({ effects: [{ kind: "sticky value seen", backlogId: "p7Lw", stage: 2 }] });
  expect(outcomeCell(verdict).tone).toBe("idle");
  expect(outcomeSentences(verdict)).toEqual([
    expect.objectContaining({
      what: "Same value.",
      why: expect.stringContaining("Stage 2 counts only events that differ"),
    }),
  ]);
});

test("a finished stage tells the risk, and that 0 writes nothing", () => {
  const finished = (complete: boolean, risk: number): string =>
    outcomeSentences(matched({ effects: [{ kind: "stage finished", backlogId: "x", stage: 3, complete, risk }] }))[0]
      ?.why ?? "";
  expect(finished(true, 7)).toBe(
    "It finished stage 3, the last: the backlog is complete. The risk is 7, an alarm is written.",
  );
  expect(finished(false, 0)).toBe("It finished stage 3. The risk is 0, so no alarm is written.");
});

test("a backlog that began is told once, with or without an effect of its own", () => {
  const alone = outcomeSentences(matched({ createdBacklogId: "n" }));
  const both = outcomeSentences(
    matched({ createdBacklogId: "n", effects: [{ kind: "recorded", backlogId: "n", stage: 1 }] }),
  );
  for (const sentences of [alone, both]) {
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatchObject({ what: "Began a backlog.", backlog: { node: "be-0", id: "n" } });
  }
});

test("what is left out is counted in words", () => {
  const verdict = matched({ effects: [{ kind: "recorded", backlogId: "x", stage: 1 }], moreEffects: 40 });
  expect(outcomeSentences(verdict).at(-1)?.what).toBe("40 more backlogs.");
  expect(outcomeCell(verdict).text).toBe("41 backlogs");
});

test.each(["malformed", "invalid", "whitelisted", "uninteresting", "queue_full", "some_new_cause"])(
  "skipped as %s has a cell and a sentence",
  (cause) => {
    const verdict: Verdict = { kind: "skipped", cause };
    expect(outcomeCell(verdict).text).not.toContain("_");
    expect(outcomeSentences(verdict)[0]?.why).toMatch(/\.$/);
  },
);

test.each([undefined, { kind: "unknown" }, { kind: "no directive" }, { kind: "not matched" }] satisfies (
  | Verdict
  | undefined
)[])("%j has a sentence", (verdict) => {
  expect(outcomeSentences(verdict)[0]?.why).toMatch(/\.$/);
  expect(outcomeCell(verdict).tone).not.toBe("hit");
});

test("what came in unwatched is no failure and nothing to wait for, and says why nobody knows", () => {
  const cell = outcomeCell({ kind: "unknown", unwatched: true });
  expect(cell).toMatchObject({ tone: "idle", text: "came unwatched", hint: expect.stringContaining("only while") });
  expect(outcomeSentences({ kind: "unknown", unwatched: true })).toEqual([
    { tone: "idle", what: "Came unwatched.", why: cell.hint },
  ]);
  expect(outcomeCell({ kind: "unknown" })).toMatchObject({ tone: "pending", text: "not said yet" });
});
