import type { SaveAnswer } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";

/** What is to become of an asset file. */
export interface AssetDraft {
  name: string;
  text: string;
  /** The version that the text was made of: somebody else's save isn't undone. */
  ifVersion?: string;
}

/** Checks an asset file, and saves it unless `dryRun`. */
export function saveAssetFile(
  { name, ...body }: AssetDraft,
  dryRun: boolean,
  signal?: AbortSignal,
): Promise<SaveAnswer> {
  return api.put("PUT /assets/files/:name", {
    params: { name },
    query: { dryRun: dryRun ? "true" : "false" },
    body,
    ...(signal === undefined ? {} : { signal }),
  });
}
