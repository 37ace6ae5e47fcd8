import { useEffect, useState } from "react";
import { api } from "../../client/api.ts";
import { useLoaded } from "../../client/hooks.ts";
import { DifferenceView } from "../../ui/file-editor/difference-view.tsx";
import { safeText } from "../../ui/safe-text.ts";
import { fileWith } from "./edited-file.ts";
import type { Edit } from "./use-edit.ts";

const ASK_AFTER_MS = 500;

/** What a save would change in the file, line by line, as the server sees it. */
export function DifferenceTab({ edit }: { edit: Edit }) {
  const { edited } = edit;
  const [text, setText] = useState(edit.text);
  useEffect(() => {
    const timer = setTimeout(() => setText(edit.text), ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [edit.text]);
  const { data, error } = useLoaded(`${edited.version} ${text}`, (signal) =>
    api.put("PUT /directives/files/:name", {
      params: { name: edited.fileName },
      query: { dryRun: "true" },
      body: { text: fileWith(edited, text) },
      signal,
    }),
  );
  if (data !== undefined) return <DifferenceView difference={data.difference} />;
  return (
    <p className="lint-empty t2 sm">{error === undefined ? "The files are compared." : safeText(error.message)}</p>
  );
}
