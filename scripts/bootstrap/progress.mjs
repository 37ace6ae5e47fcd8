import process from "node:process";

/**
 * One line about something that takes a while; the returned function ends it. On stderr: stdout is the command's.
 * @param {string} what
 * @returns {(succeeded: boolean) => void}
 */
export function progress(what) {
  const began = performance.now();
  process.stderr.write(`${what}… `);
  return (succeeded) => {
    process.stderr.write(`${succeeded ? "done" : "failed"} in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  };
}
