import type { ConfigFile } from "../base/config-file.ts";
import { isObject, isWholeNumber, notWhatIsExpected } from "../base/expected.ts";
import { type ListEntry, readListFile } from "../base/json-list.ts";
import { fieldLine } from "../base/json-text.ts";
import type { Problem } from "../base/problem.ts";
import type { Directive } from "../contract/directive.ts";
import { checkMeaning } from "./meaning.ts";
import { ruleTexts } from "./rule-texts.ts";
import { secondRule } from "./second-rule.ts";
import { type DraftDirective, type FieldFault, isDirective, MAX_FAULTS, readDraft, WHOLE_RULE } from "./shape.ts";

/**
 * After so many problems a file isn't read any further, and the report says so: nobody reads more, and a hostile file
 * of 100 MB must not cost gigabytes of messages.
 */
const MAX_PROBLEMS_PER_FILE = MAX_FAULTS;

/** Where a loaded directive stands; enough to read it again when it is needed, at the cost of a few bytes until then. */
export interface DirectiveSource {
  readonly id: number;
  readonly file: string;
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
  /** The directive's own JSON text, a subarray of the file's bytes. */
  readonly bytes: Uint8Array;
}

export interface LoadedDirectives {
  /** In the order of the files and of their lists. */
  sources: DirectiveSource[];
  /** Everything that is wrong with all the files; a backend starts only when there is nothing. */
  problems: Problem[];
  /** How many directives were skipped because they are disabled. */
  disabled: number;
  /** The same by file, of those that were read. */
  disabledIn: ReadonlyMap<string, number>;
}

/** A file that was loaded before and is the same: what there is to know of it when other files are checked. */
export interface KnownDirectives {
  readonly name: string;
  /** Its loaded directives, in its order, and the lines on which they start. */
  readonly ids: ArrayLike<number>;
  readonly lines: ArrayLike<number>;
  readonly disabled: number;
}

/**
 * Reads directive files and checks every rule of engine.md §6, reporting all the problems of all the files at once.
 * Each directive without a problem is handed to `onDirective` and then forgotten here, so that loading needs little
 * more memory than the bytes of the files. Directives are handed on before the rest has been checked: with any problem
 * in the result, the caller is to discard them. Of files that are known nothing is handed on.
 */
export function loadDirectives(
  files: readonly (ConfigFile | KnownDirectives)[],
  onDirective: (directive: Directive, source: DirectiveSource) => void,
): LoadedDirectives {
  const loader = new DirectiveLoader(onDirective);
  for (const file of files) {
    if ("bytes" in file) loader.read(file);
    else loader.know(file);
  }
  return loader.finish(files);
}

/** Reads a loaded directive once more, from its source: for directives whose rules aren't kept in memory. */
export function parseDirective(source: DirectiveSource): Directive {
  const { bytes } = source;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const faults: FieldFault[] = [];
  const { directive } = readDraft(JSON.parse(text) as Record<string, unknown>, faults);
  if (faults.length > 0 || !isDirective(directive)) {
    throw new Error(`broken invariant: directive ${source.id} of ${source.file} has changed since it was checked`);
  }
  return directive;
}

class DirectiveLoader {
  readonly #onDirective: (directive: Directive, source: DirectiveSource) => void;
  readonly #sources: DirectiveSource[] = [];
  readonly #problems: Problem[] = [];
  readonly #byId = new Map<number, { file: string; line: number }>();
  readonly #disabledIn = new Map<string, number>();
  #disabled = 0;
  #known = 0;

  constructor(onDirective: (directive: Directive, source: DirectiveSource) => void) {
    this.#onDirective = onDirective;
  }

