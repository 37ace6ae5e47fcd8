import { api } from "../client/api.ts";
import { ApiError } from "../client/api-error.ts";
import { useLoaded } from "../client/hooks.ts";
import { FileEditor } from "../ui/file-editor/file-editor.tsx";
import { FailedState } from "../ui/states.tsx";
import type { Imported } from "./import-button.tsx";

interface DirectiveFileProps {
  name: string;
  imported: Imported | undefined;
  readOnly: string | undefined;
  line: number | undefined;
  onSaved: () => void;
  onClose: () => void;
}

/** A directive file: its text, its problems by line, and saving it. */
export function DirectiveFile({ name, imported, readOnly, line, onSaved, onClose }: DirectiveFileProps) {
  const draft = imported?.name === name ? imported.text : undefined;
  const { data, error, reload } = useLoaded(name, async (signal) => {
    try {
      return await api.get("GET /directives/files/:name", { params: { name }, signal });
    } catch (reason) {
      // An imported file is one that isn't there yet.
      if (draft !== undefined && reason instanceof ApiError && reason.status === 404)
        return { name, text: "", version: "" };
      throw reason;
    }
  });
  if (data === undefined) {
    return error === undefined ? null : (
      <FailedState title={`${name} can't be read`} text={error.message} onRetry={reload} />
    );
  }
  return (
    <FileEditor
      key={data.text}
      {...{ name, base: data.text, first: draft, readOnly, line, onClose }}
      check={async (text, signal) => (await api.post("POST /directives/validate", { body: { text }, signal })).problems}
      save={(text, dryRun) =>
        api.put("PUT /directives/files/:name", {
          params: { name },
          query: { dryRun: dryRun ? "true" : "false" },
          body: { text, ifVersion: data.version },
        })
      }
      onSaved={() => {
        reload();
        onSaved();
      }}
    />
  );
}
