import { assertNever } from "../base/assert.ts";
import type { Pattern } from "./pattern.ts";
import type { FieldTest, Query } from "./query.ts";

/** Writes a query down so that reading it gives the same query. */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case "all":
      return "";
    case "and":
      return query.parts.map((part) => (part.kind === "or" ? `(${printQuery(part)})` : printQuery(part))).join(" ");
    case "or":
      return query.parts.map(printQuery).join(" OR ");
    case "not": {
      const isJoined = query.part.kind === "and" || query.part.kind === "or";
      return isJoined ? `-(${printQuery(query.part)})` : `-${printQuery(query.part)}`;
    }
    case "word":
      return printWord(query.pattern);
    case "test":
      return `${query.field}${printTest(query.test)}`;
    default:
      return assertNever(query, "query");
  }
}

function printTest(test: FieldTest): string {
  switch (test.of) {
    case "text":
      return `${test.how === "equals" ? ":" : "~"}${test.patterns.map(printPattern).join("|")}`;
    case "number":
      return `${sign(test.comparison)}${test.values.join("|")}`;
    case "time":
      return `${sign(test.comparison)}${test.times.map(({ text }) => printPattern({ parts: [text] })).join("|")}`;
    case "address":
      return `:${test.networks.map(({ text }) => text).join("|")}`;
    case "choice":
      return `:${test.values.join("|")}`;
    default:
      return assertNever(test, "test of a field");
  }
}

function sign(comparison: string): string {
  return comparison === "=" ? ":" : comparison;
}

/** A value behind an operator: quoted where it holds anything that ends a value or means something in it. */
function printPattern(pattern: Pattern): string {
  const bare = pattern.parts.join("*");
  const isSimple = bare !== "" && !/[\s"()|\\]/.test(bare) && pattern.parts.every((part) => !part.includes("*"));
  return isSimple ? bare : quoted(pattern);
}

/** A word alone is quoted unless it can't be taken for anything else: a field, an excluded word, one of a list of ids. */
function printWord(pattern: Pattern): string {
  const [only, ...more] = pattern.parts;
  return more.length === 0 && /^\p{L}\p{Ll}*$/u.test(only) ? only : quoted(pattern);
}

function quoted({ parts }: Pattern): string {
  return `"${parts.map((part) => part.replace(/["*\\]/g, "\\$&")).join("*")}"`;
}
