import { Option } from "commander";
import { DsiemError } from "../base/errors.ts";
import { plain } from "../base/log.ts";

/** Something on the command line or in the environment can't be used: one line, exit code 2 (engine.md §10). */
export class UsageError extends DsiemError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("USAGE", message, options);
  }
}

/** Thrown by a flag's `read`: the end of a sentence that starts with the flag and the value, such as `isn't a port`. */
export class BadValue extends Error {}

/**
 * One flag: everything there is to say about it, once. The commander option, the reading of the environment, the
 * error texts and the line in `--help` follow from it.
 */
export interface Flag<T> {
  /** Without the dashes. */
  readonly long: string;
  readonly short?: string;
  /** The environment variable that is read when the flag isn't given. */
  readonly env?: string;
  readonly kind: "value" | "boolean" | "count";
  /** What stands for the value in `--help`, such as `port`. */
  readonly placeholder: string;
  readonly help: string;
  /** Taken when neither flag nor environment say anything; `undefined` makes a missing required flag an error. */
  readonly fallback: T | undefined;
  readonly required: boolean;
  /** The default as `--help` and the documentation show it. */
  readonly shownDefault: string | undefined;
  /** May hold a password: its value is never quoted. */
  readonly secret: boolean;
  /** May be given several times; `read` gets all of them, with commas in between. */
  readonly repeatable?: true;
  /** Turns the text into the value, or throws `BadValue`. */
  readonly read: (text: string) => T;
}

/** Tables hold flags of many types; nothing but `read`'s result and `fallback` depend on the type. */
export type AnyFlag = Flag<unknown>;
export type FlagTable = Readonly<Record<string, AnyFlag>>;
export type FlagValues<T extends FlagTable> = { [K in keyof T]: T[K] extends Flag<infer V> ? V : never };

/** What was given on the command line, by long name: the last text of a flag, or how often a counted one was given. */
export interface GivenFlags {
  readonly texts: Map<string, string>;
  readonly counts: Map<string, number>;
}

interface FlagNames {
  long: string;
  short?: string;
  env?: string;
  help: string;
}

function names(spec: FlagNames): Pick<AnyFlag, "long" | "short" | "env" | "help"> {
  return {
    long: spec.long,
    help: spec.help,
    ...(spec.short === undefined ? {} : { short: spec.short }),
    ...(spec.env === undefined ? {} : { env: spec.env }),
  };
}

export interface TextFlag<T> extends FlagNames {
  placeholder: string;
  /** The default, as it would be typed. */
  default: string;
  read: (text: string) => T;
  secret?: boolean;
}

/** A flag with any text as its value; `read` checks it. */
export function textFlag<T>(spec: TextFlag<T>): Flag<T> {
  return {
    ...names(spec),
    kind: "value",
    placeholder: spec.placeholder,
    fallback: spec.read(spec.default),
    required: false,
    shownDefault: spec.default,
    secret: spec.secret ?? false,
    read: spec.read,
  };
}

/** Like `textFlag`, but it must be given. */
export function requiredFlag<T>(spec: Omit<TextFlag<T>, "default">): Flag<T> {
  return { ...optionalParts(spec), required: true };
}

/** Like `textFlag`, but its value is `undefined` when it isn't given. */
export function optionalFlag<T>(spec: Omit<TextFlag<T>, "default">): Flag<T | undefined> {
  return { ...optionalParts(spec), required: false };
}

/** A flag that may be given several times; in its variable the values stand with commas in between. */
export function listFlag<T>(spec: Omit<TextFlag<T>, "default">): Flag<readonly T[]> {
  const parts = optionalParts<readonly T[]>({
    ...spec,
    read: (text) => text.split(",").map((each) => spec.read(each.trim())),
  });
  return { ...parts, fallback: [], required: false, repeatable: true };
}

