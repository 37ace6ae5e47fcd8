/**
 * One thing that is wrong in a configuration file, with its place: what the loaders report, all of them at once, and
 * what `dsiem validate`, the frontend's 418 and the console show (engine.md §6).
 */
export interface Problem {
  file: string;
  /** Of the directive, when its id could be read. */
  directiveId?: number;
  stage?: number;
  /** Name of an asset or provider entry, when it has one. */
  entry?: string;
  field?: string;
  /** Counted from 1. */
  line?: number;
  /** What is wrong and what would be right, in one sentence. */
  message: string;
  fix?: ProblemFix;
}

/** Mends a problem at a press: puts `value` at `path` inside the directive. */
export interface ProblemFix {
  label: string;
  path: (string | number)[];
  value: unknown;
}

/** `directives_a.json:12: directive 7041, stage 2, port_to: "http" is no port; …` */
export function problemText(problem: Problem): string {
  const place = [
    problem.directiveId === undefined ? undefined : `directive ${problem.directiveId}`,
    problem.stage === undefined ? undefined : `stage ${problem.stage}`,
    problem.entry === undefined ? undefined : `entry "${problem.entry}"`,
    problem.field,
  ].filter((part) => part !== undefined);
  const file = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  return `${[file, ...(place.length > 0 ? [place.join(", ")] : [])].join(": ")}: ${problem.message}`;
}
