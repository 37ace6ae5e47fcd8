import type { SaveAnswer } from "../../../engine/contract/console/directives.ts";

type Touched = Pick<SaveAnswer, "reloaded" | "restarting" | "outdated">;
type Done = Touched & Pick<SaveAnswer, "reasons" | "touched">;

/** What a save does to the backends, before it is done. */
export function touchedText({ restarting, outdated }: Omit<Touched, "reloaded">): string {
  const sentences = [];
  if (restarting.length > 0) sentences.push(`${named(restarting)} will be restarted; live backlogs are kept.`);
  if (outdated.length > 0) {
    sentences.push(
      `${named(outdated)} ${outdated.length === 1 ? "goes" : "go"} on with the older version until somebody restarts ${outdated.length === 1 ? "it" : "them"}.`,
    );
  }
  return sentences.length === 0
    ? "Backends of this console that load the file take it in as they run, or are restarted where they can't; live backlogs are kept."
    : sentences.join(" ");
}

/** What was done, `x.json is saved`, and what that did to the backends. */
export function savedText(done: string, { reloaded, restarting, outdated, reasons = [], touched = [] }: Done): string {
  const parts = [done];
  if (reloaded.length > 0) parts.push(`${named(reloaded, "b")} ${reloaded.length === 1 ? "runs" : "run"} with it now`);
  const ended = touched.reduce((sum, each) => sum + (each.ended ?? 0), 0);
  const old = touched.reduce((sum, { node, live }) => sum + (reloaded.includes(node) ? live : 0), 0) - ended;
  if (old > 0) parts.push(`${counted(old)} on with the rules ${old === 1 ? "it" : "they"} began with`);
  if (ended > 0)
    parts.push(
      `${ended} live backlog${ended === 1 ? "" : "s"} ended with ${ended === 1 ? "its directive" : "their directives"}`,
    );
  if (restarting.length > 0)
    parts.push(
      `${named(restarting, "b")} ${restarting.length === 1 ? "is" : "are"} being started, with the live backlogs of before`,
    );
  if (outdated.length > 0) {
    const why = reasons.filter(({ node }) => outdated.includes(node)).map(({ text }) => text);
    const because = why.length === 0 ? "" : ` (${why.join("; ")})`;
    parts.push(`${named(outdated, "b")} ${outdated.length === 1 ? "runs" : "run"} an older version${because}`);
  }
  return parts.join("; ");
}

function counted(backlogs: number): string {
  return backlogs === 1 ? "1 live backlog goes" : `${backlogs} live backlogs go`;
}

function named(nodes: readonly string[], first: "B" | "b" = "B"): string {
  return nodes.length === 1
    ? `${first}ackend ${nodes[0]}`
    : `${first}ackends ${nodes.slice(0, -1).join(", ")} and ${nodes.at(-1)}`;
}
