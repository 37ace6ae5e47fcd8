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
  return sentences.length === 0 ? "No running backend uses this file." : sentences.join(" ");
}

/** The same once it was done. */
export function savedText(name: string, { restarting, outdated }: Touched): string {
  const parts = [`${name} is saved`];
  if (restarting.length > 0)
    parts.push(
      `${named(restarting)} ${restarting.length === 1 ? "is" : "are"} being restarted with live backlogs kept`,
    );
  if (outdated.length > 0) parts.push(`${named(outdated)} ${outdated.length === 1 ? "runs" : "run"} an older version`);
  return parts.join("; ");
}

function named(nodes: readonly string[]): string {
  return nodes.length === 1 ? `Backend ${nodes[0]}` : `Backends ${nodes.slice(0, -1).join(", ")} and ${nodes.at(-1)}`;
}
