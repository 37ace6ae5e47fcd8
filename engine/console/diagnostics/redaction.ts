import { homedir, hostname } from "node:os";

/** Every machine's own, which say nothing of anybody. */
const HARMLESS = new Set(["127.0.0.1", "0.0.0.0", "::1", "::"]);
const IPV4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]?\d)/g;
/** Candidates only: a time of day looks alike, and is told apart by its three groups of digits. */
const IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;
const TIME = /^\d\d:\d\d:\d\d$/;
/** Tokens, nonces, and other long random text. */
const SECRET = /(?<![\w-])[\w-]{20,}(?![\w-])/g;
const FIELD = /(?<=\s)([\w.]+)=("(?:[^"\\]|\\.)*"|\S+)/g;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const FIGURE = /^(?:-?[\d.]+|true|false)$/;

/**
 * Takes out of a log what nobody who helps needs: secrets, addresses, names of the machine and its user, and whatever a
 * field or a quotation holds, which may be an event's. Each address keeps one stand-in throughout.
 */
export class Redaction {
  readonly #addresses = new Map<string, string>();
  readonly #names: readonly (readonly [string, string])[];

  constructor(home = homedir(), host = hostname()) {
    this.#names = [[home, "~"] as const, [host, "this-host"] as const].filter(([name]) => name.length > 2);
  }

  text(text: string): string {
    let out = text;
    for (const [name, standIn] of this.#names) out = out.replaceAll(name, standIn);
    return out
      .replace(IPV4, (address) => this.#standIn(address))
      .replace(IPV6, (address) => (TIME.test(address) ? address : this.#standIn(address)))
      .replace(SECRET, "[secret]");
  }

  /** A line of a log, also without what its fields and quotations say. */
  line(line: string): string {
    const bare = line.replace(FIELD, (_, name: string, value: string) => `${name}=${FIGURE.test(value) ? value : "…"}`);
    return this.text(bare.replace(QUOTED, '"…"'));
  }

  /** Every text within. */
  value(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.value(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.value(inner)]));
  }

  #standIn(address: string): string {
    if (HARMLESS.has(address)) return address;
    const known = this.#addresses.get(address) ?? `address-${this.#addresses.size + 1}`;
    this.#addresses.set(address, known);
    return known;
  }
}
