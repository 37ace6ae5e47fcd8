import { readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { nodeOfDirectiveFile, nodesOf } from "../base/config-file.ts";
import { errorText } from "../base/errors.ts";

/** What `POST /api/profiles/inspect` answers. */
export interface FolderInspection {
  ok: boolean;
  /** One sentence for people. */
  text: string;
  nodes: string[];
  directives: number;
  assets: number;
}

/** Directive files exceed 50 MB; reading one further takes seconds, and nobody needs the number. */
const MAX_COUNTED_BYTES = 100 * 1024 * 1024;
const EXPECTED =
  "a folder configs with files such as directives_dsiem-backend-0_mine.json (directives_NODE.json or directives_NODE_….json)";

/** Looks at a folder that somebody wants to use (operation.md §2), and changes nothing in it. */
export function inspectFolder(folder: string): FolderInspection {
  const no = (text: string): FolderInspection => ({ ok: false, text, nodes: [], directives: 0, assets: 0 });
  if (!isAbsolute(folder)) return no(`${folder || "This"} isn't a whole path: begin at the root of the disk.`);
  let names: string[];
  try {
    if (!statSync(folder).isDirectory()) return no(`${folder} is a file, not a folder.`);
    names = readdirSync(join(folder, "configs"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return no(`${folder} has no configs: expected is ${EXPECTED}.`);
    return no(`${folder} can't be read: ${errorText(error)}.`);
  }
  const nodes = nodesOf(names);
  if (nodes.length === 0) return no(`${join(folder, "configs")} names no node: expected is ${EXPECTED}.`);
  const count = (isOne: (name: string) => boolean, list: string): number =>
    names.filter(isOne).reduce((sum, name) => sum + entriesOf(join(folder, "configs", name), list), 0);
  const directives = count((name) => nodeOfDirectiveFile(name) !== undefined, "directives");
  const assets = count((name) => /^assets_.*\.json$/.test(name), "assets");
  const some = (n: number, one: string): string => (n === 1 ? `1 ${one}` : `${n} ${one}s`);
  const backends = some(nodes.length, "backend");
  const text = `${some(directives, "directive")} and ${some(assets, "network")}. ${backends} will be started: ${nodes.join(", ")}.`;
  return { ok: true, text, nodes, directives, assets };
}

/** The folder as it is used: without what a person adds, such as a slash at its end. */
export function wholePath(folder: string): string {
  const trimmed = folder.trim();
  return isAbsolute(trimmed) ? resolve(trimmed) : trimmed;
}

/** What can't be read counts as nothing; the backend says what is wrong with it. */
function entriesOf(file: string, list: string): number {
  try {
    if (statSync(file).size > MAX_COUNTED_BYTES) return 0;
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    const entries = typeof content === "object" && content !== null ? Reflect.get(content, list) : undefined;
    return Array.isArray(entries) ? entries.length : 0;
  } catch {
    return 0;
  }
}
