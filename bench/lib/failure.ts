/** Something a bench can't go on after, in one sentence for the person at the terminal. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