function optionalParts<T>(spec: Omit<TextFlag<T>, "default">): Omit<Flag<T>, "required"> {
  return {
    ...names(spec),
    kind: "value",
    placeholder: spec.placeholder,
    fallback: undefined,
    shownDefault: undefined,
    secret: spec.secret ?? false,
    read: spec.read,
  };
}

export interface NumberFlag extends FlagNames {
  placeholder: string;
  default: number;
  min: number;
  max: number;
}

/** A flag with a whole number from `min` to `max`. */
export function numberFlag(spec: NumberFlag): Flag<number> {
  return {
    ...names(spec),
    kind: "value",
    placeholder: spec.placeholder,
    fallback: spec.default,
    required: false,
    shownDefault: String(spec.default),
    secret: false,
    read: (text) => readWholeNumber(text, spec.min, spec.max),
  };
}

/** Like `numberFlag`, without a default. */
export function optionalNumberFlag(spec: Omit<NumberFlag, "default">): Flag<number | undefined> {
  return { ...numberFlag({ ...spec, default: 0 }), fallback: undefined, shownDefault: undefined };
}

export function booleanFlag(spec: FlagNames & { default: boolean }): Flag<boolean> {
  return {
    ...names(spec),
    kind: "boolean",
    placeholder: "true|false",
    fallback: spec.default,
    required: false,
    shownDefault: String(spec.default),
    secret: false,
    read: (text) => {
      if (text === "true") return true;
      if (text === "false") return false;
      throw new BadValue("is neither true nor false");
    },
  };
}

/** A flag that counts how often it is given; it has no environment variable. */
export function countFlag(spec: FlagNames): Flag<number> {
  return {
    ...names(spec),
    kind: "count",
    placeholder: "",
    fallback: 0,
    required: false,
    shownDefault: undefined,
    secret: false,
    read: () => 1,
  };
}

function readWholeNumber(text: string, min: number, max: number): number {
  const value = /^\+?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new BadValue(`isn't a whole number from ${min} to ${max}`);
}

export function readNonEmpty(text: string): string {
  if (text.trim() === "") throw new BadValue("is empty");
  return text;
}

/** `--max_queue (-q)` or `--max_queue`. */
function flagName(flag: AnyFlag): string {
  return flag.short === undefined ? `--${flag.long}` : `--${flag.long} (-${flag.short})`;
}

/** Longer values are cut in messages. */
const QUOTED_MAX = 80;

function quoted(text: string): string {
  const shown = text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text;
  return `"${plain(shown)}"`;
}

/**
 * The value of every flag of the table: the command line beats the environment, which beats the default.
 * @throws UsageError that names the flag, and the variable when the value came from there.
 */
export function resolveFlags<T extends FlagTable>(
  table: T,
  given: GivenFlags,
  env: Readonly<Record<string, string | undefined>>,
): FlagValues<T> {
  const values: Record<string, unknown> = {};
  for (const [key, flag] of Object.entries(table)) values[key] = resolveFlag(flag, given, env);
  return values as FlagValues<T>;
}

function resolveFlag(flag: AnyFlag, given: GivenFlags, env: Readonly<Record<string, string | undefined>>): unknown {
  if (flag.kind === "count") return given.counts.get(flag.long) ?? 0;
  const text = given.texts.get(flag.long);
  if (text !== undefined) return readText(flag, text, flagName(flag));
  const fromEnv = flag.env === undefined ? undefined : env[flag.env];
  if (fromEnv !== undefined) return readText(flag, fromEnv, `${flag.env} (for --${flag.long})`);
  if (!flag.required) return flag.fallback;
  throw new UsageError(`${flagName(flag)} is missing: give it${flag.env === undefined ? "" : `, or set ${flag.env}`}`);
}

function readText(flag: AnyFlag, text: string, source: string): unknown {
  try {
    return flag.read(text);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new UsageError(`${source}: ${flag.secret ? "the value" : quoted(text)} ${error.message}`, { cause: error });
  }
}

