// What no tool looks at: traces of somebody's machine, unfinished places, tests that don't run, silenced checks.

const LONG_FILE_LINES = 400;
const CODE = /[.](ts|tsx|mjs|js)$/;

/**
 * `files`: which ones it is about. `excuse`: a line of this form, or one behind a comment line, is all right.
 * @type {readonly { about: string, files: RegExp, line: RegExp, excuse?: RegExp, reasonHelps?: true }[]}
 */
const RULES = [
  {
    about: "a path of somebody's machine",
    files: /^(?!package-lock[.]json$)/,
    line: /(?<![\w.~])\/(work|farm|root|home|Users)\/[A-Za-z]|\/tmp\/bash_/,
    excuse: /\/home\/(user|you|dsiem)\b/,
  },
  {
    about: "an unfinished place",
    files: CODE,
    line: /\b(TODO|FIXME|XXX)\b|[Nn]ot implemented|\b[Ff]or now\b|\b[Pp]laceholder (for|implementation|until)\b/,
  },
  { about: "a test that keeps the others from running", files: CODE, line: /\b(it|test|describe)[.]only\b/ },
  {
    about: "a test that doesn't run, without the reason in a comment",
    files: CODE,
    line: /\b(it|test|describe)[.](skip|todo|skipIf|runIf|fails)\b/,
    reasonHelps: true,
  },
  {
    about: "a silenced check without its reason",
    files: CODE,
    line: /@ts-(ignore|nocheck)|@ts-expect-error\s*$|biome-ignore[^:]*:?\s*$|eslint-disable/,
  },
  {
    about: "DOM types in the engine",
    files: /^engine\//,
    line: /<reference\s+lib="(dom|webworker)/,
  },
  {
    about: "a raw channel between the desktop's processes outside of the files that check it",
    files: /^electron\/(?!main\/ipc[.]ts$|preload\/preload[.]ts$|testing\/)/,
    line: /\bipc(Main|Renderer)\b/,
  },
];

/** The rules' own words stand in this file and in its test. */
const OWN = /^scripts\/checks\/(text-rules[.]mjs|checks[.]test[.]ts)$/;

/**
 * @param {readonly import("./source-files.mjs").SourceFile[]} files
 * @returns {import("./check.mjs").Verdict}
 */
export function checkTexts(files) {
  const problems = [];
  const questions = [];
  for (const file of files) {
    const lines = file.text.split("\n");
    const long = lines.length - (lines.at(-1) === "" ? 1 : 0);
    if (CODE.test(file.name) && long > LONG_FILE_LINES) {
      questions.push(`${file.name} has ${long} lines: is it about one thing?`);
    }
    if (OWN.test(file.name)) continue;
    const rules = RULES.filter((rule) => rule.files.test(file.name));
    for (const [index, line] of lines.entries()) {
      for (const rule of rules) {
        if (!rule.line.test(line) || rule.excuse?.test(line)) continue;
        if (rule.reasonHelps && (/\/\/\s*\w/.test(line) || /^\s*(\/\/|\*)/.test(lines[index - 1] ?? ""))) continue;
        problems.push(`${file.name}:${index + 1}: ${rule.about}: ${line.trim().slice(0, 100)}`);
      }
    }
  }
  return { problems, questions, note: `${files.length} files` };
}
