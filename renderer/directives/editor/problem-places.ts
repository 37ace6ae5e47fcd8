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

/** Why a text isn't JSON, found without asking anybody, with its line in the file; undefined when it is. */
export function syntaxProblem(text: string, edited: EditedFile): ConfigProblem | undefined {
  const { fileName: file } = edited;
  const above = linesAbove(edited);
  if (text.trim() === "") return { severity: "error", text: "The text is empty.", file, line: above + 1 };
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const line = above + text.slice(0, offset).split("\n").length;
    const why = message.replace(/ (in JSON )?at (position|line) .*$/s, "").replace(/^JSON\.parse: /, "");
    return { severity: "error", text: `This isn't JSON: ${lowered(why)}.`, file, line };
  }
}

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** Puts the problems of a file at the place that they speak of: its value, else its line. */
export function placedProblems(problems: readonly ConfigProblem[], edited: EditedFile, text: string): PlacedProblem[] {
  if (problems.length === 0) return [];
  const places = new Places(edited, text);
  return problems.filter((problem) => places.isAbout(problem)).map((problem) => places.placed(problem));
}

/** A text that is looked up many times: a large file may have thousands of problems. */
class Places {
  readonly #edited: EditedFile;
  readonly #text: string;
  readonly #root: JsonNode | undefined;
  /** Where each line begins. */
  readonly #starts: readonly number[];
  readonly #above: number;
  /** Where the directives of a whole file stand in its list, by their ids. */
  readonly #directives: ReadonlyMap<unknown, number> | undefined;

  constructor(edited: EditedFile, text: string) {
    this.#edited = edited;
    this.#text = text;
    this.#root = parseJson(text);
    this.#starts = lineStarts(text);
    this.#above = linesAbove(edited);
    const list = fieldNamed(this.#root, "directives")?.value;
    if (list?.kind === "list") this.#directives = new Map(list.items.map((item, index) => [idOf(item), index]));
  }

  /**
   * What is only odd about the file's other directives is theirs; what is wrong with them keeps this one from being saved,
   * too.
   */
  isAbout({ severity, file, line }: ConfigProblem): boolean {
    if (severity === "error" || file !== this.#edited.fileName || line === undefined) return true;
    return line > this.#above && line <= this.#above + this.#starts.length;
  }

  placed(found: ConfigProblem): PlacedProblem {
    const isHere = found.file === this.#edited.fileName;
    const line = isHere && found.line !== undefined ? found.line - this.#above : undefined;
    const inText = line !== undefined && line >= 1 && line <= this.#starts.length ? line : undefined;
    const directive = isHere ? this.#pathOf(found.directiveId, inText !== undefined) : undefined;
    if (directive === undefined) return { problem: found, ...this.#atLine(inText), directive };
    const problem = this.#withOwnFix(found, directive);
    const node = nodeOf(nodeAt(this.#root, directive), problem);
    if (node === undefined) return { problem, ...this.#atLine(inText), directive };
    return { problem, line: lineOf(this.#starts, node.from), ...spanOf(node, this.#text), directive };
  }

  #atLine(line: number | undefined): Pick<PlacedProblem, "line" | "from" | "to"> {
    if (line === undefined) return { line, from: 0, to: 0 };
    return { line, ...lineSpan(this.#text, this.#starts[line - 1] ?? 0) };
  }

  #pathOf(id: number | undefined, inText: boolean): JsonPath | undefined {
    if (this.#directives === undefined) return (id === undefined ? inText : idOf(this.#root) === id) ? [] : undefined;
    const index = id === undefined ? undefined : this.#directives.get(id);
    return index === undefined ? undefined : ["directives", index];
  }

  /** A directive of too few stages is mended by one more; which events that looks at only the text can say. */
  #withOwnFix(problem: ConfigProblem, directive: JsonPath): ConfigProblem {
    if (problem.fix !== undefined || problem.stage !== undefined || problem.field !== "rules") return problem;
    const rules = valueIn(nodeAt(this.#root, [...directive, "rules"]));
    if (!Array.isArray(rules) || rules.length > 1) return problem;
    const fix = { label: `Add stage ${rules.length + 1}`, path: ["rules", rules.length], value: nextRule(rules) };
    return { ...problem, fix };
  }
}

const idOf = (node: JsonNode | undefined): unknown => valueIn(fieldNamed(node, "id")?.value);

/** A value that is a line long at most is marked whole; of a larger one its beginning. */
function spanOf({ from, to }: JsonNode, text: string): { from: number; to: number } {
  const end = text.slice(from, to).indexOf("\n");
  return { from, to: end === -1 ? to : from + Math.max(1, end) };
}

function nodeOf(own: JsonNode | undefined, { stage, field }: ConfigProblem): JsonNode | undefined {
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

/** The line that a character stands on, from 1. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineSpan(text: string, start: number): { from: number; to: number } {
  const end = text.indexOf("\n", start);
  const line = text.slice(start, end === -1 ? text.length : end);
  const indent = line.length - line.trimStart().length;
  return { from: start + indent, to: start + line.trimEnd().length };
}
