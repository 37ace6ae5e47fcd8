import { Button, InputGroup } from "@blueprintjs/core";
import { type FormEvent, useEffect, useState } from "react";
import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { desktop } from "../client/place.ts";
import { Icon } from "../ui/icon.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { numberText } from "../ui/number-text.ts";
import { safeText } from "../ui/safe-text.ts";

const LOOK_AFTER_MS = 500;

/** A folder of the person's own: looked at before anything is done with it. */
export function FolderPanel({ onUse }: { onUse: (folder: string) => void }) {
  const [folder, setFolder] = useState("");
  const wanted = useSettled(folder.trim());
  const { data, error, loading } = useLoaded(wanted === "" ? undefined : wanted, (signal) =>
    api.post("POST /profiles/inspect", { body: { folder: wanted }, signal }),
  );
  const current = wanted !== "" && wanted === folder.trim() && !loading;
  const ready = current && data?.ok === true;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) onUse(wanted);
  };
  const choose = async (): Promise<void> => {
    const chosen = await desktop()?.chooseFolder();
    if (typeof chosen === "string") setFolder(chosen);
  };
  return (
    <form className="start-form" onSubmit={submit}>
      <header>
        <h2>Your folder</h2>
      </header>
      <div className="start-body">
        <label htmlFor="start-folder">
          The folder whose <code>configs</code> has your directive and asset files
        </label>
        <div className="row">
          <InputGroup
            id="start-folder"
            className="mono grow"
            autoFocus
            placeholder="/etc/dsiem"
            value={folder}
            onValueChange={setFolder}
          />
          {desktop() === undefined ? null : <Button onClick={() => void choose()}>Choose…</Button>}
        </div>
        <div role="status" className="start-said">
          {!current || (data === undefined && error === undefined) ? (
            <p className="t3 sm">
              {wanted === "" ? "It is looked at as you type; nothing in it is changed." : "Looking…"}
            </p>
          ) : error !== undefined ? (
            <p className="row bad">
              <Icon name="x" size={14} /> {safeText(error.message)}
            </p>
          ) : (
            <p className={`row ${ready ? "" : "bad"}`}>
              <Icon name={ready ? "check" : "x"} size={14} className={ready ? "ok" : ""} /> {safeText(data?.text ?? "")}
            </p>
          )}
        </div>
        {ready && data !== undefined ? (
          <KeyValue
            items={[
              [
                "Backends",
                <span key="nodes" className="mono">
                  {safeText(data.nodes.join(", "))}
                </span>,
              ],
              ["Directives", numberText(data.directives)],
              ["Assets", numberText(data.assets)],
            ]}
          />
        ) : null}
        <h3>What happens next</h3>
        <ul className="start-next t2 sm">
          <li>One backend is started for each node, and a frontend that listens to this machine only.</li>
          <li>The folder is only read until you turn editing on; the console's database stands elsewhere.</li>
          <li>Senders post events to the address that Settings shows.</li>
        </ul>
      </div>
      <div className="start-act">
        <span className="grow" />
        <Button type="submit" intent="primary" size="small" disabled={!ready}>
          Use this folder
        </Button>
      </div>
    </form>
  );
}

/** A text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), LOOK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
