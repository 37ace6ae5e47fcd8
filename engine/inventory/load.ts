import type { ConfigFile } from "../base/config-file.ts";
import { isObject, isWholeNumber, notWhatIsExpected } from "../base/expected.ts";
import { parseCidr } from "../base/ip.ts";
import { type ListEntry, readListFile } from "../base/json-list.ts";
import { fieldLine } from "../base/json-text.ts";
import type { Problem } from "../base/problem.ts";
import type { Asset } from "../contract/inventory.ts";

/** After so many problems a file isn't read any further, and the report says so. */
const MAX_PROBLEMS_PER_FILE = 10_000;

interface LoadedAssets {
  /** In the order of the files and of their lists, which decides between host names (engine.md §5). */
  assets: Asset[];
  /** Everything that is wrong with all the files; a backend starts only when there is nothing. */
  problems: Problem[];
}

/** Reads `assets_*.json` files (engine.md §5), reporting all the problems of all the files at once. */
export function loadAssets(files: readonly ConfigFile[]): LoadedAssets {
  const assets: Asset[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const limit = problems.length + MAX_PROBLEMS_PER_FILE;
    const problem = readListFile(file, "assets", (entry) => {
      const asset = readAsset(file.name, entry, problems);
      if (asset !== undefined) assets.push(asset);
      if (problems.length < limit) return true;
      const message = `has more problems than these ${MAX_PROBLEMS_PER_FILE}; it was not read any further`;
      problems.push({ file: file.name, line: entry.line, message });
      return false;
    });
    if (problem !== undefined) problems.push(problem);
  }
  // One of several files may be empty, all of them may not: without a home network hardly any directive can match.
  if (assets.length === 0 && problems.length === 0) problems.push(noAsset(files));
  return { assets, problems };
}

function noAsset(files: readonly ConfigFile[]): Problem {
  if (files.length === 0) return { file: "assets_*.json", message: "there is no asset file, and so no asset to load" };
  const names = files.map((file) => file.name).join(", ");
  return { file: names, field: "assets", message: "there is no asset in it; expected at least one" };
}

/** The asset, when nothing is wrong with it; else everything that is wrong goes to `problems`. */
function readAsset(file: string, entry: ListEntry, problems: Problem[]): Asset | undefined {
  const { value, line, text, index } = entry;
  if (!isObject(value)) {
    problems.push({ file, field: `assets[${index}]`, line, message: notWhatIsExpected(value, "an asset") });
    return undefined;
  }
  const { name, cidr, value: worth, whitelisted } = value;
  const before = problems.length;
  const fault = (field: string, message: string): void => {
    const place =
      typeof name === "string" && name !== "" ? { entry: name, field } : { field: `assets[${index}].${field}` };
    problems.push({ file, ...place, line: fieldLine(text, line, field), message });
  };
  if (typeof name !== "string") fault("name", notWhatIsExpected(name, "a text"));
  else if (name === "") fault("name", "is empty; expected a text");
  if (typeof cidr !== "string") fault("cidr", notWhatIsExpected(cidr, 'an address or a network such as "10.0.0.0/8"'));
  else {
    const parsed = parseCidr(cidr);
    if ("error" in parsed) fault("cidr", parsed.error);
  }
  if (!isWholeNumber(worth, 1, 255)) fault("value", notWhatIsExpected(worth, "a whole number from 1 to 255"));
  if (whitelisted !== undefined && typeof whitelisted !== "boolean") {
    fault("whitelisted", notWhatIsExpected(whitelisted, "true or false"));
  }
  if (problems.length > before) return undefined;
  return { name: String(name), cidr: String(cidr), value: Number(worth), whitelisted: whitelisted === true };
}
