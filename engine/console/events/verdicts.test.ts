import { expect, it } from "vitest";
import { eventKey } from "../../base/raw-event.ts";
import type { EventOutcome } from "../../contract/outcomes.ts";
import { Verdicts } from "./verdicts.ts";

const KEY = eventKey("b", 1, "e1");
const which = { boot: "b", conn_id: 1, event_id: "e1" };
const uninteresting: EventOutcome = { ...which, outcome: "uninteresting" };
const notMatched: EventOutcome = { ...which, outcome: "correlated", matched: 0, directives: [] };
const matched: EventOutcome = {
  ...which,
  outcome: "correlated",
  matched: 1,
  directives: [{ directiveId: 7, effects: [{ kind: "recorded", backlogId: "x", stage: 2 }] }],
};

/** The events came in at 10, and the backends have been asked since 5. */
const AT = 10;

function opened(nodes: string[] = ["n1", "n2"], maxEvents?: number, askedSince: () => number | undefined = () => 5) {
  const verdicts = new Verdicts({ nodes: () => nodes, askedSince, ...(maxEvents !== undefined && { maxEvents }) });
  const changes: [string, string][] = [];
  verdicts.onChange((key, verdict) => changes.push([key, verdict.kind]));
  const hear = (node: string, ...outcomes: EventOutcome[]) => verdicts.hear({ node, batch: 1, dropped: 0, outcomes });
  return { verdicts, hear, changes };
}

it("says that no directive is interested once all known backends have said so", () => {
  const { verdicts, hear, changes } = opened();
  hear("n1", uninteresting);
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "unknown" });
  expect(changes).toEqual([]);
  hear("n2", uninteresting);
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "no directive" });
  expect(changes).toEqual([[KEY, "no directive"]]);
});

it("says at once what matched, by which backend's directive, and adds what the others say", () => {
  const { verdicts, hear } = opened();
  hear("n2", matched);
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "matched", directives: [{ ...matched.directives[0], node: "n2" }] });
  hear("n1", matched);
  expect(verdicts.of(KEY, AT)).toMatchObject({ kind: "matched", directives: [{ node: "n2" }, { node: "n1" }] });
});

it.each<[EventOutcome, EventOutcome, object]>([
  [uninteresting, notMatched, { kind: "not matched" }],
  [{ ...which, outcome: "whitelisted" }, uninteresting, { kind: "skipped", cause: "whitelisted" }],
  [
    { ...which, outcome: "queue_full" },
    { ...which, outcome: "whitelisted" },
    { kind: "skipped", cause: "queue_full" },
  ],
  [notMatched, { ...which, outcome: "queue_full" }, { kind: "skipped", cause: "queue_full" }],
])("joins what two backends say: %#", (one, other, verdict) => {
  const { verdicts, hear } = opened();
  hear("n1", one);
  hear("n2", other);
  expect(verdicts.of(KEY, AT)).toEqual(verdict);
});

it("tells events of another run, number or id apart, and takes the same word once", () => {
  const { verdicts, hear } = opened();
  hear("n1", uninteresting, uninteresting);
  hear("n2", { ...uninteresting, boot: "c" }, { ...uninteresting, conn_id: 2 }, { ...uninteresting, event_id: "e2" });
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "unknown" });
});

it("forgets what it heard of first", () => {
  const { verdicts, hear } = opened(["n1"], 2);
  for (let id = 1; id <= 3; id++) hear("n1", { ...uninteresting, conn_id: id });
  expect([1, 2, 3].map((id) => verdicts.of(eventKey("b", id, "e1"), AT).kind)).toEqual([
    "unknown",
    "no directive",
    "no directive",
  ]);
});

it("tells what came in unwatched from what isn't said yet, and keeps what was said of it", () => {
  let since: number | undefined;
  const { verdicts, hear } = opened(["n1"], undefined, () => since);
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "unknown", unwatched: true });
  since = AT;
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "unknown" });
  expect(verdicts.of(KEY, AT - 1)).toEqual({ kind: "unknown", unwatched: true });
  hear("n1", notMatched);
  since = undefined;
  expect(verdicts.of(KEY, AT)).toEqual({ kind: "not matched" });
});