  read(file: ConfigFile): void {
    const limit = this.#problems.length + MAX_PROBLEMS_PER_FILE;
    const problem = readListFile(file, "directives", (entry) => {
      this.#entry(file.name, entry);
      if (this.#problems.length < limit) return true;
      const message = `has more problems than these ${MAX_PROBLEMS_PER_FILE}; it was not read any further`;
      this.#problems.push({ file: file.name, line: entry.line, message });
      return false;
    });
    if (problem !== undefined) this.#problems.push(problem);
  }

  know({ name, ids, lines, disabled }: KnownDirectives): void {
    for (let i = 0; i < ids.length; i++) this.#noteId(name, lines[i] ?? 1, ids[i]);
    this.#known += ids.length;
    this.#disabled += disabled;
  }

  finish(files: readonly { readonly name: string }[]): LoadedDirectives {
    if (this.#sources.length + this.#known === 0 && this.#problems.length === 0)
      this.#problems.push(nothingLeft(files, this.#disabled));
    return {
      ...{ sources: this.#sources, problems: this.#problems },
      ...{ disabled: this.#disabled, disabledIn: this.#disabledIn },
    };
  }

  #entry(file: string, entry: ListEntry): void {
    const { value, line, text } = entry;
    if (!isObject(value)) {
      const message = notWhatIsExpected(value, "a directive");
      this.#problems.push({ file, field: `directives[${entry.index}]`, line, message });
      return;
    }
    const faults: FieldFault[] = [];
    const { directive, disabled } = readDraft(value, faults);
    if (!disabled) checkMeaning(directive, faults);
    if (faults.length > 0) this.#problems.push(...problemsOf(file, entry, value, directive, faults));
    if (disabled) {
      this.#disabled += 1;
      this.#disabledIn.set(file, (this.#disabledIn.get(file) ?? 0) + 1);
      return;
    }
    const isNew = this.#noteId(file, line, value.id);
    if (faults.length > 0 || !isNew || !isDirective(directive)) return;
    const source = { id: directive.id, file, line, bytes: text };
    this.#sources.push(source);
    this.#onDirective(directive, source);
  }

  /** False when another directive, of this file or one before it, has the id. */
  #noteId(file: string, line: number, id: unknown): boolean {
    if (!isDirectiveId(id)) return false;
    const other = this.#byId.get(id);
    if (other === undefined) {
      this.#byId.set(id, { file, line });
      return true;
    }
    const message = `${id} is also the id of the directive at ${other.file}:${other.line}; each needs its own`;
    this.#problems.push({ file, directiveId: id, field: "id", line, message });
    return false;
  }
}

function isDirectiveId(id: unknown): id is number {
  return isWholeNumber(id, 0, Number.MAX_SAFE_INTEGER);
}

function nothingLeft(files: readonly { readonly name: string }[], disabled: number): Problem {
  if (files.length === 0) {
    return { file: "directives_*.json", message: "there is no directive file, and so no directive to load" };
  }
  const message = disabled > 0 ? `all its directives are disabled` : "there is no directive in it";
  const names = files.map((file) => file.name).join(", ");
  return { file: names, field: "directives", message: `${message}; expected at least one that isn't disabled` };
}

/** Turns the faults of one directive into problems with a place, in the order of their lines. */
function problemsOf(
  file: string,
  entry: ListEntry,
  value: Record<string, unknown>,
  directive: DraftDirective,
  faults: readonly FieldFault[],
): Problem[] {
  const rules = ruleTexts(entry, new Set(faults.map((fault) => fault.rule)));
  const named = isDirectiveId(value.id) ? { directiveId: value.id } : entryName(value, entry);
  const problems = faults.map(({ rule, field, message }): Problem & { line: number } => {
    const place = rule === undefined ? { field } : rulePlace(directive, rule, field);
    const { text, line } = rules.get(rule) ?? entry;
    const fix = rule === undefined && field === "rules" ? secondRule(directive) : undefined;
    return { file, ...named, ...place, line: fieldLine(text, line, field), message, ...(fix !== undefined && { fix }) };
  });
  return problems.sort((a, b) => a.line - b.line);
}

function entryName(value: Record<string, unknown>, entry: ListEntry): { entry: string } {
  const { name } = value;
  return { entry: typeof name === "string" && name !== "" ? name : `directives[${entry.index}]` };
}

/** `stage 2, port_to` when the rule has a stage, else `rules[1].port_to`. */
function rulePlace(directive: DraftDirective, rule: number, field: string): { stage?: number; field: string } {
  const stage = directive.rules[rule]?.stage;
  if (stage !== undefined && stage > 0) return { stage, field };
  return { field: field === WHOLE_RULE ? `rules[${rule}]` : `rules[${rule}].${field}` };
}
