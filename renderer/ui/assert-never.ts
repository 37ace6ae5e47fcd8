/** Closes a switch over a discriminated union: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`A case was forgotten: ${JSON.stringify(value)}`);
}
