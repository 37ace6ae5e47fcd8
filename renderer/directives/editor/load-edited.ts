import type { DirectiveRow } from "../../../engine/contract/console/directives.ts";
import { api } from "../../client/api.ts";
import { ApiError } from "../../client/api-error.ts";
import type { Answer } from "../../client/route-types.ts";
import { directiveInFile, type EditedFile, newInFile, wholeFile } from "./edited-file.ts";
import type { EditTarget } from "./target.ts";
import { newText } from "./text-edits.ts";

/** What is edited, as the server has it now. */
export interface LoadedEdit {
  edited: EditedFile;
  /** What to begin with, where that isn't the saved text: an import, or the beginning of a directive. */
  first: string | undefined;
  /** What nobody wrote: it needn't be kept. */
  template: string | undefined;
  row: DirectiveRow | undefined;
}

/** `ownFile`: where a new directive goes when there is no file yet. */
export async function loadEdited(target: EditTarget, ownFile: string, signal?: AbortSignal): Promise<LoadedEdit> {
  const asked = signal === undefined ? {} : { signal };
  switch (target.kind) {
    case "directive": {
      const { row, text } = await api.get("GET /directives/:id", { params: { id: String(target.id) }, ...asked });
      const edited = directiveInFile(await savedFile(row.file, false, asked), target.id, text);
      if (edited === undefined) throw new ApiError(409, `${row.file} was changed this moment. Try again.`);
      return { edited, first: undefined, template: undefined, row };
    }
    case "file": {
      const { name, text } = target;
      const edited = wholeFile(await savedFile(name, text !== undefined, asked));
      return { edited, first: text, template: undefined, row: undefined };
    }
    case "new": {
      const { rows, files } = await api.get("GET /directives", asked);
      const { is } = target;
      const draft = is && (await api.post("POST /coverage/draft", { body: { is }, ...asked }));
      const name = target.file ?? draft?.file ?? files[0]?.name ?? ownFile;
      const edited = newInFile(await savedFile(name, true, asked));
      const id = Math.max(0, ...rows.map((row) => row.id)) + 1;
      const template = draft?.text ?? newDirective(id);
      return { edited, first: template, template, row: undefined };
    }
  }
}

/** A file; `mayMiss`: it may be one that isn't there yet. */
async function savedFile(
  name: string,
  mayMiss: boolean,
  asked: { signal?: AbortSignal },
): Promise<Answer<"GET /directives/files/:name">> {
  try {
    return await api.get("GET /directives/files/:name", { params: { name }, ...asked });
  } catch (error) {
    if (mayMiss && error instanceof ApiError && error.status === 404) return { name, text: "", version: "" };
    throw error;
  }
}

/** The beginning of a directive: what every one has, and two stages, as fewer never end. */
function newDirective(id: number): string {
  const rule = (stage: number, more: object) => ({
    ...{ name: `Stage ${stage}`, type: "PluginRule", stage, plugin_id: 1001, plugin_sid: [1], occurrence: 1 },
    ...{ from: "ANY", to: "HOME_NET", port_from: "ANY", port_to: "ANY", protocol: "ANY", ...more },
  });
  return newText({
    ...{ id, name: "New directive, on DST_IP", kingdom: "Intrusion", category: "Own", priority: 3 },
    rules: [
      rule(1, { reliability: 1, timeout: 0 }),
      rule(2, { occurrence: 5, from: ":1", to: ":1", reliability: 5, timeout: 300 }),
    ],
  });
}
