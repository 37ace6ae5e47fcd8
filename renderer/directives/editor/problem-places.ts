import type { ConfigProblem } from "../../../engine/contract/console/directives.ts";
import { type EditedFile, linesAbove } from "./edited-file.ts";
import { fieldNamed, type JsonNode, type JsonPath, nodeAt, parseJson, valueIn } from "./json-node.ts";
import { nextRule } from "./stages.ts";

/** A problem with its place in the edited text; without one when it speaks of something else. */
export interface PlacedProblem {
  problem: ConfigProblem;
  /** From 1, in the edited text. */
  line: number | undefined;
  from: number;
  to: number;
  /** The way to the directive that it speaks of, in the edited text: where a fix begins. */
  directive: JsonPath | undefined;
}

/** Why a text isn't JSON, found without asking anybody; undefined when it is. */
export function syntaxProblem(text: string, file: string): ConfigProblem | undefined {
  if (text.trim() === "") return { severity: "error", text: "The text is empty.", file, line: 1 };
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const line = text.slice(0, offset).split("\n").length;
    const why = message.replace(/ (in JSON )?at (position|line) .*$/s, "").replace(/^JSON\.parse: /, "");
    return { severity: "error", text: `This isn't JSON: ${lowered(why)}.`, file, line };
  }
}

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** Puts the problems of a file at the place that they speak of: its value, else its line. */
export function placedProblems(problems: readonly ConfigProblem[], edited: EditedFile, text: string): PlacedProblem[] {
  const root = parseJson(text);
  const above = linesAbove(edited);
  const starts = lineStarts(text);
  return problems.map((found) => {
    const problem = withOwnFix(found, root);
    const isHere = problem.file === edited.fileName;
    const line = isHere && problem.line !== undefined ? problem.line - above : undefined;
    const inText = line !== undefined && line >= 1 && line <= starts.length ? line : undefined;
    const directive = isHere ? directivePath(root, problem.directiveId, inText !== undefined) : undefined;
    const node = directive === undefined ? undefined : nodeOf(root, directive, problem);
    if (node !== undefined) return { problem, line: lineOf(starts, node.from), ...spanOf(node, text), directive };
    if (inText === undefined) return { problem, line: undefined, from: 0, to: 0, directive };
    return { problem, line: inText, ...lineSpan(text, starts[inText - 1] ?? 0), directive };
  });
}

/** A directive of too few stages is mended by one more; which events that looks at only the text can say. */
function withOwnFix(problem: ConfigProblem, root: JsonNode | undefined): ConfigProblem {
  if (problem.fix !== undefined || problem.stage !== undefined || problem.field !== "rules") return problem;
  const rules = valueIn(nodeAt(root, [...(directivePath(root, problem.directiveId, true) ?? []), "rules"]));
  if (!Array.isArray(rules) || rules.length > 1) return problem;
  const fix = { label: `Add stage ${rules.length + 1}`, path: ["rules", rules.length], value: nextRule(rules) };
  return { ...problem, fix };
}

/** A value that is a line long at most is marked whole; of a larger one its beginning. */
function spanOf({ from, to }: JsonNode, text: string): { from: number; to: number } {
  const end = text.slice(from, to).indexOf("\n");
  return { from, to: end === -1 ? to : from + Math.max(1, end) };
}

function directivePath(root: JsonNode | undefined, id: number | undefined, inText: boolean): JsonPath | undefined {
  const list = fieldNamed(root, "directives")?.value;
  if (list?.kind !== "list") {
    const own = valueIn(fieldNamed(root, "id")?.value);
    return (id === undefined ? inText : own === id) ? [] : undefined;
  }
  const index = list.items.findIndex((item) => valueIn(fieldNamed(item, "id")?.value) === id);
  return id === undefined || index === -1 ? undefined : ["directives", index];
}

function nodeOf(
  root: JsonNode | undefined,
  directive: JsonPath,
  { stage, field }: ConfigProblem,
): JsonNode | undefined {
  const own = nodeAt(root, directive);
  if (stage === undefined) return field === undefined ? undefined : fieldNamed(own, field)?.value;
  const rules = fieldNamed(own, "rules")?.value;
  if (rules?.kind !== "list") return undefined;
  const rule = rules.items.find((item) => valueIn(fieldNamed(item, "stage")?.value) === stage);
  return field === undefined ? rule : (fieldNamed(rule, field)?.value ?? fieldNamed(rule, "stage")?.value);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  const next = starts.findIndex((start) => start > offset);
  return next === -1 ? starts.length : next;
}

function lineSpan(text: string, start: number): { from: number; to: number } {
  const end = text.indexOf("\n", start);
  const line = text.slice(start, end === -1 ? text.length : end);
  const indent = line.length - line.trimStart().length;
  return { from: start + indent, to: start + line.trimEnd().length };
}
