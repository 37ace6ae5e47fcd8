import { readFileSync } from "node:fs";

type Random = () => number;

/** Bytes and texts that have broken programs before. */
const NASTY: readonly string[] = [
  "",
  "\u0000",
  "\ud800",
  "\u202e",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "%00%2f..%5c",
  "'\"`;<script>",
  "\r\n\r\nHTTP/1.1 200 OK",
  "-0",
  "1e999",
  "NaN",
  "\u001b[2J",
  "::ffff:1.2.3.4%eth0",
  "9".repeat(400),
  "a".repeat(5000),
  "\ufeff",
];

const JSON_PIECES: readonly string[] = [
  "{}",
  "[]",
  "null",
  "true",
  "-1",
  "1.5",
  "1e308",
  "1e999",
  "18446744073709551616",
  `${"[".repeat(70)}${"]".repeat(70)}`,
  `{"a":${"{}".repeat(3)}}`,
  '"\\ud800"',
  '"\\u0000"',
  '{"__proto__":{"polluted":1}}',
  "\u00e9",
  "'x'",
  "undefined",
  ",",
  ":",
  "/*",
];

/**
 * Malformed input, the same for the same seed: what is valid, damaged in one of many ways, or plain noise. A little of
 * it is still valid.
 */
export class Garbage {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error("broken invariant: nothing to pick from");
    return found;
  }

  bytes(most: number): Buffer {
    const bytes = Buffer.alloc(this.below(most) + 1);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.below(256);
    return bytes;
  }

  /** One text, damaged. */
  damaged(valid: string): Buffer {
    const at = this.below(valid.length);
    switch (this.below(8)) {
      case 0:
        return Buffer.from(valid.slice(0, at));
      case 1:
        return Buffer.concat([Buffer.from(valid.slice(0, at)), this.bytes(8), Buffer.from(valid.slice(at))]);
      case 2:
        return Buffer.from(valid.slice(0, at) + this.pick(JSON_PIECES) + valid.slice(at + this.below(20)));
      case 3:
        return Buffer.from(this.#otherValue(valid));
      case 4:
        return Buffer.from(this.#otherText(valid));
      case 5:
        return Buffer.from(this.#moreFields(valid));
      case 6:
        return this.#flipped(valid);
      default:
        return this.bytes(200);
    }
  }

  /** Any value becomes any other. */
  #otherValue(valid: string): string {
    return this.#replaceOne(valid, /:(?:"[^"]*"|[\d.]+|true|false|null)/g, () => `:${this.pick(JSON_PIECES)}`);
  }

  #otherText(valid: string): string {
    return this.#replaceOne(valid, /"[^"]*"/g, () => JSON.stringify(this.pick(NASTY)));
  }

  #moreFields(valid: string): string {
    const field = `${JSON.stringify(this.pick(NASTY))}:${this.pick(JSON_PIECES)},`;
    return this.#replaceOne(valid, /\{/g, () => `{${field.repeat(1 + this.below(5))}`);
  }

  #flipped(valid: string): Buffer {
    const bytes = Buffer.from(valid);
    for (let i = 0; i <= this.below(4); i++) bytes[this.below(bytes.length)] = this.below(256);
    return bytes;
  }

  #replaceOne(text: string, pattern: RegExp, replacement: () => string): string {
    const places = [...text.matchAll(pattern)];
    if (places.length === 0) return text;
    const found = this.pick(places);
    return text.slice(0, found.index) + replacement() + text.slice(found.index + found[0].length);
  }
}

/** The largest resident memory of a process so far, and what it is now, in MiB. */
export function memoryOf(pid: number): { peakMib: number; nowMib: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  return { peakMib: mib("VmHWM"), nowMib: mib("VmRSS") };
}
