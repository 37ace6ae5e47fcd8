/**
 * What one run of tests came to. `lines` are shown when something failed or was skipped.
 * @typedef {{ name: string, mode: string, passed: number, failed: number, skipped: number, seconds: number, lines: readonly string[] }} Result
 */

/** Shown of a run that failed; the rest is a repetition or can be asked for alone. */
const MOST_LINES = 80;

/** @param {Result} result */
export function printResult({ name, mode, passed, failed, skipped, seconds, lines }) {
  if (passed + failed === 0 && lines.length === 1) {
    console.log(lines[0]);
    return;
  }
  const counts = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  const word = failed > 0 ? "FAIL" : "ok  ";
  console.log(`${word} ${name.padEnd(16)} ${mode.padEnd(16)} ${counts.join(", ").padEnd(24)} ${seconds.toFixed(1)} s`);
  for (const line of lines.slice(0, MOST_LINES)) console.log(`  ${line}`);
  if (lines.length > MOST_LINES) console.log(`  … and ${lines.length - MOST_LINES} more lines`);
}

/**
 * A line for each suite, and the last line of the run.
 * @param {readonly Result[]} results
 * @returns {{ failed: number }}
 */
export function printSummary(results) {
  const names = [...new Set(results.map((result) => result.name))];
  console.log(
    `\n${"suite".padEnd(16)} ${["runs", "passed", "failed", "skipped", "seconds"].map((word) => word.padStart(8)).join("")}`,
  );
  for (const name of names)
    console.log(
      row(
        name,
        results.filter((result) => result.name === name),
      ),
    );
  const total = totalOf(results);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total;
}

/**
 * @param {string} name
 * @param {readonly Result[]} results
 */
function row(name, results) {
  const { passed, failed, skipped, seconds } = totalOf(results);
  const figures = [results.length, passed, failed, skipped, seconds.toFixed(0)];
  return `${name.padEnd(16)} ${figures.map((figure) => String(figure).padStart(8)).join("")}`;
}

/** @param {readonly Result[]} results */
function totalOf(results) {
  const total = { passed: 0, failed: 0, skipped: 0, seconds: 0 };
  for (const result of results) {
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
    total.seconds += result.seconds;
  }
  return total;
}
