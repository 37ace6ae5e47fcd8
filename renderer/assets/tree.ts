import type { AssetRow } from "../../engine/contract/console/directives.ts";
import { compareNetworks, contains, type Network, networkOf } from "./cidr.ts";

/** An entry of the asset files and how deep it lies in others. */
export interface TreeLine {
  row: AssetRow;
  depth: number;
  /** Entries that lie in it. */
  inside: number;
}

interface Placed {
  row: AssetRow;
  network: Network;
}

/** The entries as a tree, written flat: each below the smallest one that contains it. What isn't a network comes last. */
export function treeLines(rows: readonly AssetRow[]): TreeLine[] {
  const placed: Placed[] = [];
  const rest: AssetRow[] = [];
  for (const row of rows) {
    const network = networkOf(row.cidr);
    if (network === undefined) rest.push(row);
    else placed.push({ row, network });
  }
  placed.sort((a, b) => compareNetworks(a.network, b.network));
  const lines: TreeLine[] = [];
  const above: { network: Network; line: TreeLine }[] = [];
  for (const { row, network } of placed) {
    while (above.length > 0 && !isAbove(above.at(-1)?.network, network)) above.pop();
    const line = { row, depth: above.length, inside: 0 };
    for (const each of above) each.line.inside += 1;
    lines.push(line);
    above.push({ network, line });
  }
  return [...lines, ...rest.map((row) => ({ row, depth: 0, inside: 0 }))];
}

/** Two entries of the same network stand side by side, not one inside the other. */
function isAbove(outer: Network | undefined, inner: Network): boolean {
  return outer !== undefined && outer.prefix < inner.prefix && contains(outer, inner);
}

/** Lines in which a text occurs, and those that contain them, so that the tree stays one. An address finds what contains it. */
export function linesWith(lines: readonly TreeLine[], text: string): TreeLine[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [...lines];
  const address = networkOf(wanted);
  const found = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (!isFound(line, wanted, address)) continue;
    found.add(index);
    for (let at = index - 1, depth = line.depth; at >= 0 && depth > 0; at -= 1) {
      const before = lines[at];
      if (before === undefined || before.depth >= depth) continue;
      found.add(at);
      depth = before.depth;
    }
  }
  return lines.filter((_, index) => found.has(index));
}

function isFound({ row }: TreeLine, wanted: string, address: Network | undefined): boolean {
  if (`${row.name} ${row.cidr} ${row.file}`.toLowerCase().includes(wanted)) return true;
  const network = address === undefined ? undefined : networkOf(row.cidr);
  return address !== undefined && network !== undefined && contains(network, address);
}
