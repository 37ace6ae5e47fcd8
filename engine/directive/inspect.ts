import type { ConfigFile } from "../base/config-file.ts";
import { isObject } from "../base/expected.ts";
import { readListFile } from "../base/json-list.ts";
import type { Problem } from "../base/problem.ts";
import { loadDirectives } from "./load.ts";
import { type FieldFault, readDraft } from "./shape.ts";

/** A directive of a file, as far as a list shows it, whether or not it is in order. */
export interface DirectiveSummary {
  id: number;
  name: string;
  kingdom: string;
  category: string;
  priority: number;
  stages: number;
  /** The highest of its rules. */
  reliability: number;
  enabled: boolean;
  file: string;
  line: number;
}

export interface InspectedDirectives {
  directives: DirectiveSummary[];
  /** All that keeps a backend from loading these files. */
  problems: Problem[];
}

/** All directives of the files of one node, the disabled ones too, and everything that is wrong with them. */
export function inspectDirectives(files: readonly ConfigFile[]): InspectedDirectives {
  const directives: DirectiveSummary[] = [];
  for (const file of files) {
    readListFile(file, "directives", ({ value, line }) => {
      if (isObject(value)) directives.push(summaryOf(value, file.name, line));
      return true;
    });
  }
  return { directives, problems: loadDirectives(files, () => undefined).problems };
}

function summaryOf(value: Record<string, unknown>, file: string, line: number): DirectiveSummary {
  const faults: FieldFault[] = [];
  const { directive, disabled } = readDraft(value, faults);
  const { id, name, kingdom, category, priority, rules } = directive;
  return {
    ...{ id, name, kingdom, category, priority, file, line },
    stages: rules.length,
    reliability: rules.reduce((highest, rule) => Math.max(highest, rule.reliability), 0),
    enabled: !disabled,
  };
}

/** The text of one directive as its file has it; `undefined` when there is none of this id. */
export function directiveText(file: ConfigFile, id: number): string | undefined {
  let found: string | undefined;
  readListFile(file, "directives", ({ value, text }) => {
    if (!isObject(value) || value.id !== id) return true;
    found = text.toString("utf8");
    return false;
  });
  return found;
}

/** Ids of the directives of one file that say something else in the other, or aren't there any more. */
export function changedDirectives(before: ConfigFile, after: ConfigFile): number[] {
  const texts = textsById(after);
  return Array.from(textsById(before)).flatMap(([id, text]) => (texts.get(id) === text ? [] : [id]));
}

function textsById(file: ConfigFile): Map<number, string> {
  const texts = new Map<number, string>();
  readListFile(file, "directives", ({ value }) => {
    // However they are laid out.
    if (isObject(value) && typeof value.id === "number") texts.set(value.id, JSON.stringify(value));
    return true;
  });
  return texts;
}
