import { parseArgs } from "node:util";
import { BenchError, messageOf } from "../../bench/lib/failure.ts";

type Value = string | number | boolean;

/**
 * The options of a proof, by their defaults: `{ kills: 200, bus: "link" }` takes `--kills 20 --bus nats`. What is a
 * number must be given as a whole number from 0, and what is false is a flag without a value.
 * @throws BenchError naming the option that is wrong.
 */
export function readOptions<T extends Record<string, Value>>(args: readonly string[], defaults: T): T {
  const given = parsed(args, defaults);
  const values = Object.entries(defaults).map(([name, usual]) => [name, optionValue(name, usual, given[name])]);
  return Object.fromEntries(values) as T;
}

function parsed(args: readonly string[], defaults: Record<string, Value>): Record<string, unknown> {
  const types = Object.entries(defaults).map(([name, usual]) => [
    name,
    { type: typeof usual === "boolean" ? ("boolean" as const) : ("string" as const) },
  ]);
  try {
    return parseArgs({ args: [...args], allowPositionals: false, options: Object.fromEntries(types) }).values;
  } catch (error) {
    throw new BenchError(messageOf(error));
  }
}

function optionValue(name: string, usual: Value, given: unknown): Value {
  if (given === undefined) return usual;
  if (typeof usual === "boolean") return given === true;
  if (typeof usual === "string") return String(given);
  if (!/^\d+$/.test(String(given))) throw new BenchError(`--${name} takes a whole number from 0, not ${given}`);
  return Number(given);
}

/** @throws BenchError unless the value is one of these. */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new BenchError(`--${name} takes ${allowed.join(" or ")}, not ${value}`);
  return found;
}

/**
 * Numbers from 0 up to but without 1, the same ones for the same seed (mulberry32): what a proof draws, it can draw
 * again.
 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
