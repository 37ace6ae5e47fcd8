/** Closes a switch over a discriminated union: reaching it is a broken invariant, and that ends the process. */
export function assertNever(value: never, what: string): never {
  throw new Error(`broken invariant: unexpected ${what} ${JSON.stringify(value)}`);
}
