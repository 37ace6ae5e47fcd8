import { createHash } from "node:crypto";
import type { ConfigFile } from "../../base/config-file.ts";

/** Another for every other content; empty for a file that isn't there. */
export function versionOf(file: ConfigFile | undefined): string {
  return file === undefined ? "" : createHash("sha256").update(file.bytes).digest("base64url");
}
