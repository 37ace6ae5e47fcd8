import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { FileEditor } from "../ui/file-editor/file-editor.tsx";
import { FailedState } from "../ui/states.tsx";
import { saveAssetFile } from "./save.ts";

interface AssetFileProps {
  name: string;
  readOnly: string | undefined;
  line: number | undefined;
  onSaved: () => void;
  onClose: () => void;
}

/** An asset file as text; a dry run of its save is what checks it. */
export function AssetFile({ name, readOnly, line, onSaved, onClose }: AssetFileProps) {
  const { data, error, reload } = useLoaded(name, (signal) =>
    api.get("GET /assets/files/:name", { params: { name }, signal }),
  );
  if (data === undefined) {
    return error === undefined ? null : (
      <FailedState title={`${name} can't be read`} text={error.message} onRetry={reload} />
    );
  }
  return (
    <FileEditor
      key={data.text}
      {...{ name, base: data.text, readOnly, line, onClose }}
      check={async (text, signal) => (await saveAssetFile({ name, text }, true, signal)).problems}
      save={(text, dryRun) => saveAssetFile({ name, text, ifVersion: data.version }, dryRun)}
      onSaved={() => {
        reload();
        onSaved();
      }}
    />
  );
}
