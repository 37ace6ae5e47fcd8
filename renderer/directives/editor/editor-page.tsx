import { useMemo } from "react";
import { useLoaded } from "../../client/hooks.ts";
import { useSession } from "../../state/session.ts";
import { FailedState } from "../../ui/states.tsx";
import { importName } from "../files.ts";
import { Editor } from "./editor.tsx";
import { loadEdited } from "./load-edited.ts";
import { type EditTarget, targetKey } from "./target.ts";
import "./editor.css";

interface EditorPageProps {
  target: EditTarget;
  /** Why nothing can be saved. */
  readOnly: string | undefined;
  /** Those that a new directive may go to. */
  files: readonly string[];
  onSaved: () => void;
}

/** A directive, a new one or a whole file in the editor; each by itself, from the beginning. */
export function EditorPage(props: EditorPageProps) {
  const { target } = props;
  const key = target.kind === "new" ? `${targetKey(target)} ${target.file}` : targetKey(target);
  return <LoadedEditor key={key} {...props} name={key} />;
}

function LoadedEditor({ name, ...props }: EditorPageProps & { name: string }) {
  const { nodes } = useSession();
  const ownFile = useMemo(() => importName("own.json", nodes), [nodes]);
  const { data, error, reload } = useLoaded(name, (signal) => loadEdited(props.target, ownFile, signal));
  if (data !== undefined) return <Editor {...props} ownFile={ownFile} loaded={data} />;
  if (error === undefined) return null;
  return <FailedState title="There is nothing to edit" text={error.message} onRetry={reload} />;
}
