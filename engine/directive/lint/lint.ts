import type { ConfigFile } from "../../base/config-file.ts";
import { fieldLine } from "../../base/json-text.ts";
import type { Directive, Rule } from "../../contract/directive.ts";
import { type DirectiveSource, loadDirectives } from "../load.ts";
import { ruleTexts } from "../rule-texts.ts";
import type { Finding, LintFacts, LintRule } from "./finding.ts";
import { knownLint } from "./known-lint.ts";
import { reachLint } from "./reach-lint.ts";
import { riskLint } from "./risk-lint.ts";

/** A finding with its place in the files. */
export interface PlacedFinding extends Omit<Finding, "rule"> {
  file: string;
  directiveId: number;
  stage?: number;
  line: number;
}

const RULES: readonly LintRule[] = [riskLint, reachLint, wideLint, knownLint];

/**
 * What is odd about directives that are valid (console.md §2: lint beyond validity). The files are those of one node, in
 * the order in which it loads them; directives with a problem of the loader's aren't looked at. `only` names the file
 * whose findings are wanted; those of the others are left out.
 */
export function lintDirectives(files: readonly ConfigFile[], facts: LintFacts, only?: string): PlacedFinding[] {
  const placed: PlacedFinding[] = [];
  const openings = new Map<string, DirectiveSource & { name: string }>();
  loadDirectives(files, (directive, source) => {
    const twin = twinLint(directive, source, openings);
    if (only !== undefined && source.file !== only) return;
    const findings = [...RULES.flatMap((rule) => rule(directive, facts)), ...twin];
    placed.push(...placesOf(findings, directive, source));
  });
  return placed;
}

/** An always-active stage 1 takes events of strangers into a backlog that lives (engine.md §8). */
function wideLint({ all_rules_always_active: alwaysActive, rules }: Directive): Finding[] {
  const place = rules.findIndex(({ stage }) => stage === 1);
  const rule = rules[place];
  if (!alwaysActive || rule === undefined || !isWide(rule.from) || !isWide(rule.to)) return [];
  return [
    {
      severity: "warning",
      rule: place,
      field: "from",
      text: "Stage 1 stays active and is so wide that it takes strangers' events into a live backlog.",
      detail: `Every event from ${rule.from} to ${rule.to} is recorded in each backlog of this directive, whoever it is about; name networks, or leave all_rules_always_active out.`,
      fix: { label: "Switch it off", path: ["all_rules_always_active"] },
    },
  ];
}

function isWide(condition: string): boolean {
  return condition === "ANY" || condition === "HOME_NET" || condition === "!HOME_NET";
}

/** Two directives that begin with the same rule open two backlogs with each event. */
function twinLint(
  directive: Directive,
  source: DirectiveSource,
  openings: Map<string, DirectiveSource & { name: string }>,
): Finding[] {
  const place = directive.rules.findIndex(({ stage }) => stage === 1);
  const rule = directive.rules[place];
  if (rule === undefined) return [];
  const key = openingKey(rule);
  const earlier = openings.get(key);
  if (earlier === undefined) {
    openings.set(key, { ...source, name: directive.name });
    return [];
  }
  return [
    {
      severity: "note",
      rule: place,
      field: "name",
      text: `Stage 1 is the same as that of directive ${earlier.id}, ${earlier.name.slice(0, 80)}.`,
      detail: `Each event that opens a backlog of one opens one of the other, too (${earlier.file}:${earlier.line}).`,
    },
  ];
}

/** All that decides which events the rule matches. */
function openingKey({ name: _, reliability: _r, timeout: _t, ...rule }: Rule): string {
  return JSON.stringify(rule);
}

function placesOf(findings: readonly Finding[], directive: Directive, source: DirectiveSource): PlacedFinding[] {
  if (findings.length === 0) return [];
  const { bytes, line, file, id } = source;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = ruleTexts({ text, line }, new Set(findings.map(({ rule }) => rule)));
  return findings.map(({ rule, ...finding }) => {
    const stage = rule === undefined ? undefined : directive.rules[rule]?.stage;
    const place = texts.get(rule) ?? { text, line };
    return {
      ...finding,
      ...{ file, directiveId: id },
      ...(stage !== undefined && { stage }),
      line: finding.field === undefined ? place.line : fieldLine(place.text, place.line, finding.field),
    };
  });
}
