import { fieldTest, type Written } from "./field-test.ts";
import { pastedIds } from "./id-list.ts";
import { nearestName } from "./nearest.ts";
import { plainPattern } from "./pattern.ts";
import type { Query } from "./query.ts";
import { QueryError, type Span } from "./query-error.ts";
import { type Token, tokenize } from "./tokens.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Bounds of what a query may cost whoever runs it. A list of numbers or ids counts as one term. */
export const MAX_TERMS = 300;
const MAX_DEPTH = 40;

/**
 * Reads a query (the language: contract/console/alarms.ts). An empty text finds all.
 * @throws QueryError and nothing else, whatever the text is.
 */
export function parseQuery(text: string, vocabulary: Vocabulary): Query {
  if (vocabulary.ids !== undefined) {
    const ids = pastedIds(text);
    if (ids !== undefined) {
      const patterns = ids.map(plainPattern);
      const at = { column: 0, length: text.length };
      return { kind: "test", field: vocabulary.ids, test: { of: "text", how: "equals", patterns }, at };
    }
  }
  return new Parser(tokenize(text), text.length, vocabulary).whole();
}

/** Recursive descent: `or` of `and`s of terms, each perhaps excluded or in parentheses. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: Span;
  readonly #vocabulary: Vocabulary;
  #at = 0;
  #depth = 0;
  #terms = 0;

  constructor(tokens: readonly Token[], length: number, vocabulary: Vocabulary) {
    this.#tokens = tokens;
    this.#end = { column: length, length: 0 };
    this.#vocabulary = vocabulary;
  }

  whole(): Query {
    if (this.#tokens.length === 0) return { kind: "all" };
    const query = this.#or();
    const left = this.#next();
    if (left !== undefined) throw new QueryError("This parenthesis closes nothing", left);
    return query;
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #or(): Query {
    const parts = [this.#and()];
    while (this.#next()?.kind === "or") {
      this.#at += 1;
      parts.push(this.#and());
    }
    return joined("or", parts);
  }

  #and(): Query {
    const parts = [this.#term()];
    for (
      let next = this.#next();
      next !== undefined && next.kind !== "or" && next.kind !== "close";
      next = this.#next()
    ) {
      if (next.kind === "and") this.#at += 1;
      parts.push(this.#term());
    }
    return joined("and", parts);
  }

  #term(): Query {
    const token = this.#next();
    if (token === undefined) throw new QueryError(`Something is missing here${this.#afterWhat()}`, this.#end);
    this.#at += 1;
    switch (token.kind) {
      case "minus":
        return this.#deeper(token, () => ({ kind: "not", part: this.#term() }));
      case "open":
        return this.#deeper(token, () => this.#group(token));
      case "word":
        return this.#word(token);
      case "field":
        return this.#test(token);
      case "or":
      case "and":
        throw new QueryError("OR and AND stand between two terms; to look for the word itself, quote it", token);
      case "close":
        throw new QueryError("Something is missing before this parenthesis", token);
      case "bar":
        throw new QueryError("| joins the values of a field, as in status:Open|Closed; between terms write OR", token);
      case "operator":
      case "value":
        // The tokenizer makes these only behind a field, which takes them.
        throw new QueryError("An operator stands right behind its field, as in risk>=7", token);
    }
  }

  #afterWhat(): string {
    const last = this.#tokens.at(-1);
    if (last?.kind === "minus") return ": what is it that is excluded?";
    return last?.kind === "open" ? ": what is in the parentheses?" : "";
  }

  #deeper(token: Span, inner: () => Query): Query {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new QueryError(`More than ${MAX_DEPTH} levels are too deep`, token);
    const query = inner();
    this.#depth -= 1;
    return query;
  }

  #group(open: Span): Query {
    const query = this.#or();
    if (this.#next()?.kind !== "close") throw new QueryError("This parenthesis isn't closed", open);
    this.#at += 1;
    return query;
  }

  #word(token: Token & { kind: "word" | "value" }): Query {
    checkQuotes(token);
    const { column, length, pattern, quoted } = token;
    const [begin] = pattern.parts;
    if (quoted === "no" && /^[:~<>]/.test(begin)) {
      throw new QueryError("An operator stands right behind its field, without blanks, as in risk>=7", token);
    }
    if (pattern.parts.every((part) => part === "")) {
      throw new QueryError("There is nothing to look for in this", token);
    }
    this.#count(1, token);
    return { kind: "word", pattern, at: { column, length } };
  }

  #test(token: Token & { kind: "field" }): Query {
    const operator = this.#next();
    if (operator?.kind !== "operator") throw new QueryError(`${token.name} lacks an operator, as in risk>=7`, token);
    this.#at += 1;
    const field = token.name.toLowerCase();
    const sort = Object.hasOwn(this.#vocabulary.fields, field) ? this.#vocabulary.fields[field] : undefined;
    if (sort === undefined) throw this.#unknownField(token);
    const values = this.#values(field, operator);
    const isLookup = sort.kind === "number" || field === this.#vocabulary.ids;
    this.#count(isLookup ? 1 : values.length, token);
    const last = values.at(-1) ?? operator;
    const at = { column: token.column, length: last.column + last.length - token.column };
    return { kind: "test", ...fieldTest(sort, { field, operator: operator.operator, at, values }), at };
  }

  #unknownField({ name, column, length }: Token & { kind: "field" }): QueryError {
    const near = nearestName(name.toLowerCase(), Object.keys(this.#vocabulary.fields));
    const hint = near === undefined ? "to look for text with such a sign in it, quote it" : `did you mean ${near}?`;
    const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
    return new QueryError(`There is no field ${shown}: ${hint}`, { column, length });
  }

  #values(field: string, operator: Token & { kind: "operator" }): Written[] {
    const values: Written[] = [];
    for (;;) {
      const value = this.#next();
      if (value?.kind !== "value") {
        const missing = `${field}${operator.operator} needs a value right behind it`;
        throw new QueryError(missing, values.length === 0 ? operator : (value ?? this.#end));
      }
      checkQuotes(value);
      values.push({ pattern: value.pattern, column: value.column, length: value.length });
      this.#at += 1;
      if (this.#next()?.kind !== "bar") return values;
      this.#at += 1;
    }
  }

  #count(terms: number, at: Span): void {
    this.#terms += terms;
    if (this.#terms > MAX_TERMS) throw new QueryError(`More than ${MAX_TERMS} terms are too many`, at);
  }
}

function checkQuotes(token: Token & { kind: "word" | "value" }): void {
  if (token.quoted === "unclosed") throw new QueryError("This quotation mark isn't closed", token);
}

/** Parts of the same kind are taken in: how a query was put in parentheses doesn't matter any more. */
function joined(kind: "and" | "or", parts: readonly Query[]): Query {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [first] = flat;
  return first !== undefined && flat.length === 1 ? first : { kind, parts: flat };
}
