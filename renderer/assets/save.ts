import type { SaveAnswer } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";

/** Checks an asset file, and saves it unless `dryRun`. */
export function saveAssetFile(name: string, text: string, dryRun: boolean, signal?: AbortSignal): Promise<SaveAnswer> {
  return api.put("PUT /assets/files/:name", {
    params: { name },
    query: { dryRun: dryRun ? "true" : "false" },
    body: { text },
    ...(signal === undefined ? {} : { signal }),
  });
}
