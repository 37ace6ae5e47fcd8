/** A name that a directive file may have; backends load `directives_NODE.json` and `directives_NODE_*.json`. */
const FILE_NAME = /^directives_[\w.-]+\.json$/;

/** Why a file can't be called so; undefined when it can. */
export function nameProblem(name: string, nodes: readonly string[]): string | undefined {
  if (!FILE_NAME.test(name)) return "A directive file is called directives_NODE_NAME.json.";
  if (!nodes.some((node) => name === `directives_${node}.json` || name.startsWith(`directives_${node}_`))) {
    return `No backend loads it: the name begins with ${nodes.map((node) => `directives_${node}_`).join(" or ")}.`;
  }
  return undefined;
}

/** The name under which an imported file is put first: its own where a backend loads that, else one that is loaded. */
export function importName(own: string, nodes: readonly string[]): string {
  if (nameProblem(own, nodes) === undefined) return own;
  const stem = own
    .replace(/\.json$/i, "")
    .replace(/^directives_/, "")
    .replace(/[^\w.-]+/g, "-");
  return `directives_${nodes[0] ?? "dsiem-backend-0"}_${stem === "" ? "imported" : stem}.json`;
}