/**
 * Brings the flags of a table into the one form `--long=value`, so that values are never taken for flags or commands:
 * `-p80`, `-p=80`, `-p 80`, `-vj`, and booleans with and without a word after them. A word after a boolean belongs to
 * it only when it is `true` or `false`, which is why `--debug serve` works. What isn't in the table stays as it is.
 */
export function normaliseArguments(argv: readonly string[], flags: readonly AnyFlag[]): string[] {
  const byLong = new Map(flags.map((flag) => [flag.long, flag]));
  const byShort = new Map(flags.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])));
  const out: string[] = [];
  const rest = [...argv];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (token === "--") return [...out, token, ...rest];
    if (token.startsWith("--")) out.push(normaliseLong(token, byLong, rest));
    else if (token.length > 1 && token.startsWith("-")) out.push(...normaliseShorts(token, byShort, rest));
    else out.push(token);
  }
  return out;
}

function normaliseLong(token: string, byLong: ReadonlyMap<string, AnyFlag>, rest: string[]): string {
  const equals = token.indexOf("=");
  const flag = byLong.get(equals < 0 ? token.slice(2) : token.slice(2, equals));
  return flag === undefined ? token : withValue(flag, equals < 0 ? undefined : token.slice(equals + 1), rest);
}

function normaliseShorts(token: string, byShort: ReadonlyMap<string, AnyFlag>, rest: string[]): string[] {
  const out: string[] = [];
  for (let at = 1; at < token.length; at++) {
    const letter = token.charAt(at);
    const flag = byShort.get(letter);
    if (flag === undefined && (letter === "h" || letter === "V")) {
      out.push(`-${letter}`);
      continue;
    }
    if (flag === undefined) return [...out, `-${token.slice(at)}`];
    const tail = token.slice(at + 1);
    if (tail.startsWith("=")) return [...out, withValue(flag, tail.slice(1), rest)];
    if (flag.kind === "value") return [...out, withValue(flag, tail === "" ? undefined : tail, rest)];
    out.push(withValue(flag, undefined, tail === "" ? rest : []));
  }
  return out;
}

/** `rest` loses its first word when that is the value. */
function withValue(flag: AnyFlag, value: string | undefined, rest: string[]): string {
  const long = `--${flag.long}`;
  if (flag.kind === "count") {
    if (value !== undefined) throw new UsageError(`${flagName(flag)} takes no value`);
    return long;
  }
  if (value !== undefined) return `${long}=${value}`;
  const next = rest[0];
  if (flag.kind === "boolean") {
    const word = next === "true" || next === "false" ? rest.shift() : undefined;
    return `${long}=${word ?? "true"}`;
  }
  if (next === undefined || (next.length > 1 && next.startsWith("-") && !/^-\d/.test(next))) {
    throw new UsageError(`${flagName(flag)} needs a value: <${flag.placeholder}>`);
  }
  rest.shift();
  return `${long}=${next}`;
}

/** The commander option of a flag; what commander reads is collected in `given`. */
export function commanderOption(flag: AnyFlag, given: GivenFlags): Option {
  const head = `${flag.short === undefined ? "" : `-${flag.short}, `}--${flag.long}`;
  const value = { value: ` <${flag.placeholder}>`, boolean: ` [${flag.placeholder}]`, count: "" }[flag.kind];
  const option = new Option(`${head}${value}`, describe(flag));
  if (flag.kind !== "count") {
    option.argParser((text: string) => {
      const before = flag.repeatable === true ? given.texts.get(flag.long) : undefined;
      given.texts.set(flag.long, before === undefined ? text : `${before},${text}`);
      return text;
    });
  }
  return option;
}

function describe(flag: AnyFlag): string {
  const notes = [
    flag.env === undefined ? undefined : `[env: ${flag.env}]`,
    flag.required ? "[required]" : undefined,
    flag.shownDefault === undefined ? undefined : `[default: ${flag.shownDefault}]`,
  ].filter((note) => note !== undefined);
  return [flag.help, ...notes].join(" ");
}
