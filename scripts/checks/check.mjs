/**
 * What a check found. A problem fails it; a question is printed and doesn't; the note stands behind its name.
 * @typedef {{ problems: readonly string[], questions?: readonly string[], note?: string }} Verdict
 */

/** @typedef {{ name: string, run: () => Promise<Verdict> }} Check */

/**
 * A check that is a tool: its exit code decides, its output says why.
 * @param {{ code: number | null, output: string }} result
 * @returns {Verdict}
 */
export function verdictOf(result) {
  return { problems: result.code === 0 ? [] : [result.output.trim() || `ended with exit code ${result.code}`] };
}
