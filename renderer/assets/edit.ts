/*
 * Changes of an asset file as text. The file is read as JSON and written anew with two blanks; whatever it holds besides
 * the entry that is changed stays as it is.
 */

export interface Entry {
  name: string;
  cidr: string;
  value: number;
  whitelisted: boolean;
}

/** Where an entry is changed: its place in the file from 0; undefined adds one. */
export type Change = { kind: "put"; index: number | undefined; entry: Entry } | { kind: "remove"; index: number };

/** The file's text with the change; throws a sentence when the text isn't an asset file. */
export function changedText(text: string, change: Change): string {
  const file = parsed(text);
  const assets = [...file.assets];
  if (change.kind === "remove") assets.splice(change.index, 1);
  else if (change.index === undefined) assets.push(written(change.entry, {}));
  else assets[change.index] = written(change.entry, assets[change.index]);
  return `${JSON.stringify({ ...file.whole, assets }, undefined, 2)}\n`;
}

function parsed(text: string): { whole: object; assets: unknown[] } {
  let whole: unknown;
  try {
    whole = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new Error("The file isn't JSON; open it as text and mend it first.");
  }
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) {
    throw new Error("The file isn't an object with a list of assets; open it as text and mend it first.");
  }
  const assets: unknown = "assets" in whole ? whole.assets : [];
  if (!Array.isArray(assets)) throw new Error("Its assets aren't a list; open the file as text and mend it first.");
  return { whole, assets };
}

/** An entry over what stood there: fields that this page doesn't know stay. */
function written({ name, cidr, value, whitelisted }: Entry, before: unknown): object {
  const kept = typeof before === "object" && before !== null ? before : {};
  const entry = { ...kept, name, cidr, value };
  const had = "whitelisted" in kept;
  return whitelisted || had ? { ...entry, whitelisted } : entry;
}

/** Why a form can't be saved, by field; the server has the last word. */
export function entryProblem(name: string, value: string): string | undefined {
  if (name.trim() === "") return "The name is empty.";
  if (!/^\d{1,3}$/.test(value.trim()) || Number(value) < 1 || Number(value) > 255) {
    return "The value is a whole number from 1 to 255, usually 1 to 5.";
  }
  return undefined;
}

const FILE_NAME = /^assets_[\w.-]+\.json$/;
export const isAssetFileName = (name: string): boolean => FILE_NAME.test(name);
