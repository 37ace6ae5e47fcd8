/** What a Nesd server answers, word for word, when it knows of nothing. */
const NOTHING_FOUND = "no vulnerability found";
const SEVERE = new Set(["Medium", "High", "Critical"]);

/**
 * Reads the answer of a Nesd server, `[{cve?, risk, name}]`, and returns what is severe enough as `risk - name (cve)`,
 * without the parenthesis when there is no cve (engine.md §8). Throws a `SyntaxError` with one sentence when the answer
 * is anything else.
 */
export function readNesd(text: string, allowLowSeverity: boolean): string[] {
  if (text.trimEnd() === NOTHING_FOUND) return [];
  const answer: unknown = JSON.parse(text);
  if (!Array.isArray(answer)) throw new SyntaxError("a list of vulnerabilities was expected");
  const results: string[] = [];
  for (const [index, entry] of answer.entries()) {
    const { cve, risk, name } = entryOf(entry, index);
    if (!SEVERE.has(risk) && !(allowLowSeverity && risk === "Low")) continue;
    results.push(cve === "" ? `${risk} - ${name}` : `${risk} - ${name} (${cve})`);
  }
  return results;
}

function entryOf(entry: unknown, index: number): { cve: string; risk: string; name: string } {
  if (typeof entry === "object" && entry !== null) {
    const { cve = "", risk, name } = entry as { cve?: unknown; risk?: unknown; name?: unknown };
    if (typeof risk === "string" && typeof name === "string" && (typeof cve === "string" || cve === null)) {
      return { cve: cve ?? "", risk, name };
    }
  }
  throw new SyntaxError(`entry ${index} of the answer lacks risk or name, or one of its fields is no text`);
}
