import type { SaveAnswer } from "../../../engine/contract/console/directives.ts";

type Touched = Pick<SaveAnswer, "restarting" | "outdated">;

/** What a save does to the backends, before it is done. */
export function touchedText({ restarting, outdated }: Touched): string {
  const sentences = [];
  if (restarting.length > 0) sentences.push(`${named(restarting)} will be restarted; live backlogs are kept.`);
  if (outdated.length > 0) {
    sentences.push(
      `${named(outdated)} ${outdated.length === 1 ? "goes" : "go"} on with the older version until somebody restarts ${outdated.length === 1 ? "it" : "them"}.`,
    );
  }
  return sentences.length === 0
    ? "Backends of this console that load the file are restarted; live backlogs are kept."
    : sentences.join(" ");
}

/** What was done, `x.json is saved`, and what that did to the backends. */
export function savedText(done: string, { restarting, outdated }: Touched): string {
  const parts = [done];
  if (restarting.length > 0)
    parts.push(
      `${named(restarting, "b")} ${restarting.length === 1 ? "is" : "are"} being restarted with live backlogs kept`,
    );
  if (outdated.length > 0)
    parts.push(`${named(outdated, "b")} ${outdated.length === 1 ? "runs" : "run"} an older version`);
  return parts.join("; ");
}

function named(nodes: readonly string[], first: "B" | "b" = "B"): string {
  return nodes.length === 1
    ? `${first}ackend ${nodes[0]}`
    : `${first}ackends ${nodes.slice(0, -1).join(", ")} and ${nodes.at(-1)}`;
}
