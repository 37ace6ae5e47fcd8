/** One entry of a Wise answer. */
interface WiseEntry {
  field: string;
  len: number;
  value: string;
}

/** Entries whose `len` is below this are ids and other metadata, and no result (engine.md §8). */
const SHORTEST_RESULT = 5;

/**
 * Reads the answer of a Wise server, a JavaScript literal such as `[{field:"threat.id",len:7,value:"Scanner"}]`, and
 * returns its results as `field: value` (engine.md §8). Keys may be quoted or not, and in any order; other keys with
 * plain values are passed over. The text is never evaluated: this is a tokenizer of one array of flat objects, whose
 * work is linear in the text. Throws a `SyntaxError` with one sentence when the answer is anything else.
 */
export function readWise(text: string): string[] {
  const results: string[] = [];
  for (const entry of new WiseReader(text).entries()) {
    if (entry.len >= SHORTEST_RESULT) results.push(`${entry.field}: ${entry.value}`);
  }
  return results;
}

const WHITE_SPACE = " \t\r\n\u00a0\ufeff\u2028\u2029";
const WORD = /[A-Za-z0-9_$]/;
const NUMBER_PART = /[0-9.eE+-]/;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["0", "\0"],
]);

class WiseReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  entries(): WiseEntry[] {
    const entries: WiseEntry[] = [];
    this.#expect("[");
    while (!this.#skip("]")) {
      entries.push(this.#entry());
      if (this.#skip(",")) continue;
      this.#expect("]");
      break;
    }
    this.#white();
    if (this.#at < this.#text.length) this.#fail("the end of the answer");
    return entries;
  }

  #entry(): WiseEntry {
    let field: string | undefined;
    let len: number | undefined;
    let value: string | undefined;
    this.#expect("{");
    while (!this.#skip("}")) {
      const key = this.#key();
      this.#expect(":");
      if (key === "field") field = this.#string();
      else if (key === "len") len = this.#number();
      else if (key === "value") value = this.#string();
      else this.#other();
      if (this.#skip(",")) continue;
      this.#expect("}");
      break;
    }
    if (field === undefined || len === undefined || value === undefined) {
      throw new SyntaxError(`an entry before position ${this.#at} lacks field, len or value`);
    }
    return { field, len, value };
  }

  #key(): string {
    const next = this.#peek();
    return next === '"' || next === "'" ? this.#string() : this.#word("a key");
  }

  /** A value of a key that nobody asked for: text, a number, or `true`, `false`, `null`; nothing nested. */
  #other(): void {
    const next = this.#peek();
    if (next === '"' || next === "'") this.#string();
    else if (next === "-" || next === "." || (next >= "0" && next <= "9")) this.#number();
    else this.#word("a plain value");
  }

  #word(what: string): string {
    this.#white();
    const from = this.#at;
    while (WORD.test(this.#text.charAt(this.#at))) this.#at += 1;
    if (this.#at === from) this.#fail(what);
    return this.#text.slice(from, this.#at);
  }

  #number(): number {
    this.#white();
    const from = this.#at;
    while (NUMBER_PART.test(this.#text.charAt(this.#at))) this.#at += 1;
    const number = this.#at === from ? Number.NaN : Number(this.#text.slice(from, this.#at));
    if (!Number.isFinite(number)) {
      this.#at = from;
      this.#fail("a number");
    }
    return number;
  }

  #string(): string {
    this.#white();
    const quote = this.#text.charAt(this.#at);
    if (quote !== '"' && quote !== "'") this.#fail("text in quotes");
    this.#at += 1;
    let out = "";
    let from = this.#at;
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char === "" || char === "\n" || char === "\r") this.#fail("the closing quote");
      if (char === quote) break;
      if (char === "\\") {
        out += this.#text.slice(from, this.#at) + this.#escape();
        from = this.#at;
        continue;
      }
      this.#at += 1;
    }
    out += this.#text.slice(from, this.#at);
    this.#at += 1;
    return out;
  }

  /** Reads one escape sequence of JavaScript, from its backslash on. */
  #escape(): string {
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === "u" || letter === "x") {
      const digits = letter === "u" ? 4 : 2;
      const hex = this.#text.slice(this.#at + 2, this.#at + 2 + digits);
      if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) this.#fail("hexadecimal digits");
      this.#at += 2 + digits;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (letter === "" || letter === "\n" || letter === "\r") this.#fail("an escaped character");
    this.#at += 2;
    return SHORT_ESCAPES.get(letter) ?? letter;
  }

  #white(): void {
    while (this.#at < this.#text.length && WHITE_SPACE.includes(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #peek(): string {
    this.#white();
    return this.#text.charAt(this.#at);
  }

  #skip(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }

  #expect(char: string): void {
    if (!this.#skip(char)) this.#fail(`"${char}"`);
  }

  #fail(expected: string): never {
    throw new SyntaxError(`${expected} was expected at position ${this.#at}`);
  }
}
