/** The `ETag` under which a frontend serves a configuration file of this SHA-256, and a backend asks whether it has another one. */
export function entityTag(sha256: string): string {
  return `"${sha256}"`;
}
