import type { Subject } from "../match/checks.ts";

/** `SRC_IP` and `DST_IP` in a directive's name become the host asset's name, or the address (engine.md §8). */
export function titleOf(name: string, { source, destination }: Subject): string {
  // In one pass: the name of a host may itself hold DST_IP.
  return name.replace(/SRC_IP|DST_IP/g, (which) => {
    const { hostName, text } = which === "SRC_IP" ? source : destination;
    return hostName ?? text;
  });
}

/**
 * Whether a saved backlog's title can have come from this directive name: SRC_IP and DST_IP stand for any text
 * (engine.md §9, MUST DIFFER: Dsiem-rs compares them literally and drops every such backlog).
 */
export function titleFits(title: string, name: string): boolean {
  const parts = name.split(/SRC_IP|DST_IP/);
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return title === name;
  if (!title.startsWith(first) || !title.endsWith(last) || title.length < first.length + last.length) return false;
  // Each fixed part in the middle is looked for behind the one before it, leftmost first, which finds a fit if any is.
  const end = title.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = title.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
