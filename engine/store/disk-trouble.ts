/** What the system says when the disk is full or fails: both may pass. */
const PASSING: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EIO"]);
/** What SQLite answers then: an input or output error, no room. */
const SQLITE_PASSING: ReadonlySet<number> = new Set([10, 13]);

/** Whether it is the disk that keeps something from being done, so that it is worth trying again. */
export function isDiskTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && PASSING.has(String(error.code))) return true;
  // The extended codes carry the plain one in their low byte.
  return "errcode" in error && SQLITE_PASSING.has(Number(error.errcode) & 0xff);
}
