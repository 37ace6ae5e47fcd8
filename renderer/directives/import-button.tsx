import { Button } from "@blueprintjs/core";
import { useRef } from "react";
import { Icon } from "../ui/icon.tsx";
import { safeText } from "../ui/safe-text.ts";
import { showToast } from "../ui/toast.tsx";
import { importName } from "./files.ts";

/** What the server takes (a file's text in a request's body). */
const MOST_BYTES = 50_000_000;

/** A file that somebody chose; it is opened as a draft and saved like any other. */
export interface Imported {
  name: string;
  text: string;
}

interface ImportButtonProps {
  nodes: readonly string[];
  /** Why nothing can be imported. */
  disabled: string | undefined;
  onImport: (imported: Imported) => void;
}
export function ImportButton({ nodes, disabled, onImport }: ImportButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > MOST_BYTES) {
      showToast({ level: "bad", text: `${file.name} is larger than 50 MB; cut it into several files.` });
      return;
    }
    onImport({ name: importName(file.name, nodes), text: await file.text() });
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={({ target }) => {
          void take(target.files?.[0]);
          target.value = "";
        }}
      />
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="export" size={14} className="upside-down" />}
        disabled={disabled !== undefined}
        title={
          disabled === undefined
            ? "A directive file from elsewhere: checked and compared before it is saved"
            : safeText(disabled)
        }
        onClick={() => input.current?.click()}
      >
        Import…
      </Button>
    </>
  );
}
