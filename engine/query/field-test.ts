import { assertNever } from "../base/assert.ts";
import { type Cidr, parseCidr } from "../base/ip.ts";
import type { Comparison } from "./comparison.ts";
import { isPlain, type Pattern } from "./pattern.ts";
import type { FieldTest } from "./query.ts";
import { QueryError, type Span } from "./query-error.ts";
import { readDuration, readTime, type TimeValue } from "./time-value.ts";
import type { Operator } from "./tokens.ts";
import type { FieldSort } from "./vocabulary.ts";

/** A value as it was written, and where. */
export interface Written extends Span {
  readonly pattern: Pattern;
}

interface Asked {
  readonly field: string;
  readonly operator: Operator;
  readonly at: Span;
  readonly values: readonly Written[];
}

/**
 * What an operator and its values mean for a field of that sort; for an age, of the time that it is the age of.
 * @throws QueryError
 */
export function fieldTest(sort: FieldSort, asked: Asked): { field: string; test: FieldTest } {
  const { field, operator, values } = asked;
  const same = (test: FieldTest): { field: string; test: FieldTest } => ({ field, test });
  switch (sort.kind) {
    case "text":
      if (operator !== ":" && operator !== "~") {
        throw new QueryError(`${field} is text: write ${field}:value for the whole or ${field}~part`, asked.at);
      }
      return same({
        of: "text",
        how: operator === ":" ? "equals" : "holds",
        patterns: values.map(({ pattern }) => pattern),
      });
    case "number":
      return same({
        of: "number",
        comparison: comparisonOf(asked),
        values: values.map((each) => numberOf(field, each)),
      });
    case "time":
      return same({ of: "time", comparison: comparisonOf(asked), times: values.map((each) => timeOf(field, each)) });
    case "age":
      return { field: sort.of, test: ageTest(asked) };
    case "address":
      onlyColon(asked, "is an address");
      return same({ of: "address", networks: values.map((each) => networkOf(field, each)) });
    case "choice":
      onlyColon(asked, `is one of ${sort.values.join(", ")}`);
      return same({ of: "choice", values: values.map((each) => choiceOf(field, sort.values, each)) });
    default:
      return assertNever(sort, "sort of a field");
  }
}

function onlyColon({ field, operator, at }: Asked, what: string): void {
  if (operator !== ":") throw new QueryError(`${field} ${what}: write ${field}:value`, at);
}

function comparisonOf({ field, operator, values, at }: Asked): Comparison {
  if (operator === "~") throw new QueryError(`${field} is no text: compare it with : >= <= > or <`, at);
  if (operator === ":") return "=";
  const second = values[1];
  if (second !== undefined) throw new QueryError(`${operator} takes a single value; | goes with : and ~`, second);
  return operator;
}

/** The text of a value that isn't text, which nothing in may stand for anything. */
function literal(field: string, what: string, { pattern, ...at }: Written): string {
  if (!isPlain(pattern)) throw new QueryError(`${field} is ${what}: * stands for anything only in text`, at);
  return pattern.parts[0];
}

function numberOf(field: string, value: Written): number {
  const text = literal(field, "a number", value);
  if (!/^\d{1,15}$/.test(text)) throw new QueryError(`${field} is a whole number: "${cut(text)}" isn't one`, value);
  return Number(text);
}

function timeOf(field: string, value: Written): TimeValue {
  const text = literal(field, "a time", value);
  const time = readTime(text);
  if (time !== undefined) return time;
  const like = "write it like 2026-11-28, 2026-11-28T10:00 or now-24h";
  throw new QueryError(`${field} is a time, and "${cut(text)}" isn't one: ${like}`, value);
}

/** What is younger was updated later: the comparison turns around. */
function ageTest(asked: Asked): FieldTest {
  const { field } = asked;
  const [value] = asked.values;
  const turned = turnedAround(comparisonOf(asked));
  if (turned === undefined || value === undefined) {
    throw new QueryError(`${field} takes < and >, as in ${field}<24h`, asked.at);
  }
  const text = literal(field, "a length of time", value);
  const ms = readDuration(text);
  if (ms === undefined) {
    throw new QueryError(`${field} is a length of time like 15m, 24h or 7d; "${cut(text)}" isn't one`, value);
  }
  return { of: "time", comparison: turned, times: [{ kind: "ago", text: `now-${text}`, ms }] };
}

function turnedAround(comparison: Comparison): Comparison | undefined {
  switch (comparison) {
    case "=":
      return undefined;
    case "<":
    case "<=":
      return ">=";
    case ">":
      return "<";
    case ">=":
      return "<=";
  }
}

function networkOf(field: string, value: Written): Cidr {
  const read = parseCidr(literal(field, "an address", value));
  if ("error" in read)
    throw new QueryError(`${field} is an address or a network like 10.0.0.0/8: ${read.error}`, value);
  return read;
}

function choiceOf(field: string, choices: readonly string[], value: Written): string {
  const text = literal(field, `one of ${choices.join(", ")}`, value).toLowerCase();
  if (choices.includes(text)) return text;
  throw new QueryError(`${field} takes ${choices.join(", ")}: "${cut(text)}" is none of them`, value);
}

/** What was typed may be anything and of any length. */
function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
